//! RevokeConsent.

use super::super::Api;
use super::super::address::required;
use super::super::read::coded;
use super::convert;
use super::record_consent::past;
use super::say::{Said, say};
use super::subject::{Named, Parts};
use crate::domain::ContactChannel;
use crate::domain::consent::{ConsentSource, Purposes};
use crate::error::Error;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, all, field};
use bitewing_runtime::Once;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::RevokeConsentRequest,
) -> Result<pb::RevokeConsentResponse, Error> {
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
    let purposes = fields.take("purpose", coded::<Purposes>(request.purpose));
    let channel = fields.take("channel", coded::<ContactChannel>(request.channel));
    let wording = fields.take(
        "wording_version",
        field::text(&request.wording_version, 0..=60),
    );
    let source = fields.take("source", required::<ConsentSource>(request.source));
    let occurred_at = fields.take("occur_time", past(request.occur_time, now));
    let (id, named, purposes, channel, wording, source, occurred_at) = all!(
        fields,
        id,
        named,
        purposes,
        channel,
        wording,
        source,
        occurred_at
    )?;
    let once = Once::new(call, "RevokeConsent", id, &request);
    let found = named.find(api, call).await?;

    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    let said = Said {
        granted: false,
        // The default scope of a revocation is everything that can be revoked (47 CFR 64.1200(a)(10)).
        purposes: purposes.unwrap_or(Purposes::All),
        channel,
        basis: None,
        wording,
        source,
        occurred_at,
    };
    let about = (found.patient.as_ref(), found.address.as_ref());
    let statement = say(api, call, &mut tx, about, said).await?;
    let address = found.address.map(|address| address.value);
    let answer = pb::RevokeConsentResponse {
        consent: Some(convert::consent(statement, address)),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}
