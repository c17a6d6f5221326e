//! Who is behind an address, and who is not put through.

mod blocks;
mod cards;
mod fraud;
mod statements;

use crate::harness::{Harness, phone};
use bitewing_auth::Caller;
use bitewing_proto::patient as pb;
use bitewing_proto::patient::caller_service_client::CallerServiceClient;
use tonic::Status;
use tonic::transport::Channel;

pub(super) const NUMBER: &str = "+15148731234";

pub(super) fn client(h: &Harness) -> CallerServiceClient<Channel> {
    CallerServiceClient::new(h.channel.clone())
}

pub(super) fn question(h: &Harness, address: &str) -> pb::LookupCallerRequest {
    pb::LookupCallerRequest {
        clinic_id: h.clinic.to_string(),
        address: address.to_owned(),
        ..Default::default()
    }
}

pub(super) async fn ask(
    h: &Harness,
    caller: &Caller,
    request: pb::LookupCallerRequest,
) -> Result<pb::LookupCallerResponse, Status> {
    let answer = client(h)
        .lookup_caller(h.request_as(caller, request))
        .await?;
    Ok(answer.into_inner())
}

pub(super) async fn look_up(h: &Harness, address: &str) -> pb::LookupCallerResponse {
    ask(h, &h.caller, question(h, address)).await.unwrap()
}

/// A mother and her daughter on one number.
pub(super) async fn family(h: &Harness) -> [pb::Patient; 2] {
    let mother = h.create(h.anne()).await.unwrap();
    let daughter = pb::Patient {
        external_ids: Vec::new(),
        given_name: "Léa".to_owned(),
        contact_points: vec![phone(NUMBER)],
        ..h.anne()
    };
    [mother, h.create(daughter).await.unwrap()]
}
