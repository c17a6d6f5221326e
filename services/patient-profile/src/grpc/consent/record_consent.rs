//! RecordConsent.

use super::super::address::required;
use super::super::read::coded;
use super::super::{Api, moment};
use super::convert;
use super::say::{Said, say};
use super::subject::{Named, Parts};
use crate::domain::ContactChannel;
use crate::domain::consent::{Basis, ConsentSource, Purposes};
use crate::error::Error;
use bitewing_proto::patient as pb;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Call, Fields, all};
use bitewing_runtime::Once;
use prost_types::Timestamp;
use time::OffsetDateTime;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::RecordConsentRequest,
) -> Result<pb::RecordConsentResponse, Error> {
    let now = api.base.clock.now();
    let mut fields = Fields::new();
    let id = fields.take("request_id", field::request_id(&request.request_id));
    let named = Named::read(
        &mut fields,
        &Parts {
            patient: &request.patient_id,
            clinic: &request.clinic_id,
            address: &request.address,
            kind: request.address_kind,
            channel: request.channel,
        },
    );
    let purposes = fields.take("purpose", required::<Purposes>(request.purpose));
    let channel = fields.take("channel", coded::<ContactChannel>(request.channel));
    let basis = fields.take("basis", required::<Basis>(request.basis));
    let least = match basis {
        Some(Basis::Express | Basis::ExpressWritten) => 1,
        Some(Basis::Implied | Basis::SoftOptIn) | None => 0,
    };
    let wording = fields.take(
        "wording_version",
        field::text(&request.wording_version, least..=60),
    );
    let source = fields.take("source", required::<ConsentSource>(request.source));
    let occurred_at = fields.take("occur_time", past(request.occur_time, now));
    let (id, named, purposes, channel, basis, wording, source, occurred_at) = all!(
        fields,
        id,
        named,
        purposes,
        channel,
        basis,
        wording,
        source,
        occurred_at
    )?;
    let once = Once::new(call, "RecordConsent", id, &request);
    let found = named.find(api, call).await?;

    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    let said = Said {
        granted: true,
        purposes,
        channel,
        basis: Some(basis),
        wording,
        source,
        occurred_at,
    };
    let about = (found.patient.as_ref(), found.address.as_ref());
    let statement = say(api, call, &mut tx, about, said).await?;
    let address = found.address.map(|address| address.value);
    let answer = pb::RecordConsentResponse {
        consent: Some(convert::consent(statement, address)),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Reads when something was said: not in the future, but clocks of others may be a little ahead.
pub(super) fn past(
    sent: Option<Timestamp>,
    now: OffsetDateTime,
) -> Result<OffsetDateTime, FieldError> {
    match moment::optional(sent)? {
        None => Ok(now),
        Some(time) if time <= now => Ok(time),
        Some(time) if time - now <= time::Duration::minutes(5) => Ok(now),
        Some(_) => Err(FieldError::Time),
    }
}
