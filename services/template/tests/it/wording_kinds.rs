use crate::harness::{Harness, paths, reason};
use crate::own::approved;
use bitewing_proto::template as pb;
use bitewing_proto::template::wording_service_client::WordingServiceClient;
use bitewing_testkit::TestCaller;
use tonic::transport::Channel;
use tonic::{Code, Status};

fn client(h: &Harness) -> WordingServiceClient<Channel> {
    WordingServiceClient::new(h.channel.clone())
}

fn variable(name: &str, required: bool) -> pb::WordingVariable {
    pb::WordingVariable {
        name: name.to_owned(),
        required,
        ..Default::default()
    }
}

fn whitening() -> pb::WordingKind {
    pb::WordingKind {
        kind: "own-whitening-week".to_owned(),
        says: "A week of whitening, for who asked to hear of it.".to_owned(),
        purpose: pb::WordingPurpose::Marketing.into(),
        channels: vec![pb::WordingChannel::Sms.into()],
        variables: vec![
            variable("patient.salutation", false),
            variable("clinic.name", true),
            variable("opt_out.word", true),
        ],
        ..Default::default()
    }
}

async fn create(h: &Harness, kind: pb::WordingKind) -> Result<pb::WordingKind, Status> {
    let request = pb::CreateWordingKindRequest {
        kind: Some(kind),
        request_id: String::new(),
    };
    let answer = client(h).create_wording_kind(h.request(request)).await?;
    Ok(answer.into_inner().kind.unwrap())
}

fn words(locale: &str) -> pb::Wording {
    pb::Wording {
        kind: "own-whitening-week".to_owned(),
        locale: locale.to_owned(),
        register: pb::WordingRegister::Formal.into(),
        channel: pb::WordingChannel::Sms.into(),
        body: "{{ patient.salutation }}, {{ clinic.name }}. {{ opt_out.word }}".to_owned(),
        ..Default::default()
    }
}

async fn say(h: &Harness, locale: &str) -> Result<pb::RenderedWording, Status> {
    let request = pb::RenderForDispatchRequest {
        kind: "own-whitening-week".to_owned(),
        locale: locale.to_owned(),
        register: pb::WordingRegister::Informal.into(),
        channel: pb::WordingChannel::Sms.into(),
        variables: [("clinic.name".to_owned(), "Sourire".to_owned())].into(),
        ..Default::default()
    };
    let answer = client(h)
        .render_for_dispatch(h.peer_request(request))
        .await?;
    Ok(answer.into_inner().message.unwrap())
}

#[tokio::test]
async fn a_chain_makes_a_kind_and_says_it() {
    let h = Harness::start().await;
    let made = create(&h, whitening()).await.unwrap();
    assert!(made.own && made.variables[2].fallback == "STOP");
    let twice = create(&h, whitening()).await.err().unwrap();
    assert_eq!(
        reason(&twice),
        (Code::AlreadyExists, "WORDING_KIND_EXISTS".to_owned())
    );
    let nothing = say(&h, "pt-PT").await.err().unwrap();
    assert_eq!(
        reason(&nothing),
        (Code::FailedPrecondition, "WORDING_MISSING".to_owned())
    );
    approved(&h, words("pt-BR")).await;
    // The formal words of Brazil stand in for the informal ones of Portugal, which nobody wrote.
    let said = say(&h, "pt-PT").await.unwrap();
    assert_eq!(said.text, "Sourire. STOP");
    assert_eq!(
        (said.locale.as_str(), said.register()),
        ("pt-BR", pb::WordingRegister::Formal)
    );
    assert_eq!(said.purpose(), pb::WordingPurpose::Marketing);
    let other = say(&h, "ru").await.err().unwrap();
    assert_eq!(reason(&other).1, "WORDING_MISSING");
    let preview = pb::PreviewWordingRequest {
        kind: "own-whitening-week".to_owned(),
        ..Default::default()
    };
    let shown = client(&h)
        .preview_wording(h.request(preview.clone()))
        .await
        .unwrap();
    assert_eq!(
        shown.into_inner().renderings.len(),
        4,
        "in Portuguese, twice"
    );
    let stranger = h.request_as(&TestCaller::fresh(), preview);
    let refused = client(&h).preview_wording(stranger).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "WORDING_KIND_NOT_FOUND".to_owned())
    );
    let delete = pb::DeleteWordingKindRequest {
        kind: "own-whitening-week".to_owned(),
    };
    let used = client(&h)
        .delete_wording_kind(h.request(delete))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&used),
        (Code::FailedPrecondition, "WORDING_KIND_IN_USE".to_owned())
    );
    let list = pb::ListWordingKindsRequest {
        page_size: 1000,
        ..Default::default()
    };
    let listed = client(&h)
        .list_wording_kinds(h.request(list))
        .await
        .unwrap();
    let listed = listed.into_inner().kinds;
    let names: Vec<_> = listed.iter().map(|kind| kind.kind.as_str()).collect();
    assert!(names.is_sorted() && names.contains(&"own-whitening-week"));
}

#[tokio::test]
async fn a_kind_without_wordings_goes() {
    let h = Harness::start().await;
    create(&h, whitening()).await.unwrap();
    let delete = pb::DeleteWordingKindRequest {
        kind: "own-whitening-week".to_owned(),
    };
    client(&h)
        .delete_wording_kind(h.request(delete.clone()))
        .await
        .unwrap();
    let gone = client(&h)
        .delete_wording_kind(h.request(delete))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&gone),
        (Code::NotFound, "WORDING_KIND_NOT_FOUND".to_owned())
    );
}

#[tokio::test]
async fn a_kind_that_is_wrong_is_refused_field_by_field() {
    let h = Harness::start().await;
    let wrong = pb::WordingKind {
        kind: "reminder".to_owned(),
        says: String::new(),
        purpose: 0,
        channels: vec![
            pb::WordingChannel::Sms.into(),
            pb::WordingChannel::Sms.into(),
        ],
        variables: vec![
            variable("patient.nmae", true),
            variable("clinic.name", true),
            variable("clinic.name", true),
        ],
        emoji: vec!["x".repeat(9)],
        quiet_days: -1,
        ..Default::default()
    };
    let mut named = paths(&create(&h, wrong).await.err().unwrap());
    named.sort();
    assert_eq!(
        named,
        [
            "kind.channels[1]",
            "kind.emoji[0]",
            "kind.kind",
            "kind.purpose",
            "kind.quiet_days",
            "kind.says",
            "kind.variables[0].name",
            "kind.variables[2].name",
        ]
    );
}
