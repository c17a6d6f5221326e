use crate::harness::{Harness, paths, reason, violations};
use bitewing_proto::template as pb;
use bitewing_proto::template::wording_service_client::WordingServiceClient;
use std::collections::{BTreeSet, HashMap};
use tonic::transport::Channel;
use tonic::{Code, Status};

fn client(h: &Harness) -> WordingServiceClient<Channel> {
    WordingServiceClient::new(h.channel.clone())
}

fn variables(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

async fn preview(
    h: &Harness,
    request: pb::PreviewWordingRequest,
) -> Result<Vec<pb::RenderedWording>, Status> {
    let answer = client(h).preview_wording(h.request(request)).await?;
    Ok(answer.into_inner().renderings)
}

async fn render(
    h: &Harness,
    request: pb::RenderForDispatchRequest,
) -> Result<pb::RenderedWording, Status> {
    let request = h.peer_request(request);
    let answer = client(h).render_for_dispatch(request).await?;
    Ok(answer.into_inner().message.unwrap())
}

/// A reminder to a patient of seventy-two.
fn reminder() -> pb::RenderForDispatchRequest {
    pb::RenderForDispatchRequest {
        kind: "reminder".to_owned(),
        locale: "fr-CA".to_owned(),
        register: pb::WordingRegister::Formal.into(),
        channel: pb::WordingChannel::Sms.into(),
        variables: variables(&[
            ("patient.salutation", "Monsieur Côté"),
            ("clinic.name", "Sourire"),
            ("clinic.phone", "514-555-0148"),
            ("appointment.date", "2027-03-02"),
            ("appointment.time", "14:30"),
        ]),
        ..Default::default()
    }
}

#[tokio::test]
async fn every_kind_is_listed_page_by_page_with_its_variables() {
    let h = Harness::start().await;
    let mut kinds = Vec::new();
    let mut token = String::new();
    loop {
        let request = pb::ListWordingKindsRequest {
            page_size: 10,
            page_token: token,
        };
        let request = h.request(request);
        let page = client(&h).list_wording_kinds(request).await.unwrap();
        let page = page.into_inner();
        kinds.extend(page.kinds);
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let names: BTreeSet<_> = kinds.iter().map(|kind| kind.kind.as_str()).collect();
    assert_eq!(names.len(), kinds.len());
    for name in ["missed-call-new", "reminder", "condolences", "price-range"] {
        assert!(names.contains(name), "{name}");
    }
    let dosage = kinds.iter().find(|kind| kind.kind == "dosage").unwrap();
    assert!(dosage.clinical);
    let body = dosage.variables.iter();
    let body = body
        .clone()
        .find(|variable| variable.name == "instruction.body");
    assert!(body.is_some_and(|body| body.form == "lines" && body.required));
    let condolences = kinds.iter().find(|kind| kind.kind == "condolences");
    assert!(condolences.unwrap().quiet_days > 0);
    let forged = pb::ListWordingKindsRequest {
        page_size: -1,
        page_token: "x".to_owned(),
    };
    let refused = client(&h).list_wording_kinds(h.request(forged)).await;
    assert_eq!(paths(&refused.err().unwrap()), ["page_size", "page_token"]);
}

#[tokio::test]
async fn a_kind_is_shown_in_every_locale_register_and_channel() {
    let h = Harness::start().await;
    let all = pb::PreviewWordingRequest {
        kind: "reminder".to_owned(),
        ..Default::default()
    };
    let shown = preview(&h, all.clone()).await.unwrap();
    assert_eq!(shown.len(), 8 * 2 * 4);
    for message in &shown {
        assert!(!message.text.contains("{{"));
        let email = message.channel() == pb::WordingChannel::Email;
        assert_eq!(
            email,
            message
                .html
                .contains(&format!("lang=\"{}\"", message.locale))
        );
        let sms = message.channel() == pb::WordingChannel::Sms;
        assert_eq!(
            sms,
            message.sms.as_ref().is_some_and(|sms| sms.segments > 0)
        );
    }
    let one = pb::PreviewWordingRequest {
        locale: "ru".to_owned(),
        register: pb::WordingRegister::Formal.into(),
        channel: pb::WordingChannel::Chat.into(),
        ..all
    };
    let shown = preview(&h, one).await.unwrap();
    assert_eq!(shown.len(), 1);
    assert!(
        shown[0].text.starts_with("Здравствуйте, Иван Петрович!"),
        "{}",
        shown[0].text
    );
}

#[tokio::test]
async fn a_draft_is_shown_or_refused_with_position_name_and_hint() {
    let h = Harness::start().await;
    let draft = |body: &str| pb::PreviewWordingRequest {
        kind: "introduction".to_owned(),
        locale: "fr-CA".to_owned(),
        register: pb::WordingRegister::Informal.into(),
        channel: pb::WordingChannel::Sms.into(),
        body: body.to_owned(),
        variables: variables(&[("operator.name", "Zoé")]),
        ..Default::default()
    };
    let shown = preview(&h, draft("Ici {{ operator.name }} de {{ clinic.name }}."))
        .await
        .unwrap();
    assert_eq!(shown[0].text, "Ici Zoé de Sourire.");
    let refused = preview(&h, draft("Ici\n{{ operator.nom }} {{ clinic.name }}"))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::InvalidArgument, "WORDING_INVALID".to_owned())
    );
    let said = "line 2, column 1: operator.nom is not known here: did you mean operator.name?";
    assert_eq!(violations(&refused), [("body".to_owned(), said.to_owned())]);
    let nowhere = pb::PreviewWordingRequest {
        kind: "introduction".to_owned(),
        body: "x".to_owned(),
        ..Default::default()
    };
    let refused = preview(&h, nowhere).await.err().unwrap();
    assert_eq!(paths(&refused), ["locale", "register", "channel"]);
    let wrong = pb::PreviewWordingRequest {
        kind: "gossip".to_owned(),
        locale: "fr".to_owned(),
        register: 9,
        channel: -1,
        ..Default::default()
    };
    let refused = preview(&h, wrong).await.err().unwrap();
    assert_eq!(paths(&refused), ["kind", "locale", "register", "channel"]);
}

#[tokio::test]
async fn one_call_says_one_message() {
    let h = Harness::start().await;
    let said = render(&h, reminder()).await.unwrap();
    insta::assert_snapshot!(said.text, @"Bonjour Monsieur Côté, Sourire vous attend le mardi 2 mars à 14 h 30. En cas d'imprévu, appelez le 514-555-0148.");
    assert_eq!(said.purpose(), pb::WordingPurpose::Care);
    let sms = said.sms.unwrap();
    assert_eq!(sms.encoding(), pb::SmsEncoding::Ucs2);
    assert_eq!((sms.segments, sms.segments_without), (2, 1));
    assert_eq!(sms.costly_letters, ["ô"]);
}

#[tokio::test]
async fn a_missing_value_has_a_fallback_or_is_named() {
    let h = Harness::start().await;
    let mut nameless = reminder();
    nameless
        .variables
        .insert("patient.salutation".to_owned(), " ".to_owned());
    let said = render(&h, nameless).await.unwrap().text;
    assert!(said.starts_with("Bonjour, Sourire vous attend"), "{said}");
    let mut flawed = reminder();
    flawed.variables.remove("clinic.phone");
    flawed
        .variables
        .insert("appointment.date".to_owned(), "mardi".to_owned());
    let refused = render(&h, flawed).await.err().unwrap();
    let mut named = paths(&refused);
    named.sort();
    assert_eq!(
        named,
        ["variables.appointment.date", "variables.clinic.phone"]
    );
    let silent = pb::RenderForDispatchRequest {
        kind: "condolences".to_owned(),
        channel: pb::WordingChannel::Voice.into(),
        ..reminder()
    };
    let refused = render(&h, silent).await.err().unwrap();
    assert_eq!(paths(&refused), ["channel"]);
    let callback = pb::RenderForDispatchRequest {
        kind: "missed-call-new".to_owned(),
        variables: variables(&[
            ("clinic.name", "Sourire"),
            ("callback.time", "2027-03-02T08:00"),
        ]),
        ..reminder()
    };
    let refused = render(&h, callback.clone()).await.err().unwrap();
    assert_eq!(paths(&refused), ["variables.callback.time"]);
    let callback = pb::RenderForDispatchRequest {
        local_time: "2027-03-01T17:45".to_owned(),
        ..callback
    };
    let said = render(&h, callback).await.unwrap().text;
    assert!(said.contains("demain à 08 h 00"), "{said}");
}

#[tokio::test]
async fn only_services_send() {
    let h = Harness::start().await;
    let refused = client(&h).render_for_dispatch(h.request(reminder())).await;
    assert_eq!(refused.err().unwrap().code(), Code::PermissionDenied);
}
