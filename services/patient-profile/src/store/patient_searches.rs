//! Whom a search finds: one query per criterion that drives it, each along an index, the other
//! criteria asked of what the index gives. Ranges of bytes instead of `LIKE`, which row-level security
//! would not let into an index.

use super::Tx;
use crate::domain::{Code as _, Criteria, fold};
use crate::error::Error;
use bitewing_core::PatientId;
use uuid::Uuid;

/// Who may be found at all.
pub(crate) struct Reach {
    /// Home clinics; `None` is every clinic.
    pub(crate) clinics: Option<Vec<Uuid>>,
    pub(crate) show_deleted: bool,
}

/// A patient found by a word of the name.
pub(crate) struct Named {
    pub(crate) token: String,
    pub(crate) id: PatientId,
}

impl Tx {
    /// Patients with an address, the newest first.
    pub(crate) async fn search_by_address(
        &mut self,
        criteria: &Criteria,
        reach: &Reach,
        before: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<PatientId>, Error> {
        let organization = self.organization_uuid();
        let (kind, values) = criteria.address();
        let ids = sqlx::query_scalar!(
            "SELECT p.id FROM patients p
             WHERE p.organization_id = $1 AND p.id < $2
               AND p.id IN (SELECT c.patient_id FROM contact_points c
                            WHERE c.organization_id = $1 AND c.kind = $3 AND c.value = ANY($4))
               AND p.merged_into IS NULL AND p.erased_at IS NULL
               AND ($5 OR p.deleted_at IS NULL)
               AND ($6::uuid[] IS NULL OR p.clinic_id = ANY($6))
               AND ($7::date IS NULL OR p.birth_date = $7)
               AND ($8::text IS NULL OR EXISTS (
                   SELECT 1 FROM contact_points c WHERE c.organization_id = $1
                   AND c.patient_id = p.id AND c.kind = 2 AND c.value = $8))
               AND ($9::text IS NULL OR EXISTS (
                   SELECT 1 FROM contact_points c WHERE c.organization_id = $1
                   AND c.patient_id = p.id AND c.kind = 3 AND c.value = $9))
               AND NOT EXISTS (
                   SELECT 1 FROM unnest($10::text[]) AS w (word) WHERE NOT EXISTS (
                       SELECT 1 FROM patient_names n WHERE n.organization_id = $1 AND n.patient_id = p.id
                       AND n.token >= w.word AND n.token < w.word || $11::text))
             ORDER BY p.id DESC LIMIT $12",
            organization,
            before.unwrap_or(Uuid::max()),
            kind.code(),
            &values,
            reach.show_deleted,
            reach.clinics.as_deref(),
            criteria.birth_date,
            criteria.email,
            criteria.handle,
            &criteria.words,
            fold::LAST.to_string(),
            limit
        )
        .fetch_all(self.conn())
        .await?;
        Ok(ids.into_iter().map(PatientId::from_uuid).collect())
    }

    /// Patients born on a day, the newest first.
    pub(crate) async fn search_by_birth_date(
        &mut self,
        criteria: &Criteria,
        reach: &Reach,
        before: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<PatientId>, Error> {
        let organization = self.organization_uuid();
        let ids = sqlx::query_scalar!(
            "SELECT p.id FROM patients p
             WHERE p.organization_id = $1 AND p.birth_date = $2 AND p.id < $3
               AND p.merged_into IS NULL AND p.erased_at IS NULL
               AND ($4 OR p.deleted_at IS NULL)
               AND ($5::uuid[] IS NULL OR p.clinic_id = ANY($5))
               AND NOT EXISTS (
                   SELECT 1 FROM unnest($6::text[]) AS w (word) WHERE NOT EXISTS (
                       SELECT 1 FROM patient_names n WHERE n.organization_id = $1 AND n.patient_id = p.id
                       AND n.token >= w.word AND n.token < w.word || $7::text))
             ORDER BY p.id DESC LIMIT $8",
            organization,
            criteria.birth_date,
            before.unwrap_or(Uuid::max()),
            reach.show_deleted,
            reach.clinics.as_deref(),
            &criteria.words,
            fold::LAST.to_string(),
            limit
        )
        .fetch_all(self.conn())
        .await?;
        Ok(ids.into_iter().map(PatientId::from_uuid).collect())
    }

    /// Patients by the beginnings of their names, in the order of the word that matches the longest
    /// beginning. A patient with two such words is found by the first of them only.
    pub(crate) async fn search_by_name(
        &mut self,
        words: &[String],
        reach: &Reach,
        behind: Option<&Named>,
        limit: i64,
    ) -> Result<Vec<Named>, Error> {
        let Some((driving, others)) = words.split_first() else {
            return Ok(Vec::new());
        };
        let organization = self.organization_uuid();
        let last = fold::LAST.to_string();
        // One lower bound: beside a comparison of rows Postgres would begin its scan at the other one, and at the
        // organization's first name where that bound says nothing.
        let from = behind.map_or(driving.as_str(), |named| named.token.as_str());
        let rows = sqlx::query!(
            "SELECT n.token, n.patient_id FROM patient_names n
             JOIN patients p ON p.organization_id = $1 AND p.id = n.patient_id
             WHERE n.organization_id = $1 AND (n.token, n.patient_id) > ($4, $5) AND n.token < $3
               AND NOT EXISTS (
                   SELECT 1 FROM patient_names s WHERE s.organization_id = $1
                   AND s.patient_id = n.patient_id AND s.token >= $2 AND s.token < n.token)
               AND p.merged_into IS NULL AND p.erased_at IS NULL
               AND ($6 OR p.deleted_at IS NULL)
               AND ($7::uuid[] IS NULL OR p.clinic_id = ANY($7))
               AND NOT EXISTS (
                   SELECT 1 FROM unnest($8::text[]) AS w (word) WHERE NOT EXISTS (
                       SELECT 1 FROM patient_names s WHERE s.organization_id = $1
                       AND s.patient_id = n.patient_id
                       AND s.token >= w.word AND s.token < w.word || $9::text))
             ORDER BY n.token, n.patient_id LIMIT $10",
            organization,
            driving,
            format!("{driving}{last}"),
            from,
            behind.map_or(Uuid::nil(), |named| named.id.uuid()),
            reach.show_deleted,
            reach.clinics.as_deref(),
            others,
            last,
            limit
        )
        .fetch_all(self.conn())
        .await?;
        let named = rows.into_iter().map(|row| Named {
            token: row.token,
            id: PatientId::from_uuid(row.patient_id),
        });
        Ok(named.collect())
    }
}
