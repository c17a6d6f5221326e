//! What dentists said of verdicts, with the messages, sealed.

use super::Tx;
use crate::domain::guard::{Feedback, Judged, Judgement, Label};
use crate::error::Error;
use bitewing_core::{ClinicId, GuardFeedbackId, Sensitive};
use bitewing_store::{Aad, Db, Keyring, StoreError};
use time::OffsetDateTime;
use uuid::Uuid;

/// Which feedback a list shows.
pub(crate) struct FeedbackFilter {
    /// Clinics the caller sees; `None` is every clinic.
    pub(crate) visible: Option<Vec<Uuid>>,
    pub(crate) clinic: Option<ClinicId>,
    pub(crate) label: Option<Label>,
}

const fn stored_label(label: Label) -> i16 {
    match label {
        Label::Rude => 1,
        Label::Flirting => 2,
        Label::ClinicalAdvice => 3,
        Label::OffTopic => 4,
        Label::Urgent => 5,
        Label::Angry => 6,
        Label::Harassment => 7,
        Label::OptOut => 8,
    }
}

const fn read_label(stored: i16) -> Option<Label> {
    match stored {
        1 => Some(Label::Rude),
        2 => Some(Label::Flirting),
        3 => Some(Label::ClinicalAdvice),
        4 => Some(Label::OffTopic),
        5 => Some(Label::Urgent),
        6 => Some(Label::Angry),
        7 => Some(Label::Harassment),
        8 => Some(Label::OptOut),
        _ => None,
    }
}

struct Row {
    id: Uuid,
    clinic_id: Uuid,
    label: i16,
    judgement: i16,
    language: String,
    author: String,
    created_at: OffsetDateTime,
    expires_at: OffsetDateTime,
}

impl TryFrom<Row> for Feedback {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |column| StoreError::Inconsistent {
            table: "guard_feedback",
            column,
            id: row.id,
        };
        Ok(Self {
            id: GuardFeedbackId::from_uuid(row.id),
            clinic: ClinicId::from_uuid(row.clinic_id),
            label: read_label(row.label).ok_or_else(|| broken("label"))?,
            judgement: match row.judgement {
                1 => Judgement::Fine,
                2 => Judgement::Missed,
                _ => return Err(broken("judgement")),
            },
            language: row.language,
            author: row.author,
            created_at: row.created_at,
            expires_at: row.expires_at,
        })
    }
}

impl Tx {
    fn feedback_place<'a>(&self, row: &'a Uuid) -> Aad<'a> {
        Aad {
            organization: self.organization(),
            table: "guard_feedback",
            row: row.as_bytes(),
            column: "message",
        }
    }

    /// Keeps what was said, the message sealed.
    pub(crate) async fn insert_feedback(
        &mut self,
        keyring: &Keyring,
        feedback: &Feedback,
        judged: &Judged,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let id = feedback.id.uuid();
        let message: Sensitive<Vec<u8>> =
            serde_json::to_vec(judged).expect("texts serialize").into();
        let message = keyring.seal(&self.feedback_place(&id), message.expose());
        sqlx::query!(
            "INSERT INTO guard_feedback (organization_id, id, clinic_id, label, judgement, language,
                                         author, message, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            organization,
            id,
            feedback.clinic.uuid(),
            stored_label(feedback.label),
            match feedback.judgement {
                Judgement::Fine => 1_i16,
                Judgement::Missed => 2,
            },
            feedback.language,
            feedback.author,
            message,
            feedback.created_at,
            feedback.expires_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// A page of what was said, newest first.
    pub(crate) async fn feedback(
        &mut self,
        filter: &FeedbackFilter,
        before: Option<Uuid>,
        count: i64,
    ) -> Result<Vec<Feedback>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, clinic_id, label, judgement, language, author, created_at, expires_at
             FROM guard_feedback
             WHERE organization_id = $1
               AND ($2::uuid[] IS NULL OR clinic_id = ANY($2))
               AND ($3::uuid IS NULL OR clinic_id = $3)
               AND ($4::smallint IS NULL OR label = $4)
               AND ($5::uuid IS NULL OR id < $5)
             ORDER BY id DESC LIMIT $6",
            organization,
            filter.visible.as_deref(),
            filter.clinic.map(ClinicId::uuid),
            filter.label.map(stored_label),
            before,
            count
        )
        .fetch_all(self.conn())
        .await?;
        let read = rows.into_iter().map(Feedback::try_from);
        Ok(read.collect::<Result<_, _>>()?)
    }

    /// A page of what was said with the messages, oldest first.
    pub(crate) async fn judged(
        &mut self,
        keyring: &Keyring,
        filter: &FeedbackFilter,
        after: Option<Uuid>,
        count: i64,
    ) -> Result<Vec<(Feedback, Judged)>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query!(
            "SELECT id, clinic_id, label, judgement, language, author, created_at, expires_at, message
             FROM guard_feedback
             WHERE organization_id = $1
               AND ($2::uuid[] IS NULL OR clinic_id = ANY($2))
               AND ($3::uuid IS NULL OR clinic_id = $3)
               AND ($4::uuid IS NULL OR id > $4)
             ORDER BY id LIMIT $5",
            organization,
            filter.visible.as_deref(),
            filter.clinic.map(ClinicId::uuid),
            after,
            count
        )
        .fetch_all(self.conn())
        .await?;
        let mut judged = Vec::with_capacity(rows.len());
        for row in rows {
            let opened = keyring.open(&self.feedback_place(&row.id), &row.message);
            let message = opened.map_err(StoreError::from)?;
            let message =
                serde_json::from_slice(message.expose()).map_err(|_| StoreError::Tampered)?;
            let feedback = Feedback::try_from(Row {
                id: row.id,
                clinic_id: row.clinic_id,
                label: row.label,
                judgement: row.judgement,
                language: row.language,
                author: row.author,
                created_at: row.created_at,
                expires_at: row.expires_at,
            })?;
            judged.push((feedback, message));
        }
        Ok(judged)
    }

    /// Forgets one; answers whose it was, or nothing where the caller sees none.
    pub(crate) async fn delete_feedback(
        &mut self,
        id: GuardFeedbackId,
        visible: Option<&[Uuid]>,
    ) -> Result<Option<ClinicId>, Error> {
        let organization = self.organization_uuid();
        let clinic = sqlx::query_scalar!(
            "DELETE FROM guard_feedback
             WHERE organization_id = $1 AND id = $2 AND ($3::uuid[] IS NULL OR clinic_id = ANY($3))
             RETURNING clinic_id",
            organization,
            id.uuid(),
            visible
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(clinic.map(ClinicId::from_uuid))
    }
}

/// Forgets what was kept long enough.
pub(crate) async fn prune(db: &Db) -> Result<(), StoreError> {
    let mut tx = db.begin_worker().await?;
    sqlx::query!("DELETE FROM guard_feedback WHERE expires_at < (SELECT clock_timestamp())")
        .execute(tx.conn())
        .await?;
    tx.commit().await
}
