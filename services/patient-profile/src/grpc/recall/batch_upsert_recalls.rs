//! BatchUpsertRecalls.

use super::super::Api;
use super::super::address::required;
use super::super::mirror::{Draft, Head, Mirror, Reader, check_size, head, result, take};
use super::super::read;
use crate::domain::ExternalId;
use crate::domain::mirror::Kept;
use crate::domain::visit::{Recall, RecallStatus};
use crate::error::Error;
use crate::store::Tx;
use async_trait::async_trait;
use bitewing_core::{PatientId, RecallId};
use bitewing_proto::patient as pb;
use bitewing_rpc::Call;
use bitewing_rpc::field::{FieldError, text};
use serde_json::{Value, json};
use std::collections::HashMap;
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::BatchUpsertRecallsRequest,
) -> Result<pb::BatchUpsertRecallsResponse, Error> {
    check_size("recalls", request.recalls.len())?;
    let now = api.base.clock.now();
    let drafts = request.recalls.iter().map(|row| recall(row, now)).collect();
    let taken = take::<Recall>(api, call, drafts).await?;
    Ok(pb::BatchUpsertRecallsResponse {
        results: taken.into_iter().map(result::<Recall>).collect(),
    })
}

fn recall(sent: &pb::Recall, now: OffsetDateTime) -> Result<Draft<Recall>, Error> {
    let mut reader = Reader::new("");
    let head = head(
        &mut reader,
        sent.external_id.as_ref(),
        (&sent.patient_id, sent.patient_external_id.as_ref()),
        &sent.clinic_id,
        (sent.source_update_time, now),
    );
    let kind = reader.take("kind", text(&sent.kind, 1..=60));
    let due_on = match &sent.due_date {
        Some(date) => reader.take("due_date", read::date(date)),
        None => reader.take("due_date", Err(FieldError::Required)),
    };
    let status = reader.take("status", required::<RecallStatus>(sent.status));
    let parts = (|| Some((head?, kind?, due_on?, status?)))();
    let (head, kind, due_on, status) = reader.end(parts)?;
    Ok(Draft {
        patient: head.patient,
        row: Recall {
            external_id: head.external_id,
            patient: Head::NOBODY,
            clinic: head.clinic,
            kind,
            due_on,
            status,
            changed_at: head.changed_at,
        },
    })
}

#[async_trait]
impl Mirror for Recall {
    const EVENTS: (&'static str, &'static str) = ("recall.created", "recall.updated");

    fn name(id: Uuid) -> String {
        RecallId::from_uuid(id).to_string()
    }

    fn tell(&self) -> Value {
        json!({})
    }

    async fn known(tx: &mut Tx, ids: &[ExternalId]) -> Result<Vec<Kept<Self>>, Error> {
        tx.recalls_of(ids).await
    }

    async fn write(
        tx: &mut Tx,
        rows: &[Kept<Self>],
        now: OffsetDateTime,
    ) -> Result<HashMap<ExternalId, Uuid>, Error> {
        tx.write_recalls(rows, now).await
    }

    fn patient(&self) -> PatientId {
        self.patient
    }
}
