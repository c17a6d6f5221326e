//! What hangs on a person beside the record: visits, recalls, accounts, statements, answers.

use super::Tx;
use crate::error::Error;
use bitewing_core::PatientId;
use serde_json::Value;
use uuid::Uuid;

/// Rows by table, as they are kept; numbers of fixed sets are those of the contract.
pub(crate) struct Kept(pub(crate) Value);

impl Kept {
    /// The rows of one table.
    pub(crate) fn rows(&self, table: &str) -> &[Value] {
        self.0[table].as_array().map_or(&[], Vec::as_slice)
    }
}

impl Tx {
    /// Everything that hangs on a person. The same rows give the same value.
    pub(crate) async fn kept_of(&mut self, records: &[PatientId]) -> Result<Kept, Error> {
        let organization = self.organization_uuid();
        let records: Vec<_> = records.iter().map(|id| id.uuid()).collect();
        let kept = sqlx::query_scalar!(
            r#"SELECT jsonb_build_object(
                   'appointments', (
                       SELECT coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' ORDER BY x.id), '[]')
                       FROM appointments x WHERE x.organization_id = $1 AND x.patient_id = ANY($2)),
                   'appointment_requests', (
                       SELECT coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' ORDER BY x.id), '[]')
                       FROM appointment_requests x WHERE x.organization_id = $1 AND x.patient_id = ANY($2)),
                   'recalls', (
                       SELECT coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' ORDER BY x.id), '[]')
                       FROM recalls x WHERE x.organization_id = $1 AND x.patient_id = ANY($2)),
                   'balances', (
                       SELECT coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' ORDER BY x.id), '[]')
                       FROM balances x WHERE x.organization_id = $1 AND x.patient_id = ANY($2)),
                   'channel_answers', (
                       SELECT coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' ORDER BY x.patient_id, x.channel), '[]')
                       FROM channel_answers x WHERE x.organization_id = $1 AND x.patient_id = ANY($2)),
                   'consents', (
                       SELECT coalesce(jsonb_agg(
                           to_jsonb(x) - 'organization_id' - 'address_hash' ORDER BY x.id), '[]')
                       FROM consents x WHERE x.organization_id = $1 AND x.patient_id = ANY($2))
               ) AS "kept!""#,
            organization,
            &records
        )
        .fetch_one(self.conn())
        .await?;
        Ok(Kept(kept))
    }

    /// Erases what hangs on people, and tells how many rows of each table went. Statements of consent stay:
    /// they hold no more than an id that names nobody any longer, and a keyed hash, and are the proof that
    /// a refusal was kept.
    pub(super) async fn erase_kept(
        &mut self,
        records: &[Uuid],
    ) -> Result<Vec<(String, u64)>, Error> {
        let organization = self.organization_uuid();
        let wishes = sqlx::query!(
            "DELETE FROM appointment_requests WHERE organization_id = $1 AND patient_id = ANY($2)",
            organization,
            records
        )
        .execute(self.conn())
        .await?;
        let visits = sqlx::query!(
            "DELETE FROM appointments WHERE organization_id = $1 AND patient_id = ANY($2)",
            organization,
            records
        )
        .execute(self.conn())
        .await?;
        let recalls = sqlx::query!(
            "DELETE FROM recalls WHERE organization_id = $1 AND patient_id = ANY($2)",
            organization,
            records
        )
        .execute(self.conn())
        .await?;
        let balances = sqlx::query!(
            "DELETE FROM balances WHERE organization_id = $1 AND patient_id = ANY($2)",
            organization,
            records
        )
        .execute(self.conn())
        .await?;
        let answers = sqlx::query!(
            "DELETE FROM channel_answers WHERE organization_id = $1 AND patient_id = ANY($2)",
            organization,
            records
        )
        .execute(self.conn())
        .await?;
        let links = sqlx::query!(
            "DELETE FROM preference_links WHERE organization_id = $1 AND patient_id = ANY($2)",
            organization,
            records
        )
        .execute(self.conn())
        .await?;
        let gone = [
            ("appointment_requests", wishes),
            ("appointments", visits),
            ("recalls", recalls),
            ("balances", balances),
            ("channel_answers", answers),
            ("preference_links", links),
        ];
        Ok(gone
            .into_iter()
            .map(|(table, gone)| (table.to_owned(), gone.rows_affected()))
            .collect())
    }
}
