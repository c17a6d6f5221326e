//! How often messages of a channel were answered.

use super::Tx;
use crate::domain::guide::channels::Answers;
use crate::domain::{Code, ContactChannel};
use crate::error::Error;
use bitewing_core::PatientId;
use time::OffsetDateTime;

impl Tx {
    /// Counts one message.
    pub(crate) async fn count_answer(
        &mut self,
        patient: PatientId,
        channel: ContactChannel,
        answered: bool,
        now: OffsetDateTime,
    ) -> Result<Answers, Error> {
        let organization = self.organization_uuid();
        // Counts stop short of the column's end: beyond a billion one more tells nothing.
        let row = sqlx::query!(
            "INSERT INTO channel_answers AS a (organization_id, patient_id, channel, answered, ignored, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (organization_id, patient_id, channel) DO UPDATE
             SET answered = least(a.answered + EXCLUDED.answered, 1000000000),
                 ignored = least(a.ignored + EXCLUDED.ignored, 1000000000),
                 updated_at = EXCLUDED.updated_at
             RETURNING answered, ignored",
            organization,
            patient.uuid(),
            channel.code(),
            i32::from(answered),
            i32::from(!answered),
            now
        )
        .fetch_one(self.conn())
        .await?;
        Ok(Answers {
            channel,
            answered: row.answered.unsigned_abs(),
            ignored: row.ignored.unsigned_abs(),
        })
    }

    /// The counts of a patient.
    pub(crate) async fn answers(&mut self, patient: PatientId) -> Result<Vec<Answers>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query!(
            "SELECT channel, answered, ignored FROM channel_answers
             WHERE organization_id = $1 AND patient_id = $2",
            organization,
            patient.uuid()
        )
        .fetch_all(self.conn())
        .await?;
        let read = rows.into_iter().filter_map(|row| {
            Some(Answers {
                channel: ContactChannel::of(row.channel)?,
                answered: row.answered.unsigned_abs(),
                ignored: row.ignored.unsigned_abs(),
            })
        });
        Ok(read.collect())
    }
}
