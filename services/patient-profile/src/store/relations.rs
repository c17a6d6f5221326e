//! Guarantors and families.

use super::Tx;
use crate::domain::{Code, Patient, Related};
use crate::error::Error;
use uuid::Uuid;

impl Tx {
    pub(super) async fn delete_relations(&mut self, patients: &[Uuid]) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM patient_relations WHERE organization_id = $1 AND patient_id = ANY($2)",
            organization,
            patients
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    pub(super) async fn insert_relations(&mut self, patients: &[&Patient]) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let (mut owners, mut ranks, mut kinds) = (Vec::new(), Vec::<i16>::new(), Vec::new());
        let (mut related, mut names) = (Vec::new(), Vec::new());
        for patient in patients {
            for (rank, relation) in (0..).zip(&patient.profile.relations) {
                let (id, name) = match &relation.to {
                    Related::Patient(id) => (Some(id.uuid()), String::new()),
                    Related::Named(name) => (None, name.clone()),
                };
                owners.push(patient.id.uuid());
                ranks.push(rank);
                kinds.push(relation.kind.code());
                related.push(id);
                names.push(name);
            }
        }
        if owners.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "INSERT INTO patient_relations (organization_id, patient_id, rank, kind, related_id, display_name)
             SELECT $1, * FROM unnest($2::uuid[], $3::smallint[], $4::smallint[], $5::uuid[], $6::text[])",
            organization,
            &owners,
            &ranks,
            &kinds,
            &related as &[Option<Uuid>],
            &names
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Takes a person out of the families of others: an erased one is nobody's guarantor.
    pub(crate) async fn forget_relations_to(&mut self, patients: &[Uuid]) -> Result<u64, Error> {
        let organization = self.organization_uuid();
        let gone = sqlx::query!(
            "DELETE FROM patient_relations WHERE organization_id = $1 AND related_id = ANY($2)",
            organization,
            patients
        )
        .execute(self.conn())
        .await?;
        Ok(gone.rows_affected())
    }
}
