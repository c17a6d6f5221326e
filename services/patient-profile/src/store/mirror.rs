//! What every mirrored row names: patients and clinics, looked up for a whole batch at once.

use super::Tx;
use crate::error::Error;
use bitewing_core::{ClinicId, PatientId};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

impl Tx {
    /// The patients the caller sees among those named, each with the record that stands for it.
    pub(crate) async fn patients_named(
        &mut self,
        ids: &[PatientId],
        visible: Option<&[Uuid]>,
    ) -> Result<HashMap<PatientId, PatientId>, Error> {
        let organization = self.organization_uuid();
        let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT p.id, coalesce(p.merged_into, p.id) AS "survivor!"
               FROM patients p
               WHERE p.organization_id = $1 AND p.id = ANY($2) AND p.erased_at IS NULL
                 AND ($3::uuid[] IS NULL OR p.clinic_id = ANY($3))"#,
            organization,
            &ids,
            visible
        )
        .fetch_all(self.conn())
        .await?;
        let pairs = rows.into_iter();
        Ok(pairs
            .map(|row| {
                let survivor = PatientId::from_uuid(row.survivor);
                (PatientId::from_uuid(row.id), survivor)
            })
            .collect())
    }

    /// The clinics there are among those named.
    pub(crate) async fn clinics_named(
        &mut self,
        ids: &[ClinicId],
    ) -> Result<HashSet<ClinicId>, Error> {
        let organization = self.organization_uuid();
        let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let found = sqlx::query_scalar!(
            "SELECT id FROM clinics WHERE organization_id = $1 AND id = ANY($2)",
            organization,
            &ids
        )
        .fetch_all(self.conn())
        .await?;
        Ok(found.into_iter().map(ClinicId::from_uuid).collect())
    }
}
