//! What imports last said: an unchanged row costs one look into an index, and no write of its patient.

use super::Tx;
use crate::domain::ExternalId;
use crate::error::Error;
use bitewing_core::PatientId;
use std::collections::HashMap;
use uuid::Uuid;

/// Hashes of what was said under external ids.
pub(crate) type ImportedHashes = HashMap<ExternalId, Vec<u8>>;

/// Systems, values and hashes in columns.
fn columns(hashes: &ImportedHashes) -> (Vec<String>, Vec<String>, Vec<Vec<u8>>) {
    let (mut systems, mut values, mut said) = (Vec::new(), Vec::new(), Vec::new());
    for (id, hash) in hashes {
        systems.push(id.system.clone());
        values.push(id.value.clone());
        said.push(hash.clone());
    }
    (systems, values, said)
}

impl Tx {
    /// The patients of external ids under which exactly this was said last, and who did not change since.
    pub(crate) async fn unchanged_since_import(
        &mut self,
        hashes: &ImportedHashes,
        visible: Option<&[Uuid]>,
    ) -> Result<HashMap<ExternalId, PatientId>, Error> {
        let organization = self.organization_uuid();
        let (systems, values, said) = columns(hashes);
        let rows = sqlx::query!(
            "SELECT x.system, x.value, x.patient_id
             FROM unnest($2::text[], $3::text[], $4::bytea[]) AS w (system, value, hash)
             JOIN external_ids x ON x.organization_id = $1 AND x.system = w.system AND x.value = w.value
                  AND x.imported_hash = w.hash
             JOIN patients p ON p.organization_id = $1 AND p.id = x.patient_id
             WHERE p.deleted_at IS NULL AND p.merged_into IS NULL AND p.erased_at IS NULL
               AND ($5::uuid[] IS NULL OR p.clinic_id = ANY($5))",
            organization,
            &systems,
            &values,
            &said,
            visible
        )
        .fetch_all(self.conn())
        .await?;
        let pairs = rows.into_iter().map(|row| {
            let id = ExternalId {
                system: row.system,
                value: row.value,
            };
            (id, PatientId::from_uuid(row.patient_id))
        });
        Ok(pairs.collect())
    }

    /// Remembers what was said of patients who had it all already.
    pub(crate) async fn remember_imported(&mut self, hashes: &ImportedHashes) -> Result<(), Error> {
        if hashes.is_empty() {
            return Ok(());
        }
        let organization = self.organization_uuid();
        let (systems, values, said) = columns(hashes);
        sqlx::query!(
            "UPDATE external_ids x SET imported_hash = w.hash
             FROM unnest($2::text[], $3::text[], $4::bytea[]) AS w (system, value, hash)
             WHERE x.organization_id = $1 AND x.system = w.system AND x.value = w.value",
            organization,
            &systems,
            &values,
            &said
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
