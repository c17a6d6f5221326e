//! Recalls, mirrored from the dental system.

use super::Tx;
use crate::domain::mirror::Kept;
use crate::domain::visit::{Recall, RecallStatus};
use crate::domain::{Code, ExternalId};
use crate::error::Error;
use bitewing_core::{ClinicId, PageSize, PatientId, RecallId};
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

/// Which recalls a list shows.
pub(crate) struct RecallFilter {
    /// Clinics whose recalls the caller sees; `None` is every clinic.
    pub(crate) visible: Option<Vec<Uuid>>,
    pub(crate) clinic: Option<ClinicId>,
    /// The records of one patient.
    pub(crate) patients: Option<Vec<Uuid>>,
    pub(crate) from: Option<Date>,
    pub(crate) before: Option<Date>,
    pub(crate) status: Option<RecallStatus>,
    /// Only recalls behind this one.
    pub(crate) after: Option<(Date, Uuid)>,
}

struct Row {
    id: Uuid,
    system: String,
    external_value: String,
    patient_id: Uuid,
    clinic_id: Uuid,
    kind: String,
    due_on: Date,
    status: i16,
    source_updated_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

fn read(rows: Vec<Row>) -> Result<Vec<KeptRecall>, Error> {
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

    /// A page of recalls, the earliest due first.
    pub(crate) async fn recalls(
        &mut self,
        filter: &RecallFilter,
        size: PageSize,
    ) -> Result<Vec<KeptRecall>, Error> {
        let organization = self.organization_uuid();
        let (after_day, after_id) = filter.after.unzip();
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, system, external_value, patient_id, clinic_id, kind, due_on, status, source_updated_at, updated_at
             FROM recalls
             WHERE organization_id = $1
               AND ($2::uuid[] IS NULL OR clinic_id = ANY($2))
               AND ($3::uuid IS NULL OR clinic_id = $3)
               AND ($4::uuid[] IS NULL OR patient_id = ANY($4))
               AND ($5::date IS NULL OR due_on >= $5)
               AND ($6::date IS NULL OR due_on < $6)
               AND ($7::smallint IS NULL OR status = $7)
               AND ($8::date IS NULL OR (due_on, id) > ($8, $9::uuid))
             ORDER BY due_on, id
             LIMIT $10",
            organization,
            filter.visible.as_deref(),
            filter.clinic.map(ClinicId::uuid),
            filter.patients.as_deref(),
            filter.from,
            filter.before,
            filter.status.map(Code::code),
            after_day,
            after_id,
            size.probe()
        )
        .fetch_all(self.conn())
        .await?;
        read(rows)
    }
}
