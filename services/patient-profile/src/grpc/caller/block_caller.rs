//! BlockCaller.

use super::super::address::{self, Wrong};
use super::super::{Api, clinic, note};
use super::convert;
use crate::domain::Address;
use crate::error::Error;
use crate::store::{Block, place};
use bitewing_auth::Clinics;
use bitewing_core::{BlockId, ClinicId};
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, Violation, all, field};
use bitewing_runtime::{Once, audit};
use bitewing_store::Event;
use serde_json::json;
use time::{Duration, OffsetDateTime};

/// A block that is meant to end ends within this time.
const LONGEST: Duration = Duration::days(3_653);

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::BlockCallerRequest,
) -> Result<pb::BlockCallerResponse, Error> {
    let now = api.base.clock.now();
    let mut fields = Fields::new();
    let id = fields.take("request_id", field::request_id(&request.request_id));
    let clinic = fields.take(
        "clinic_id",
        field::optional_id::<ClinicId>(&request.clinic_id),
    );
    let sent = address::sent(
        &mut fields,
        &request.address,
        ("kind", request.kind),
        request.channel,
    );
    let reason = fields.take("reason", field::text(&request.reason, 1..=500));
    let expires_at = request
        .expire_time
        .map(|time| expiry(time, now))
        .transpose();
    let expires_at = fields.take("expire_time", expires_at);
    let (id, clinic, sent, reason, expires_at) =
        all!(fields, id, clinic, sent, reason, expires_at)?;
    if clinic.is_none() && call.caller.clinics != Clinics::All {
        let whole = "the whole chain can be blocked by callers of every clinic only";
        return Err(vec![Violation::new("clinic_id", whole)].into());
    }
    if let Some(clinic) = clinic {
        clinic::region(api, call, clinic).await?;
    }
    let address = match sent.read_at(api, call, clinic).await? {
        Ok(read) => read.address,
        // Without a clinic a number needs its country code; an impossible one can be blocked as it is.
        Err(Wrong::Number) if clinic.is_some() => sent.impossible(),
        Err(wrong) => return Err(wrong.into()),
    };

    let once = Once::new(call, "BlockCaller", id, &request);
    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    let hash = api.hash_address(call.organization(), &address);
    let block = if let Some(mut known) = tx.block_of(&hash, clinic, now).await? {
        known.reason = reason;
        known.expires_at = expires_at;
        tx.change_block(&known).await?;
        known
    } else {
        let id = BlockId::from_uuid(api.base.ids.next());
        let block = Block {
            id,
            clinic,
            kind: address.kind,
            channel: address.channel,
            hash,
            sealed: seal(api, call, id, &address),
            reason,
            expires_at,
            created_at: now,
            created_by: note::actor(call),
            ended_at: None,
        };
        tx.insert_block(&block).await?;
        block
    };
    tx.emit(Event {
        event_type: "caller.blocked",
        resource: block.id.to_string(),
        payload: json!({ "clinic_id": clinic.map(|clinic| clinic.to_string()) }),
    })
    .await?;
    tx.audit(audit::entry(
        call,
        "caller.blocked",
        block.id,
        clinic,
        json!({}),
    ))
    .await?;
    let answer = pb::BlockCallerResponse {
        block: Some(convert::block(
            &api.base.keyring,
            call.organization(),
            block,
        )?),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}

fn seal(api: &Api, call: &Call, id: BlockId, address: &Address) -> Vec<u8> {
    let mut row = [0; 16];
    let place = place(call.organization(), id, &mut row);
    api.base.keyring.seal(&place, address.value.as_bytes())
}

fn expiry(sent: prost_types::Timestamp, now: OffsetDateTime) -> Result<OffsetDateTime, String> {
    let time = field::timestamp(sent).map_err(|error| error.to_string())?;
    let whole = time.nanosecond() / 1_000 * 1_000;
    let time = time.replace_nanosecond(whole).unwrap_or(time);
    if time > now && time - now <= LONGEST {
        Ok(time)
    } else {
        Err("must be in the future and within 10 years".to_owned())
    }
}
