//! What became of the rows of imports, and the organization's rule.

use super::Tx;
use crate::domain::import::{ConflictRule, Imported};
use crate::domain::{Code as _, ExternalId};
use crate::error::Error;
use bitewing_core::{ClinicId, PatientId};
use bitewing_store::StoreError;
use serde_json::Value;
use std::collections::HashMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// How many forgotten rows one batch takes away at most: twice what it adds, so that they never pile up.
const SWEPT: i64 = 2_000;

/// What became of a row.
#[derive(Clone)]
pub(crate) struct KeptResult {
    pub(crate) row_number: i32,
    /// A keyed hash of what the row said.
    pub(crate) content_hash: Vec<u8>,
    pub(crate) outcome: Imported,
    pub(crate) patient: Option<PatientId>,
    pub(crate) reason: String,
    /// Pairs of field and description.
    pub(crate) violations: Value,
}

/// What is kept of a batch.
pub(crate) struct BatchSummary {
    pub(crate) rows: i64,
    pub(crate) rejected: i64,
    /// When its first row was taken.
    pub(crate) begun: Option<OffsetDateTime>,
}

/// A batch that was the whole of a system.
pub(crate) struct Snapshot<'a> {
    pub(crate) batch: &'a str,
    pub(crate) system: &'a str,
    /// Identifiers of patients the system has though the batch has no row of them.
    pub(crate) kept: &'a [String],
    /// The clinics it was the whole of; none is every clinic.
    pub(crate) clinics: Option<&'a [Uuid]>,
    /// Who was made here later is none of its business.
    pub(crate) before: OffsetDateTime,
}

/// The patients of one clinic, and those that are missing.
pub(crate) struct SnapshotCount {
    pub(crate) patients: i64,
    pub(crate) missing: i64,
}

impl Tx {
    /// What became of rows of a batch that were taken before, since a moment.
    pub(crate) async fn import_results(
        &mut self,
        batch: &str,
        rows: &[i32],
        since: OffsetDateTime,
    ) -> Result<HashMap<i32, KeptResult>, Error> {
        let organization = self.organization_uuid();
        let kept = sqlx::query!(
            "SELECT row_number, content_hash, outcome, patient_id, reason, violations FROM import_rows
             WHERE organization_id = $1 AND batch_id = $2 AND row_number = ANY($3) AND imported_at >= $4",
            organization,
            batch,
            rows,
            since
        )
        .fetch_all(self.conn())
        .await?;
        kept.into_iter()
            .map(|row| {
                let outcome = Imported::of(row.outcome).ok_or(StoreError::Inconsistent {
                    table: "import_rows",
                    column: "outcome",
                    id: organization,
                })?;
                let result = KeptResult {
                    row_number: row.row_number,
                    content_hash: row.content_hash,
                    outcome,
                    patient: row.patient_id.map(PatientId::from_uuid),
                    reason: row.reason,
                    violations: row.violations,
                };
                Ok((row.row_number, result))
            })
            .collect()
    }

    /// Keeps what became of rows. Of two calls that take the same row at once one is told to come back.
    pub(crate) async fn keep_import_results(
        &mut self,
        batch: &str,
        results: &[KeptResult],
        now: OffsetDateTime,
        forgotten_before: OffsetDateTime,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let (mut numbers, mut hashes, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
        let (mut patients, mut reasons, mut violations) = (Vec::new(), Vec::new(), Vec::new());
        for result in results {
            numbers.push(result.row_number);
            hashes.push(result.content_hash.clone());
            outcomes.push(result.outcome.code());
            patients.push(result.patient.map(PatientId::uuid));
            reasons.push(result.reason.clone());
            violations.push(result.violations.clone());
        }
        let written = sqlx::query!(
            "INSERT INTO import_rows (organization_id, batch_id, row_number, content_hash, outcome,
                 patient_id, reason, violations, imported_at)
             SELECT $1, $2, *, $9 FROM unnest($3::integer[], $4::bytea[], $5::smallint[], $6::uuid[],
                 $7::text[], $8::jsonb[])
             ON CONFLICT (organization_id, batch_id, row_number) DO UPDATE
             SET content_hash = EXCLUDED.content_hash, outcome = EXCLUDED.outcome,
                 patient_id = EXCLUDED.patient_id, reason = EXCLUDED.reason,
                 violations = EXCLUDED.violations, imported_at = EXCLUDED.imported_at
             WHERE import_rows.imported_at < $10",
            organization,
            batch,
            &numbers,
            &hashes,
            &outcomes,
            &patients as &[Option<Uuid>],
            &reasons,
            &violations,
            now,
            forgotten_before
        )
        .execute(self.conn())
        .await?;
        if written.rows_affected() == results.len() as u64 {
            Ok(())
        } else {
            Err(Error::Conflict)
        }
    }

    /// Forgets some of the rows taken before a moment.
    pub(crate) async fn sweep_import_results(
        &mut self,
        before: OffsetDateTime,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM import_rows WHERE organization_id = $1 AND (batch_id, row_number) IN (
                 SELECT batch_id, row_number FROM import_rows
                 WHERE organization_id = $1 AND imported_at < $2
                 ORDER BY imported_at LIMIT $3 FOR UPDATE SKIP LOCKED
             )",
            organization,
            before,
            SWEPT
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// What is kept of a batch since a moment.
    pub(crate) async fn batch_summary(
        &mut self,
        batch: &str,
        since: OffsetDateTime,
    ) -> Result<BatchSummary, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query!(
            r#"SELECT count(*) AS "rows!", count(*) FILTER (WHERE patient_id IS NULL) AS "rejected!",
                      min(imported_at) AS begun
               FROM import_rows WHERE organization_id = $1 AND batch_id = $2 AND imported_at >= $3"#,
            organization,
            batch,
            since
        )
        .fetch_one(self.conn())
        .await?;
        Ok(BatchSummary {
            rows: row.rows,
            rejected: row.rejected,
            begun: row.begun,
        })
    }

    /// How many patients of a system each clinic has, and how many of them a batch does not.
    pub(crate) async fn snapshot_counts(
        &mut self,
        snapshot: &Snapshot<'_>,
    ) -> Result<Vec<SnapshotCount>, Error> {
        let organization = self.organization_uuid();
        Ok(sqlx::query_as!(
            SnapshotCount,
            r#"WITH present AS (
                   SELECT DISTINCT coalesce(p.merged_into, p.id) AS id
                   FROM import_rows r
                   JOIN patients p ON p.organization_id = r.organization_id AND p.id = r.patient_id
                   WHERE r.organization_id = $1 AND r.batch_id = $2
                   UNION
                   SELECT patient_id FROM external_ids
                   WHERE organization_id = $1 AND system = $3 AND value = ANY($4)
               ), listed AS (
                   SELECT DISTINCT p.id, p.clinic_id
                   FROM external_ids x
                   JOIN patients p ON p.organization_id = x.organization_id AND p.id = x.patient_id
                   WHERE x.organization_id = $1 AND x.system = $3 AND p.deleted_at IS NULL
                     AND p.merged_into IS NULL AND p.created_at < $6
                     AND ($5::uuid[] IS NULL OR p.clinic_id = ANY($5))
               )
               SELECT count(*) AS "patients!",
                      count(*) FILTER (WHERE NOT EXISTS (SELECT FROM present WHERE present.id = listed.id))
                          AS "missing!"
               FROM listed GROUP BY clinic_id"#,
            organization,
            snapshot.batch,
            snapshot.system,
            snapshot.kept,
            snapshot.clinics,
            snapshot.before
        )
        .fetch_all(self.conn())
        .await?)
    }

    /// Patients of a system that a batch does not have, each with its first identifier there.
    pub(crate) async fn snapshot_missing(
        &mut self,
        snapshot: &Snapshot<'_>,
        limit: i64,
    ) -> Result<Vec<(PatientId, String)>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query!(
            r#"WITH present AS (
                   SELECT DISTINCT coalesce(p.merged_into, p.id) AS id
                   FROM import_rows r
                   JOIN patients p ON p.organization_id = r.organization_id AND p.id = r.patient_id
                   WHERE r.organization_id = $1 AND r.batch_id = $2
                   UNION
                   SELECT patient_id FROM external_ids
                   WHERE organization_id = $1 AND system = $3 AND value = ANY($4)
               )
               SELECT p.id, min(x.value) AS "value!"
               FROM external_ids x
               JOIN patients p ON p.organization_id = x.organization_id AND p.id = x.patient_id
               WHERE x.organization_id = $1 AND x.system = $3 AND p.deleted_at IS NULL
                 AND p.merged_into IS NULL AND p.created_at < $6
                 AND ($5::uuid[] IS NULL OR p.clinic_id = ANY($5))
                 AND NOT EXISTS (SELECT FROM present WHERE present.id = p.id)
               GROUP BY p.id ORDER BY p.id LIMIT $7"#,
            organization,
            snapshot.batch,
            snapshot.system,
            snapshot.kept,
            snapshot.clinics,
            snapshot.before,
            limit
        )
        .fetch_all(self.conn())
        .await?;
        let rows = rows.into_iter();
        Ok(rows
            .map(|row| (PatientId::from_uuid(row.id), row.value))
            .collect())
    }

    /// The organization's rule.
    pub(crate) async fn conflict_rule(&mut self) -> Result<ConflictRule, Error> {
        let organization = self.organization_uuid();
        let rule = sqlx::query_scalar!(
            "SELECT conflict_rule FROM import_policies WHERE organization_id = $1",
            organization
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(match rule {
            None => ConflictRule::DentalSystem,
            Some(rule) => ConflictRule::of(rule).ok_or(StoreError::Inconsistent {
                table: "import_policies",
                column: "conflict_rule",
                id: organization,
            })?,
        })
    }

    /// Sets the organization's rule.
    pub(crate) async fn set_conflict_rule(
        &mut self,
        rule: ConflictRule,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO import_policies (organization_id, conflict_rule, updated_at) VALUES ($1, $2, $3)
             ON CONFLICT (organization_id) DO UPDATE
             SET conflict_rule = EXCLUDED.conflict_rule, updated_at = EXCLUDED.updated_at",
            organization,
            rule.code(),
            now
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// The regions of the clinics there are among those named.
    pub(crate) async fn clinic_regions(
        &mut self,
        ids: &[ClinicId],
    ) -> Result<HashMap<ClinicId, String>, Error> {
        let organization = self.organization_uuid();
        let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let found = sqlx::query!(
            "SELECT id, region FROM clinics WHERE organization_id = $1 AND id = ANY($2)",
            organization,
            &ids
        )
        .fetch_all(self.conn())
        .await?;
        let found = found.into_iter();
        Ok(found
            .map(|row| (ClinicId::from_uuid(row.id), row.region))
            .collect())
    }

    /// The patients of external ids: each with the record that stands for it, over any number of merges.
    pub(crate) async fn survivors_of(
        &mut self,
        keys: &[ExternalId],
    ) -> Result<HashMap<ExternalId, PatientId>, Error> {
        let mut found = self.patients_of(keys).await?;
        let organization = self.organization_uuid();
        let ids: Vec<Uuid> = found.values().map(|id| id.uuid()).collect();
        let merged = sqlx::query_scalar!(
            "SELECT id FROM patients
             WHERE organization_id = $1 AND id = ANY($2) AND merged_into IS NOT NULL",
            organization,
            &ids
        )
        .fetch_all(self.conn())
        .await?;
        for patient in found.values_mut() {
            if merged.contains(&patient.uuid()) {
                *patient = self.survivor(*patient).await?;
            }
        }
        Ok(found)
    }
}
