//! Messages on their way: the row decides, and every write says which attempt it is about.

use super::Tx;
use super::messages::{Row, stored_state};
use crate::domain::dispatch::KEY_WINDOW;
use crate::domain::{Letter, Message, Reason, State};
use crate::error::Error;
use bitewing_core::{MessageId, Sensitive};
use bitewing_store::StoreError;
use std::time::Duration;
use time::OffsetDateTime;

/// A message as a run finds it, by the database's clock.
pub(crate) struct InTransit {
    pub(crate) message: Message,
    pub(crate) expired: bool,
    pub(crate) quiet: bool,
    pub(crate) key_known: bool,
    pub(crate) quiet_at: Option<OffsetDateTime>,
    pub(crate) first_sent_at: Option<OffsetDateTime>,
    /// The provider's own name for it, or empty.
    pub(crate) reference: String,
    /// How often it was said in a call.
    pub(crate) told: i16,
}

/// What a run needs to call the provider: gone from memory when the run ends.
pub(crate) struct Intent {
    pub(crate) attempt: u32,
    pub(crate) recipient: Sensitive<String>,
    pub(crate) letter: Letter,
    pub(crate) secret: Sensitive<String>,
}

/// How a message leaves a run.
pub(crate) struct Settled<'a> {
    pub(crate) id: MessageId,
    /// The attempt it is about: an outcome of an attempt that is not the last one changes nothing.
    pub(crate) attempt: u32,
    pub(crate) state: State,
    pub(crate) reason: Option<Reason>,
    /// The provider's own code for the reason.
    pub(crate) code: &'a str,
    /// The provider's own name for it.
    pub(crate) reference: &'a str,
    /// What it says is not needed any more.
    pub(crate) forget: bool,
    pub(crate) now: OffsetDateTime,
}

impl Tx {
    /// Reads and locks a message.
    pub(crate) async fn in_transit(&mut self, id: MessageId) -> Result<Option<InTransit>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query!(
            r#"SELECT id, clinic_id, patient_id, channel, account_id, state, reason, provider_code,
                      attempts, not_after, created_at, updated_at, quiet_at, accepted_at, sent_at,
                      ended_at, first_sent_at, provider_reference, told,
                      not_after <= clock_timestamp() AS "expired!",
                      coalesce(quiet_at <= clock_timestamp(), true) AS "quiet!",
                      coalesce(first_sent_at + make_interval(secs => $3) > clock_timestamp(), true)
                          AS "key_known!"
               FROM messages WHERE organization_id = $1 AND id = $2 FOR UPDATE"#,
            organization,
            id.uuid(),
            KEY_WINDOW.as_seconds_f64()
        )
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let message = Row {
            id: row.id,
            clinic_id: row.clinic_id,
            patient_id: row.patient_id,
            channel: row.channel,
            account_id: row.account_id,
            state: row.state,
            reason: row.reason,
            provider_code: row.provider_code,
            attempts: row.attempts,
            not_after: row.not_after,
            created_at: row.created_at,
            updated_at: row.updated_at,
            accepted_at: row.accepted_at,
            sent_at: row.sent_at,
            ended_at: row.ended_at,
        };
        Ok(Some(InTransit {
            message: Message::try_from(message)?,
            expired: row.expired,
            quiet: row.quiet,
            key_known: row.key_known,
            quiet_at: row.quiet_at,
            first_sent_at: row.first_sent_at,
            reference: row.provider_reference,
            told: row.told,
        }))
    }

    /// Writes the intent to call: `sending`, one more attempt, and until when the call may be under
    /// way. Answers what the call needs.
    pub(crate) async fn intend(
        &mut self,
        message: &Message,
        under_way: Duration,
        now: OffsetDateTime,
    ) -> Result<Intent, Error> {
        let organization = self.organization_uuid();
        let id = message.id.uuid();
        let row = sqlx::query!(
            r#"UPDATE messages
               SET state = $4, attempts = attempts + 1, reason = '', provider_code = '',
                   updated_at = $5,
                   first_sent_at = coalesce(first_sent_at, clock_timestamp()),
                   quiet_at = clock_timestamp() + make_interval(secs => $6)
               WHERE organization_id = $1 AND id = $2 AND attempts = $3
               RETURNING attempts, address, body, secret"#,
            organization,
            id,
            message.attempts as i32,
            stored_state(State::Sending),
            now,
            under_way.as_secs_f64()
        )
        .fetch_optional(self.conn())
        .await?
        .ok_or(StoreError::Conflict)?;
        let open = |column, sealed: Option<Vec<u8>>| {
            let sealed = sealed.ok_or(StoreError::Inconsistent {
                table: "messages",
                column,
                id,
            })?;
            let place = self.place("messages", column, &id);
            self.keyring.open(&place, &sealed).map_err(StoreError::from)
        };
        let text = |bytes: Sensitive<Vec<u8>>| {
            String::from_utf8(bytes.expose().clone())
                .map(Sensitive::new)
                .map_err(|_| StoreError::Tampered)
        };
        let letter = open("body", row.body)?;
        Ok(Intent {
            attempt: row.attempts as u32,
            recipient: text(open("address", Some(row.address))?)?,
            letter: serde_json::from_slice(letter.expose()).map_err(|_| StoreError::Tampered)?,
            secret: text(open("secret", row.secret)?)?,
        })
    }

    /// Writes how an attempt ended, and forgets what is not needed any more; `false` where the attempt
    /// is not the last one any more.
    pub(crate) async fn settle(&mut self, settled: &Settled<'_>) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let written = sqlx::query!(
            "UPDATE messages
             SET state = $4, reason = $5, updated_at = $6, provider_code = $9,
                 provider_reference = CASE WHEN $7 = '' THEN provider_reference ELSE $7 END,
                 accepted_at = CASE WHEN $4::smallint IN (3, 4, 8) THEN coalesce(accepted_at, $6)
                                    ELSE accepted_at END,
                 ended_at = CASE WHEN $4::smallint IN (4, 5, 7) THEN $6 ELSE ended_at END,
                 body = CASE WHEN $8 THEN NULL ELSE body END,
                 secret = CASE WHEN $8 THEN NULL ELSE secret END
             WHERE organization_id = $1 AND id = $2 AND attempts = $3 AND state IN (1, 2, 6, 9)",
            organization,
            settled.id.uuid(),
            settled.attempt as i32,
            stored_state(settled.state),
            settled.reason.map_or("", Reason::name),
            settled.now,
            settled.reference,
            settled.forget,
            settled.code
        )
        .execute(self.conn())
        .await?;
        Ok(written.rows_affected() == 1)
    }

    /// Forgets what a message said whose time has passed.
    pub(crate) async fn scrub(&mut self, id: MessageId) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "UPDATE messages SET body = NULL, secret = NULL WHERE organization_id = $1 AND id = $2",
            organization,
            id.uuid()
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
