//! Everything held of one person: the record as JSON of the contract's messages, what hangs on it as it is kept.

use crate::domain::{ClosedPoint, Patient};
use crate::error::Error;
use crate::store::Tx;
use bitewing_proto::patient as pb;
use prost_reflect::ReflectMessage;
use serde_json::{Value, json};

/// How many ended contact points are read at most.
const MOST: i64 = 10_000;

/// The person with every record merged into theirs. The same record gives the same text.
pub(super) async fn content(tx: &mut Tx, patient: &Patient) -> Result<Value, Error> {
    let mut ids = tx.records_of(patient.id).await?;
    let kept = tx.kept_of(&ids).await?;
    ids.retain(|id| *id != patient.id);
    let merged = tx.patients_by_ids(&ids, None).await?;
    let closed = closed_points(tx, patient).await?;
    Ok(json!({
        "patient": message(&pb::Patient::from(patient.clone())),
        "mergedPatients": merged.into_iter().map(|one| message(&pb::Patient::from(one))).collect::<Vec<_>>(),
        "closedContactPoints": closed
            .into_iter()
            .map(|one| message(&pb::ClosedContactPoint::from(one)))
            .collect::<Vec<_>>(),
        "kept": kept.0,
    }))
}

/// The contact points that were the person's.
pub(super) async fn closed_points(
    tx: &mut Tx,
    patient: &Patient,
) -> Result<Vec<ClosedPoint>, Error> {
    let records = tx.records_of(patient.id).await?;
    tx.closed_points(&records, None, MOST).await
}

/// A message in the JSON of protobuf.
fn message(message: &impl ReflectMessage) -> Value {
    serde_json::to_value(message.transcode_to_dynamic()).unwrap_or_default()
}
