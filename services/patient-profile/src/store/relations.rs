//! Guarantors, families and children.

use super::Tx;
use crate::domain::{Code, Patient, Related};
use crate::error::Error;
use bitewing_core::PatientId;
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
        sqlx::query!(
            "DELETE FROM patient_children WHERE organization_id = $1 AND patient_id = ANY($2)",
            organization,
            patients
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    pub(super) async fn insert_relations(&mut self, patients: &[&Patient]) -> Result<(), Error> {
        self.insert_children(patients).await?;
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

    /// Which records name which patients as children.
    async fn insert_children(&mut self, patients: &[&Patient]) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let (mut owners, mut children) = (Vec::new(), Vec::new());
        for patient in patients {
            for child in patient
                .profile
                .children
                .iter()
                .filter_map(|child| child.patient)
            {
                owners.push(patient.id.uuid());
                children.push(child.uuid());
            }
        }
        if owners.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "INSERT INTO patient_children (organization_id, patient_id, child_id)
             SELECT DISTINCT $1::uuid, patient_id, child_id
             FROM unnest($2::uuid[], $3::uuid[]) AS t (patient_id, child_id)",
            organization,
            &owners,
            &children
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Who names one of these patients as family or child.
    pub(super) async fn families_with(
        &mut self,
        patients: &[Uuid],
    ) -> Result<Vec<PatientId>, Error> {
        let organization = self.organization_uuid();
        let ids = sqlx::query_scalar!(
            r#"SELECT patient_id AS "id!" FROM patient_relations
               WHERE organization_id = $1 AND related_id = ANY($2)
               UNION
               SELECT patient_id FROM patient_children
               WHERE organization_id = $1 AND child_id = ANY($2)"#,
            organization,
            patients
        )
        .fetch_all(self.conn())
        .await?;
        Ok(ids.into_iter().map(PatientId::from_uuid).collect())
    }
}
