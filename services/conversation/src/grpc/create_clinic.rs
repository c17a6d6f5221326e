//! CreateClinic.

use super::{Api, note, read};
use crate::domain::Clinic;
use crate::error::Error;
use bitewing_core::ClinicId;
use bitewing_proto::conversation as pb;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Call, Violation};
use bitewing_runtime::Once;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::CreateClinicRequest,
) -> Result<pb::CreateClinicResponse, Error> {
    let id = field::request_id(&request.request_id)
        .map_err(|error| vec![Violation::new("request_id", error)])?;
    let once = Once::new(call, "CreateClinic", id, &request);
    let sent = request
        .clinic
        .ok_or_else(|| vec![Violation::new("clinic", FieldError::Required)])?;
    let card = read::clinic(&sent)?;

    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    let id = ClinicId::from_uuid(api.base.ids.next());
    let clinic = Clinic::begin(id, card, api.base.clock.now());
    tx.insert_clinic(&clinic).await?;
    note::clinic(&mut tx, call, "clinic.created", &clinic).await?;
    let answer = pb::CreateClinicResponse {
        clinic: Some(clinic.into()),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}
