//! Patients' identifiers in other systems.

use super::{ImportedHashes, Tx};
use crate::domain::{ExternalId, Patient};
use crate::error::Error;
use bitewing_core::PatientId;
use std::collections::HashMap;
use uuid::Uuid;

impl Tx {
    /// The patient of an external id, whatever its state.
    pub(crate) async fn patient_of(&mut self, id: &ExternalId) -> Result<Option<PatientId>, Error> {
        let mut known = self.patients_of(std::slice::from_ref(id)).await?;
        Ok(known.remove(id))
    }

    /// The patients of many external ids; those nobody has are missing.
    pub(crate) async fn patients_of(
        &mut self,
        ids: &[ExternalId],
    ) -> Result<HashMap<ExternalId, PatientId>, Error> {
        let organization = self.organization_uuid();
        let (systems, values): (Vec<_>, Vec<_>) = ids
            .iter()
            .map(|id| (id.system.clone(), id.value.clone()))
            .unzip();
        let rows = sqlx::query!(
            "SELECT x.system, x.value, x.patient_id
             FROM unnest($2::text[], $3::text[]) AS wanted (system, value)
             JOIN external_ids x ON x.organization_id = $1 AND x.system = wanted.system AND x.value = wanted.value",
            organization,
            &systems,
            &values
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let id = ExternalId {
                    system: row.system,
                    value: row.value,
                };
                (id, PatientId::from_uuid(row.patient_id))
            })
            .collect())
    }

    pub(super) async fn delete_external_ids(&mut self, patients: &[Uuid]) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM external_ids WHERE organization_id = $1 AND patient_id = ANY($2)",
            organization,
            patients
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    pub(super) async fn insert_external_ids(
        &mut self,
        patients: &[&Patient],
        imported: &ImportedHashes,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let (mut owners, mut systems, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let mut hashes = Vec::new();
        for patient in patients {
            for id in &patient.profile.external_ids {
                owners.push(patient.id.uuid());
                systems.push(id.system.clone());
                values.push(id.value.clone());
                hashes.push(imported.get(id).cloned());
            }
        }
        sqlx::query!(
            "INSERT INTO external_ids (organization_id, system, value, patient_id, imported_hash)
             SELECT $1, system, value, patient_id, imported_hash
             FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[])
                  AS t (patient_id, system, value, imported_hash)",
            organization,
            &owners,
            &systems,
            &values,
            &hashes as &[Option<Vec<u8>>]
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
