//! Visits, mirrored from the dental system.

use super::Tx;
use crate::domain::mirror::Kept;
use crate::domain::visit::{Visit, VisitStatus};
use crate::domain::{Code, ExternalId};
use crate::error::Error;
use bitewing_core::{AppointmentId, ClinicId, PatientId};
use bitewing_store::StoreError;
use std::collections::HashMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// A visit as it is kept.
pub(crate) struct KeptVisit {
    pub(crate) id: AppointmentId,
    pub(crate) visit: Visit,
    pub(crate) updated_at: OffsetDateTime,
}

/// The columns of one.
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) system: String,
    pub(super) external_value: String,
    pub(super) patient_id: Uuid,
    pub(super) clinic_id: Uuid,
    pub(super) starts_at: OffsetDateTime,
    pub(super) ends_at: OffsetDateTime,
    pub(super) status: i16,
    pub(super) provider: String,
    pub(super) service: String,
    pub(super) source_updated_at: OffsetDateTime,
    pub(super) updated_at: OffsetDateTime,
}

impl TryFrom<Row> for KeptVisit {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: AppointmentId::from_uuid(row.id),
            visit: Visit {
                external_id: ExternalId {
                    system: row.system,
                    value: row.external_value,
                },
                patient: PatientId::from_uuid(row.patient_id),
                clinic: ClinicId::from_uuid(row.clinic_id),
                starts_at: row.starts_at,
                ends_at: row.ends_at,
                status: VisitStatus::of(row.status).ok_or(StoreError::Inconsistent {
                    table: "appointments",
                    column: "status",
                    id: row.id,
                })?,
                provider: row.provider,
                service: row.service,
                changed_at: row.source_updated_at,
            },
            updated_at: row.updated_at,
        })
    }
}

pub(super) fn read(rows: Vec<Row>) -> Result<Vec<KeptVisit>, Error> {
    let read = rows.into_iter().map(KeptVisit::try_from);
    Ok(read.collect::<Result<_, _>>()?)
}

impl Tx {
    /// One visit; `lock` keeps others from changing it meanwhile.
    pub(crate) async fn visit(
        &mut self,
        id: AppointmentId,
        visible: Option<&[Uuid]>,
        lock: bool,
    ) -> Result<Option<KeptVisit>, Error> {
        let organization = self.organization_uuid();
        if lock {
            sqlx::query!(
                "SELECT id FROM appointments WHERE organization_id = $1 AND id = $2 FOR UPDATE",
                organization,
                id.uuid()
            )
            .fetch_optional(self.conn())
            .await?;
        }
        let row = sqlx::query_as!(
            Row,
            "SELECT id, system, external_value, patient_id, clinic_id, starts_at, ends_at, status, provider,
                    service, source_updated_at, updated_at
             FROM appointments
             WHERE organization_id = $1 AND id = $2 AND ($3::uuid[] IS NULL OR clinic_id = ANY($3))",
            organization,
            id.uuid(),
            visible
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(KeptVisit::try_from).transpose()?)
    }

    /// The visits of external ids, kept from changing until the end.
    pub(crate) async fn visits_of(
        &mut self,
        ids: &[ExternalId],
    ) -> Result<Vec<Kept<Visit>>, Error> {
        let organization = self.organization_uuid();
        let (systems, values): (Vec<_>, Vec<_>) = ids
            .iter()
            .map(|id| (id.system.clone(), id.value.clone()))
            .unzip();
        let rows = sqlx::query_as!(
            Row,
            "SELECT x.id, x.system, x.external_value, x.patient_id, x.clinic_id, x.starts_at, x.ends_at, x.status,
                    x.provider, x.service, x.source_updated_at, x.updated_at
             FROM appointments x
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
            row: kept.visit,
        });
        Ok(kept.collect())
    }

    /// Writes new and changed visits; answers the identifiers they have.
    pub(crate) async fn write_visits(
        &mut self,
        visits: &[Kept<Visit>],
        now: OffsetDateTime,
    ) -> Result<HashMap<ExternalId, Uuid>, Error> {
        let organization = self.organization_uuid();
        let ids: Vec<Uuid> = visits.iter().map(|kept| kept.id).collect();
        let rows: Vec<&Visit> = visits.iter().map(|kept| &kept.row).collect();
        let written = sqlx::query!(
            "INSERT INTO appointments AS a (organization_id, id, system, external_value, patient_id, clinic_id,
                                            starts_at, ends_at, status, provider, service, source_updated_at, updated_at)
             SELECT $1, t.id, t.system, t.external_value, t.patient_id, t.clinic_id, t.starts_at, t.ends_at, t.status,
                    t.provider, t.service, t.source_updated_at, $2
             FROM unnest($3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::timestamptz[],
                         $9::timestamptz[], $10::smallint[], $11::text[], $12::text[], $13::timestamptz[])
                  AS t (id, system, external_value, patient_id, clinic_id, starts_at, ends_at, status, provider,
                        service, source_updated_at)
             ON CONFLICT (organization_id, system, external_value) DO UPDATE
             SET patient_id = EXCLUDED.patient_id, clinic_id = EXCLUDED.clinic_id, starts_at = EXCLUDED.starts_at,
                 ends_at = EXCLUDED.ends_at, status = EXCLUDED.status, provider = EXCLUDED.provider,
                 service = EXCLUDED.service, source_updated_at = EXCLUDED.source_updated_at,
                 updated_at = EXCLUDED.updated_at
             RETURNING a.id, a.system, a.external_value",
            organization,
            now,
            &ids,
            &rows.iter().map(|row| row.external_id.system.clone()).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.external_id.value.clone()).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.patient.uuid()).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.clinic.uuid()).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.starts_at).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.ends_at).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.status.code()).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.provider.clone()).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.service.clone()).collect::<Vec<_>>(),
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

    /// Sets a visit's state, as the dental system accepted a wish about it.
    pub(crate) async fn set_visit_status(
        &mut self,
        id: AppointmentId,
        status: VisitStatus,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "UPDATE appointments SET status = $3, updated_at = $4 WHERE organization_id = $1 AND id = $2",
            organization,
            id.uuid(),
            status.code(),
            now
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
