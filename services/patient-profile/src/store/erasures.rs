//! Erasures: what goes, what stays, and the proof.

use super::Tx;
use crate::domain::{Change, Erasure, KeptKey, Patient};
use crate::error::Error;
use bitewing_core::{ClinicId, PatientId};
use bitewing_store::StoreError;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

impl Tx {
    /// Empties records for good, with their history and what merges remember of them. Tells how many
    /// rows of each table went.
    pub(crate) async fn erase_records(
        &mut self,
        records: &mut [Patient],
        now: OffsetDateTime,
    ) -> Result<Vec<(String, u64)>, Error> {
        let organization = self.organization_uuid();
        let ids: Vec<Uuid> = records.iter().map(|record| record.id.uuid()).collect();
        let count = |of: fn(&Patient) -> usize| records.iter().map(|one| of(one) as u64).sum();
        let mut erased = vec![
            ("patients".to_owned(), records.len() as u64),
            (
                "contact_points".to_owned(),
                count(|one| one.contact_points.len()),
            ),
            (
                "external_ids".to_owned(),
                count(|one| one.profile.external_ids.len()),
            ),
            (
                "patient_relations".to_owned(),
                count(|one| one.profile.relations.len()),
            ),
        ];
        for record in &mut *records {
            record.erase(now);
        }
        let nothing = Change::default();
        let changes: Vec<_> = records.iter().map(|record| (record, &nothing)).collect();
        self.update_patients(&changes).await?;
        let families = self.forget_in_families(&ids, now).await?;
        erased.push(("families".to_owned(), families));
        erased.extend(self.erase_kept(&ids).await?);
        let gone = sqlx::query!(
            "DELETE FROM closed_contact_points WHERE organization_id = $1 AND patient_id = ANY($2)",
            organization,
            &ids
        )
        .execute(self.conn())
        .await?;
        erased.push(("closed_contact_points".to_owned(), gone.rows_affected()));
        let gone = sqlx::query!(
            "DELETE FROM patient_merges
             WHERE organization_id = $1 AND (patient_id = ANY($2) OR duplicate_id = ANY($2))",
            organization,
            &ids
        )
        .execute(self.conn())
        .await?;
        erased.push(("patient_merges".to_owned(), gone.rows_affected()));
        Ok(erased)
    }

    /// Takes erased people out of the records of their families: nobody's guarantor, nobody's child.
    async fn forget_in_families(
        &mut self,
        erased: &[Uuid],
        now: OffsetDateTime,
    ) -> Result<u64, Error> {
        let mut families = self.families_with(erased).await?;
        families.retain(|id| !erased.contains(&id.uuid()));
        self.lock_patients(&families).await?;
        let mut families = self.patients_by_ids(&families, None).await?;
        let gone: Vec<_> = erased.iter().copied().map(PatientId::from_uuid).collect();
        for patient in &mut families {
            patient.forget(&gone, now);
        }
        let nothing = Change::default();
        let changes: Vec<_> = families.iter().map(|one| (one, &nothing)).collect();
        self.update_patients(&changes).await?;
        Ok(families.len() as u64)
    }

    /// Keeps hashes that outlive a person.
    pub(crate) async fn keep_keys(
        &mut self,
        patient: PatientId,
        keys: &[(KeptKey, [u8; 32])],
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let (kinds, hashes): (Vec<_>, Vec<_>) = keys
            .iter()
            .map(|(kind, hash)| (*kind as i16, hash.to_vec()))
            .unzip();
        sqlx::query!(
            "INSERT INTO erased_keys (organization_id, kind, hash, patient_id)
             SELECT $1, kind, hash, $2 FROM unnest($3::smallint[], $4::bytea[]) AS k (kind, hash)
             ON CONFLICT DO NOTHING",
            organization,
            patient.uuid(),
            &kinds,
            &hashes
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Which of these hashes outlived a person.
    pub(crate) async fn kept_keys(
        &mut self,
        kind: KeptKey,
        hashes: &[Vec<u8>],
    ) -> Result<Vec<Vec<u8>>, Error> {
        let organization = self.organization_uuid();
        Ok(sqlx::query_scalar!(
            "SELECT DISTINCT hash FROM erased_keys
             WHERE organization_id = $1 AND kind = $2 AND hash = ANY($3)",
            organization,
            kind as i16,
            hashes
        )
        .fetch_all(self.conn())
        .await?)
    }

    /// Keeps a proof.
    pub(crate) async fn insert_erasure(&mut self, erasure: &Erasure) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let merged: Vec<_> = erasure.merged.iter().map(|id| id.uuid()).collect();
        let erased: Value = erasure
            .erased
            .iter()
            .map(|(table, rows)| json!([table, rows]))
            .collect();
        sqlx::query!(
            "INSERT INTO erasures (organization_id, patient_id, clinic_id, merged_ids, erased_at, erased_by,
                 reason, erased, kept_hashes, content_hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            organization,
            erasure.patient.uuid(),
            erasure.clinic.uuid(),
            &merged,
            erasure.at,
            erasure.by,
            erasure.reason,
            erased,
            i32::try_from(erasure.kept_hashes).unwrap_or(i32::MAX),
            erasure.content_hash
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// The proof of an erasure, for who saw the patient.
    pub(crate) async fn erasure(
        &mut self,
        patient: PatientId,
        visible: Option<&[Uuid]>,
    ) -> Result<Option<Erasure>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query!(
            "SELECT patient_id, clinic_id, merged_ids, erased_at, erased_by, reason, erased, kept_hashes,
                    content_hash
             FROM erasures
             WHERE organization_id = $1 AND patient_id = $2 AND ($3::uuid[] IS NULL OR clinic_id = ANY($3))",
            organization,
            patient.uuid(),
            visible
        )
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let entry = |entry: &Value| Some((entry[0].as_str()?.to_owned(), entry[1].as_u64()?));
        let entries = row
            .erased
            .as_array()
            .and_then(|all| all.iter().map(entry).collect());
        Ok(Some(Erasure {
            patient,
            clinic: ClinicId::from_uuid(row.clinic_id),
            merged: row
                .merged_ids
                .into_iter()
                .map(PatientId::from_uuid)
                .collect(),
            at: row.erased_at,
            by: row.erased_by,
            reason: row.reason,
            erased: entries.ok_or(StoreError::Inconsistent {
                table: "erasures",
                column: "erased",
                id: row.patient_id,
            })?,
            kept_hashes: u32::try_from(row.kept_hashes).unwrap_or_default(),
            content_hash: row.content_hash,
        }))
    }
}
