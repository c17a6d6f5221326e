//! Patients' identifiers in other systems.

use super::Tx;
use crate::domain::ExternalId;
use crate::error::Error;
use bitewing_core::PatientId;

impl Tx {
    /// The patient of an external id, whatever its state.
    pub(crate) async fn patient_of(&mut self, id: &ExternalId) -> Result<Option<PatientId>, Error> {
        let organization = self.organization_uuid();
        Ok(sqlx::query_scalar!(
            "SELECT patient_id FROM external_ids WHERE organization_id = $1 AND system = $2 AND value = $3",
            organization,
            id.system,
            id.value
        )
        .fetch_optional(self.conn())
        .await?
        .map(PatientId::from_uuid))
    }

    /// Replaces a patient's external ids.
    pub(crate) async fn put_external_ids(
        &mut self,
        patient: PatientId,
        ids: &[ExternalId],
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM external_ids WHERE organization_id = $1 AND patient_id = $2",
            organization,
            patient.uuid()
        )
        .execute(self.conn())
        .await?;
        let (systems, values): (Vec<_>, Vec<_>) = ids
            .iter()
            .map(|id| (id.system.clone(), id.value.clone()))
            .unzip();
        sqlx::query!(
            "INSERT INTO external_ids (organization_id, system, value, patient_id)
             SELECT $1, system, value, $2 FROM unnest($3::text[], $4::text[]) AS t (system, value)",
            organization,
            patient.uuid(),
            &systems,
            &values
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
