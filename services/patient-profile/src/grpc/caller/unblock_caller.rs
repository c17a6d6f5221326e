//! UnblockCaller.

use super::super::{Api, note};
use super::convert;
use crate::error::Error;
use bitewing_auth::Clinics;
use bitewing_core::BlockId;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Violation, field};
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::UnblockCallerRequest,
) -> Result<pb::UnblockCallerResponse, Error> {
    let id: BlockId =
        field::id(&request.block_id).map_err(|error| vec![Violation::new("block_id", error)])?;
    let mut tx = api.begin(call).await?;
    let clinics = call.caller.clinics.filter();
    let block = tx
        .block(id, clinics.as_deref())
        .await?
        .ok_or(Error::BlockNotFound)?;
    if block.clinic.is_none() && call.caller.clinics != Clinics::All {
        let whole = "a block of the whole chain can be ended by callers of every clinic only";
        return Err(vec![Violation::new("block_id", whole)].into());
    }
    if block.ended_at.is_none() {
        let now = api.base.clock.now();
        tx.end_block(id, now, &note::actor(call)).await?;
        tx.emit(Event {
            event_type: "caller.unblocked",
            resource: id.to_string(),
            payload: json!({ "clinic_id": block.clinic.map(|clinic| clinic.to_string()) }),
        })
        .await?;
        tx.audit(audit::entry(
            call,
            "caller.unblocked",
            id,
            block.clinic,
            json!({}),
        ))
        .await?;
    }
    tx.commit().await?;
    let block = convert::block(&api.base.keyring, call.organization(), block)?;
    Ok(pb::UnblockCallerResponse { block: Some(block) })
}
