//! Recalls, mirrored from the dental system.

use super::Tx;
use crate::domain::mirror::Kept;
use crate::domain::visit::{Recall, RecallStatus};
use crate::domain::{Code, ExternalId};
use crate::error::Error;
use bitewing_core::{ClinicId, PatientId, RecallId};
use bitewing_store::StoreError;
use std::collections::HashMap;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A recall as it is kept.
pub(crate) struct KeptRecall {
    pub(crate) id: RecallId,
    pub(crate) recall: Recall,
    pub(crate) updated_at: OffsetDateTime,
}

/// The columns of one.
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) system: String,
    pub(super) external_value: String,
    pub(super) patient_id: Uuid,
    pub(super) clinic_id: Uuid,
    pub(super) kind: String,
    pub(super) due_on: Date,
    pub(super) status: i16,
    pub(super) source_updated_at: OffsetDateTime,
    pub(super) updated_at: OffsetDateTime,
}

pub(super) fn read(rows: Vec<Row>) -> Result<Vec<KeptRecall>, Error> {
    let read = rows.into_iter().map(|row| {
        Ok(KeptRecall {
            id: RecallId::from_uuid(row.id),
            recall: Recall {
                external_id: ExternalId {
                    system: row.system,
                    value: row.external_value,
                },
                patient: PatientId::from_uuid(row.patient_id),
                clinic: ClinicId::from_uuid(row.clinic_id),
                kind: row.kind,
                due_on: row.due_on,
                status: RecallStatus::of(row.status).ok_or(StoreError::Inconsistent {
                    table: "recalls",
                    column: "status",
                    id: row.id,
                })?,
                changed_at: row.source_updated_at,
            },
            updated_at: row.updated_at,
        })
    });
    Ok(read.collect::<Result<_, StoreError>>()?)
}

impl Tx {
    /// The recalls of external ids, kept from changing until the end.
    pub(crate) async fn recalls_of(
        &mut self,
        ids: &[ExternalId],
    ) -> Result<Vec<Kept<Recall>>, Error> {
        let organization = self.organization_uuid();
        let (systems, values): (Vec<_>, Vec<_>) = ids
            .iter()
            .map(|id| (id.system.clone(), id.value.clone()))
            .unzip();
        let rows = sqlx::query_as!(
            Row,
            "SELECT x.id, x.system, x.external_value, x.patient_id, x.clinic_id, x.kind, x.due_on, x.status,
                    x.source_updated_at, x.updated_at
             FROM recalls x
             WHERE x.organization_id = $1
               AND (x.system, x.external_value) IN (SELECT t.system, t.value FROM unnest($2::text[], $3::text[]) AS t (system, value))
             ORDER BY x.id FOR UPDATE OF x",
            organization,
            &systems,
            &values
        )
        .fetch_all(self.conn())
        .await?;
        let kept = read(rows)?.into_iter().map(|kept| Kept {
            id: kept.id.uuid(),
            row: kept.recall,
        });
        Ok(kept.collect())
    }

    /// Writes new and changed recalls; answers the identifiers they have.
    pub(crate) async fn write_recalls(
        &mut self,
        recalls: &[Kept<Recall>],
        now: OffsetDateTime,
    ) -> Result<HashMap<ExternalId, Uuid>, Error> {
        let organization = self.organization_uuid();
        let ids: Vec<Uuid> = recalls.iter().map(|kept| kept.id).collect();
        let rows: Vec<&Recall> = recalls.iter().map(|kept| &kept.row).collect();
        let written = sqlx::query!(
            "INSERT INTO recalls AS a (organization_id, id, system, external_value, patient_id, clinic_id, kind, due_on,
                                       status, source_updated_at, updated_at)
             SELECT $1, t.id, t.system, t.external_value, t.patient_id, t.clinic_id, t.kind, t.due_on, t.status,
                    t.source_updated_at, $2
             FROM unnest($3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::text[], $9::date[],
                         $10::smallint[], $11::timestamptz[])
                  AS t (id, system, external_value, patient_id, clinic_id, kind, due_on, status, source_updated_at)
             ON CONFLICT (organization_id, system, external_value) DO UPDATE
             SET patient_id = EXCLUDED.patient_id, clinic_id = EXCLUDED.clinic_id, kind = EXCLUDED.kind,
                 due_on = EXCLUDED.due_on, status = EXCLUDED.status,
                 source_updated_at = EXCLUDED.source_updated_at, updated_at = EXCLUDED.updated_at
             RETURNING a.id, a.system, a.external_value",
            organization,
            now,
            &ids,
            &rows.iter().map(|row| row.external_id.system.clone()).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.external_id.value.clone()).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.patient.uuid()).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.clinic.uuid()).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.kind.clone()).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.due_on).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.status.code()).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.changed_at).collect::<Vec<_>>()
        )
        .fetch_all(self.conn())
        .await?;
        let pairs = written.into_iter().map(|row| {
            let key = ExternalId {
                system: row.system,
                value: row.external_value,
            };
            (key, row.id)
        });
        Ok(pairs.collect())
    }
}
