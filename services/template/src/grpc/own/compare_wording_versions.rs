//! CompareWordingVersions.

use super::super::Api;
use super::seen;
use crate::domain::difference::difference;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, all, field};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::CompareWordingVersionsRequest,
) -> Result<pb::CompareWordingVersionsResponse, Error> {
    let mut fields = Fields::new();
    let id = fields.take("wording_id", field::id(&request.wording_id));
    let older = Some(request.older).filter(|version| *version > 0);
    let older = fields.take("older", older.ok_or("must be a version, from 1"));
    let newer = Some(request.newer).filter(|version| *version >= 0);
    let newer = fields.take("newer", newer.ok_or("must not be negative"));
    let (id, older, newer) = all!(fields, id, older, newer)?;
    let mut tx = api.begin(call).await?;
    let older = seen(call, tx.wording_version(id, older).await?)?.words;
    let newer = seen(call, tx.wording_version(id, newer).await?)?.words;
    tx.commit().await?;
    let compare = |older: &str, newer: &str| {
        let runs = difference(older, newer).into_iter();
        runs.map(|(change, text)| pb::WordingDifference {
            change: pb::WordingChange::from(change).into(),
            text,
        })
        .collect()
    };
    Ok(pb::CompareWordingVersionsResponse {
        subject: compare(&older.subject, &newer.subject),
        body: compare(&older.body, &newer.body),
    })
}
