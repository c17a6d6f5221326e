use crate::harness::{Harness, paths, reason, violations};
use crate::own::{approved, introduction};
use bitewing_proto::template as pb;
use bitewing_proto::template::whats_app_template_service_client::WhatsAppTemplateServiceClient;
use bitewing_proto::template::wording_service_client::WordingServiceClient;
use bitewing_testkit::TestCaller;
use tonic::transport::Channel;
use tonic::{Code, Status};

fn client(h: &Harness) -> WhatsAppTemplateServiceClient<Channel> {
    WhatsAppTemplateServiceClient::new(h.channel.clone())
}

fn introduction_template() -> pb::CreateWhatsAppTemplateRequest {
    pb::CreateWhatsAppTemplateRequest {
        kind: "introduction".to_owned(),
        locale: "it".to_owned(),
        register: pb::WordingRegister::Informal.into(),
        ..Default::default()
    }
}

async fn create(
    h: &Harness,
    request: pb::CreateWhatsAppTemplateRequest,
) -> Result<pb::WhatsAppTemplate, Status> {
    let answer = client(h)
        .create_whats_app_template(h.request(request))
        .await?;
    Ok(answer.into_inner().template.unwrap())
}

fn report(
    template: &pb::WhatsAppTemplate,
    state: pb::WhatsAppState,
) -> pb::ReportWhatsAppTemplateRequest {
    pb::ReportWhatsAppTemplateRequest {
        name: template.name.clone(),
        language: template.language.clone(),
        state: state.into(),
        ..Default::default()
    }
}

async fn told(
    h: &Harness,
    request: pb::ReportWhatsAppTemplateRequest,
) -> Result<pb::WhatsAppTemplate, Status> {
    let answer = client(h)
        .report_whats_app_template(h.request(request))
        .await?;
    Ok(answer.into_inner().template.unwrap())
}

async fn render(h: &Harness, values: &[(&str, &str)]) -> Result<pb::RenderedWording, Status> {
    let request = pb::RenderForDispatchRequest {
        kind: "introduction".to_owned(),
        locale: "it".to_owned(),
        register: pb::WordingRegister::Informal.into(),
        channel: pb::WordingChannel::Chat.into(),
        variables: values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        whats_app: true,
        ..Default::default()
    };
    let mut client = WordingServiceClient::new(h.channel.clone());
    let answer = client.render_for_dispatch(h.peer_request(request)).await?;
    Ok(answer.into_inner().message.unwrap())
}

const VALUES: [(&str, &str); 2] = [("operator.name", "Zoe  B"), ("clinic.name", "Sourire")];

#[tokio::test]
async fn what_is_registered_follows_what_whats_app_says() {
    let h = Harness::start().await;
    let own = approved(&h, introduction("")).await;
    let made = create(&h, introduction_template()).await.unwrap();
    assert_eq!(made.body, "Ciao, sono {{1}} di {{2}}.");
    let names: Vec<_> = made.parameters.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["operator.name", "clinic.name"]);
    assert!(made.parameters.iter().all(|p| !p.example.is_empty()));
    assert_eq!(
        (made.wording_id.as_str(), made.version),
        (own.wording_id.as_str(), 1)
    );
    assert_eq!(made.language, "it");
    assert_eq!(made.requested_category(), pb::WhatsAppCategory::Utility);
    assert_eq!(made.actual_category(), pb::WhatsAppCategory::Unspecified);
    assert_eq!(made.state(), pb::WhatsAppState::Requested);
    let refused = render(&h, &VALUES).await.err().unwrap();
    let not_yet = (
        Code::FailedPrecondition,
        "WHATS_APP_NOT_APPROVED".to_owned(),
    );
    assert_eq!(reason(&refused), not_yet);

    let approved = pb::ReportWhatsAppTemplateRequest {
        category: pb::WhatsAppCategory::Marketing.into(),
        ..report(&made, pb::WhatsAppState::Approved)
    };
    let known = told(&h, approved.clone()).await.unwrap();
    assert_eq!(known.actual_category(), pb::WhatsAppCategory::Marketing);
    assert_eq!(known.requested_category(), pb::WhatsAppCategory::Utility);
    let again = told(&h, approved).await.unwrap();
    assert!(again == known, "saying it again changes nothing");
    let said = render(&h, &VALUES).await.unwrap();
    assert_eq!(said.text, "Ciao, sono Zoe  B di Sourire.");
    let message = said.whats_app.unwrap();
    assert_eq!(message.parameters, ["Zoe B", "Sourire"]);
    assert_eq!(
        (message.name, message.language),
        (made.name.clone(), "it".to_owned())
    );
    assert_eq!(message.category, i32::from(pb::WhatsAppCategory::Marketing));

    let paused = pb::ReportWhatsAppTemplateRequest {
        reason: "low quality".to_owned(),
        ..report(&made, pb::WhatsAppState::Paused)
    };
    let known = told(&h, paused).await.unwrap();
    assert_eq!(
        (known.state(), known.reason.as_str()),
        (pb::WhatsAppState::Paused, "low quality")
    );
    assert_eq!(reason(&render(&h, &VALUES).await.err().unwrap()), not_yet);
    let get = pb::GetWhatsAppTemplateRequest {
        whats_app_template_id: made.whats_app_template_id.clone(),
    };
    let got = client(&h)
        .get_whats_app_template(h.request(get))
        .await
        .unwrap();
    assert!(got.into_inner().template.unwrap() == known);
    let events = h.events().await;
    let events = events
        .iter()
        .filter(|e| e.event_type == "whats_app_template.reported");
    assert!(events.count() <= 2);
}

#[tokio::test]
async fn a_wording_whats_app_would_refuse_is_not_registered() {
    let h = Harness::start().await;
    let unfit = pb::Wording {
        body: "{{ clinic.name }}: {{ operator.name }}".to_owned(),
        ..introduction("")
    };
    approved(&h, unfit).await;
    let refused = create(&h, introduction_template()).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::InvalidArgument, "WHATS_APP_UNFIT".to_owned())
    );
    let named = violations(&refused);
    assert_eq!(named.len(), 2);
    assert!(
        named[0]
            .1
            .starts_with("line 1, column 1: WhatsApp takes no wording that begins")
    );
    let list = pb::ListWhatsAppTemplatesRequest::default();
    let listed = client(&h)
        .list_whats_app_templates(h.request(list))
        .await
        .unwrap();
    assert!(
        listed.into_inner().templates.is_empty(),
        "nothing half saved"
    );
}

#[tokio::test]
async fn a_wording_is_registered_once_and_only_by_its_organization() {
    let h = Harness::start().await;
    let library = pb::CreateWhatsAppTemplateRequest {
        kind: "greeting-birthday".to_owned(),
        ..introduction_template()
    };
    let made = create(&h, library.clone()).await;
    let made = match made {
        Ok(made) => made,
        // The library's own words may begin with a name.
        Err(status) => {
            assert_eq!(reason(&status).1, "WHATS_APP_UNFIT");
            approved(&h, introduction("")).await;
            create(&h, introduction_template()).await.unwrap()
        }
    };
    let again = pb::CreateWhatsAppTemplateRequest {
        kind: made.kind.clone(),
        ..introduction_template()
    };
    let refused = create(&h, again).await.err().unwrap();
    let exists = (Code::AlreadyExists, "WHATS_APP_TEMPLATE_EXISTS".to_owned());
    assert_eq!(reason(&refused), exists);
    let stranger = TestCaller::fresh();
    let strange = h.request_as(&stranger, report(&made, pb::WhatsAppState::Disabled));
    let refused = client(&h)
        .report_whats_app_template(strange)
        .await
        .err()
        .unwrap();
    let absent = (Code::NotFound, "WHATS_APP_TEMPLATE_NOT_FOUND".to_owned());
    assert_eq!(reason(&refused), absent);
    let flawed = pb::ReportWhatsAppTemplateRequest {
        name: String::new(),
        reason: "x".repeat(501),
        ..report(&made, pb::WhatsAppState::Requested)
    };
    let mut named = paths(&told(&h, flawed).await.err().unwrap());
    named.sort();
    assert_eq!(named, ["name", "reason", "state"]);
}
