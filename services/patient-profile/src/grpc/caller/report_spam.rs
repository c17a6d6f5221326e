//! ReportSpam.

use super::super::address::{self, Wrong};
use super::super::{Api, clinic, note};
use super::REPORTS;
use crate::error::Error;
use bitewing_core::ClinicId;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, all, field};
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ReportSpamRequest,
) -> Result<pb::ReportSpamResponse, Error> {
    let mut fields = Fields::new();
    let clinic = fields.take("clinic_id", field::id::<ClinicId>(&request.clinic_id));
    let sent = address::sent(
        &mut fields,
        &request.address,
        ("kind", request.kind),
        request.channel,
    );
    let (clinic, sent) = all!(fields, clinic, sent)?;
    // The clinic is looked for even where the number needs no region.
    clinic::region(api, call, clinic).await?;
    let address = match sent.read_at(api, call, Some(clinic)).await? {
        Ok(read) => read.address,
        Err(Wrong::Number) => sent.impossible(),
        Err(wrong) => return Err(wrong.into()),
    };
    let hash = api.hash_address(call.organization(), &address);
    let now = api.base.clock.now();

    let mut tx = api.begin(call).await?;
    let reporters = tx
        .report_spam(&hash, &note::actor(call), clinic, now, now - REPORTS)
        .await?;
    tx.emit(Event {
        event_type: "caller.reported",
        resource: clinic.to_string(),
        payload: json!({ "clinic_id": clinic.to_string(), "reporters": reporters }),
    })
    .await?;
    let details = json!({ "reporters": reporters });
    tx.audit(audit::entry(
        call,
        "caller.reported",
        clinic,
        Some(clinic),
        details,
    ))
    .await?;
    tx.commit().await?;
    Ok(pb::ReportSpamResponse { reporters })
}
