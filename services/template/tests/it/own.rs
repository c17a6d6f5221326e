//! Own wordings, as staff keep them.

use crate::harness::Harness;
use bitewing_auth::{Actor, ActorKind, Caller, Clinics, Role};
use bitewing_core::{Ids as _, SystemIds, UserId};
use bitewing_proto::template as pb;
use bitewing_proto::template::own_wording_service_client::OwnWordingServiceClient;
use bitewing_proto::template::wording_service_client::WordingServiceClient;
use tonic::Status;
use tonic::transport::Channel;

pub(crate) fn client(h: &Harness) -> OwnWordingServiceClient<Channel> {
    OwnWordingServiceClient::new(h.channel.clone())
}

/// A member of staff of the harness's organization.
pub(crate) fn staff(h: &Harness, role: Role, clinics: Clinics) -> Caller {
    let actor = Actor {
        kind: ActorKind::User,
        id: UserId::from_uuid(SystemIds.next()).to_string(),
    };
    Caller::verified(
        h.caller.organization(),
        actor,
        clinics,
        vec![role],
        Vec::new(),
    )
}

pub(crate) fn introduction(clinic: &str) -> pb::Wording {
    pb::Wording {
        clinic_id: clinic.to_owned(),
        kind: "introduction".to_owned(),
        locale: "it".to_owned(),
        register: pb::WordingRegister::Informal.into(),
        channel: pb::WordingChannel::Chat.into(),
        body: "Ciao, sono {{ operator.name }} di {{ clinic.name }}.".to_owned(),
        ..Default::default()
    }
}

pub(crate) async fn create(
    h: &Harness,
    caller: &Caller,
    wording: pb::Wording,
) -> Result<pb::Wording, Status> {
    let request = pb::CreateWordingRequest {
        wording: Some(wording),
        request_id: String::new(),
    };
    let answer = client(h)
        .create_wording(h.request_as(caller, request))
        .await?;
    Ok(answer.into_inner().wording.unwrap())
}

pub(crate) async fn update(
    h: &Harness,
    caller: &Caller,
    id: &str,
    body: &str,
) -> Result<pb::Wording, Status> {
    let request = pb::UpdateWordingRequest {
        wording_id: id.to_owned(),
        body: body.to_owned(),
        ..Default::default()
    };
    let answer = client(h)
        .update_wording(h.request_as(caller, request))
        .await?;
    Ok(answer.into_inner().wording.unwrap())
}

pub(crate) async fn submit(h: &Harness, caller: &Caller, id: &str) -> Result<pb::Wording, Status> {
    let request = pb::SubmitWordingRequest {
        wording_id: id.to_owned(),
        ..Default::default()
    };
    let answer = client(h)
        .submit_wording(h.request_as(caller, request))
        .await?;
    Ok(answer.into_inner().wording.unwrap())
}

pub(crate) async fn approve(
    h: &Harness,
    caller: &Caller,
    id: &str,
    keep: bool,
) -> Result<pb::Wording, Status> {
    let request = pb::ApproveWordingRequest {
        wording_id: id.to_owned(),
        keeps_scheduled: keep,
        ..Default::default()
    };
    let answer = client(h)
        .approve_wording(h.request_as(caller, request))
        .await?;
    Ok(answer.into_inner().wording.unwrap())
}

/// What is said to one person, now or with the version it was scheduled with.
pub(crate) async fn say(
    h: &Harness,
    clinic: &str,
    scheduled: (&str, i32),
) -> Result<pb::RenderedWording, Status> {
    let request = pb::RenderForDispatchRequest {
        kind: "introduction".to_owned(),
        locale: "it-IT".to_owned(),
        register: pb::WordingRegister::Informal.into(),
        channel: pb::WordingChannel::Chat.into(),
        variables: [("operator.name", "Zoe"), ("clinic.name", "Sourire")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        clinic_id: clinic.to_owned(),
        wording_id: scheduled.0.to_owned(),
        version: scheduled.1,
        ..Default::default()
    };
    let mut client = WordingServiceClient::new(h.channel.clone());
    let answer = client.render_for_dispatch(h.peer_request(request)).await?;
    Ok(answer.into_inner().message.unwrap())
}

/// Begun by one member of staff, approved by another; answers what came of it.
pub(crate) async fn approved(h: &Harness, wording: pb::Wording) -> pb::Wording {
    let writer = staff(h, Role::Secretary, Clinics::All);
    let role = match wording.kind.as_str() {
        "dosage" | "instructions" | "therapy-reminder" => Role::Dentist,
        _ => Role::Owner,
    };
    let approver = staff(h, role, Clinics::All);
    let id = create(h, &writer, wording).await.unwrap().wording_id;
    submit(h, &writer, &id).await.unwrap();
    approve(h, &approver, &id, false).await.unwrap()
}
