//! The codes of links: one row per link, locked before the link's own row.

use super::Tx;
use crate::domain::CodeChannel;
use crate::domain::code::{GUESSES_PER_CODE, WRONG_CODES_PER_LINK};
use crate::error::Error;
use bitewing_core::LinkId;
use bitewing_store::StoreError;
use time::OffsetDateTime;
use uuid::Uuid;

/// When the codes of a link were sent, oldest first, and now.
pub(crate) struct Sends {
    pub(crate) sent_at: Vec<OffsetDateTime>,
    pub(crate) now: OffsetDateTime,
}

/// A code about to go out.
pub(crate) struct NewChallenge {
    pub(crate) id: Uuid,
    pub(crate) mac: [u8; 32],
    pub(crate) channel: CodeChannel,
    /// The SHA-256 of what the asking browser holds.
    pub(crate) holder_hash: [u8; 32],
    pub(crate) now: OffsetDateTime,
}

/// A guess that was let through to the comparison, and counted before it.
pub(crate) struct Guess {
    pub(crate) challenge: Uuid,
    pub(crate) mac: Vec<u8>,
    pub(crate) channel: CodeChannel,
    /// Guesses on this code, this one included.
    pub(crate) attempts: i32,
    /// Wrong codes on this link, this one included until it turns out right.
    pub(crate) wrong_codes: i32,
}

impl Tx {
    /// Makes the row of a new link.
    pub(crate) async fn insert_challenges(&mut self, link: LinkId) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO challenges (organization_id, link_id) VALUES ($1, $2)",
            organization,
            link.uuid()
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// When the codes of a link were sent, and now, with the row locked until the end.
    pub(crate) async fn lock_sends(&mut self, link: LinkId) -> Result<Option<Sends>, Error> {
        let organization = self.organization_uuid();
        Ok(sqlx::query_as!(
            Sends,
            r#"SELECT sent_at, clock_timestamp() AS "now!" FROM challenges
               WHERE organization_id = $1 AND link_id = $2 FOR UPDATE"#,
            organization,
            link.uuid()
        )
        .fetch_optional(self.conn())
        .await?)
    }

    /// Puts a code in the place of the one before. It starts with all its guesses; the wrong codes of
    /// the link stay counted.
    pub(crate) async fn challenge(
        &mut self,
        link: LinkId,
        new: &NewChallenge,
    ) -> Result<OffsetDateTime, Error> {
        let organization = self.organization_uuid();
        let expires_at = new.now + new.channel.code_life();
        sqlx::query!(
            "UPDATE challenges SET id = $3, mac = $4, channel = $5, holder_hash = $6, expires_at = $7,
                 attempts = 0, sent_at = sent_at || $8::timestamptz
             WHERE organization_id = $1 AND link_id = $2",
            organization,
            link.uuid(),
            new.id,
            &new.mac,
            new.channel.stored(),
            &new.holder_hash,
            expires_at,
            new.now
        )
        .execute(self.conn())
        .await?;
        Ok(expires_at)
    }

    /// The one statement that decides about a guess: live, in time, asked for by this holder, within
    /// both counts, or there is no comparison. What is let through is counted here, before it is
    /// compared, and the row stays locked until the transaction ends.
    pub(crate) async fn guess(
        &mut self,
        link: LinkId,
        holder_hash: &[u8; 32],
    ) -> Result<Option<Guess>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query!(
            r#"UPDATE challenges SET attempts = attempts + 1, wrong_codes = wrong_codes + 1
               WHERE organization_id = $1 AND link_id = $2 AND holder_hash = $3 AND mac IS NOT NULL
                 AND expires_at > clock_timestamp() AND attempts < $4 AND wrong_codes < $5
               RETURNING id AS "id!", mac AS "mac!", channel AS "channel!", attempts, wrong_codes"#,
            organization,
            link.uuid(),
            holder_hash,
            GUESSES_PER_CODE,
            WRONG_CODES_PER_LINK
        )
        .fetch_optional(self.conn())
        .await?;
        row.map(|row| {
            let broken = StoreError::Inconsistent {
                table: "challenges",
                column: "channel",
                id: row.id,
            };
            Ok(Guess {
                challenge: row.id,
                mac: row.mac,
                channel: CodeChannel::read(row.channel).ok_or(broken)?,
                attempts: row.attempts,
                wrong_codes: row.wrong_codes,
            })
        })
        .transpose()
    }

    /// Whether the last code this holder asked for passed its time or its guesses, and no other took
    /// its place: then another is the way on.
    pub(crate) async fn is_spent(
        &mut self,
        link: LinkId,
        holder_hash: &[u8; 32],
    ) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let found = sqlx::query_scalar!(
            r#"SELECT 1 AS "one!" FROM challenges
               WHERE organization_id = $1 AND link_id = $2 AND holder_hash = $3
                 AND (expires_at <= clock_timestamp() OR attempts >= $4)"#,
            organization,
            link.uuid(),
            holder_hash,
            GUESSES_PER_CODE
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(found.is_some())
    }

    /// Whether a code is still the one a patient may type.
    pub(crate) async fn is_live(&mut self, link: LinkId, challenge: Uuid) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let found = sqlx::query_scalar!(
            r#"SELECT 1 AS "one!" FROM challenges
               WHERE organization_id = $1 AND link_id = $2 AND id = $3 AND mac IS NOT NULL
                 AND expires_at > clock_timestamp()"#,
            organization,
            link.uuid(),
            challenge
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(found.is_some())
    }

    /// Uses the code up, forgets who asked for it, and starts the count of wrong codes anew.
    pub(crate) async fn consume_code(&mut self, link: LinkId) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "UPDATE challenges SET mac = NULL, holder_hash = NULL, wrong_codes = 0
             WHERE organization_id = $1 AND link_id = $2",
            organization,
            link.uuid()
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Ends whatever code a link has.
    pub(crate) async fn end_code(&mut self, link: LinkId) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "UPDATE challenges SET mac = NULL WHERE organization_id = $1 AND link_id = $2",
            organization,
            link.uuid()
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Ends one code whose time has passed; `false` if it is not the live one, or still has time.
    pub(crate) async fn expire_code(
        &mut self,
        link: LinkId,
        challenge: Uuid,
    ) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let ended = sqlx::query!(
            "UPDATE challenges SET mac = NULL
             WHERE organization_id = $1 AND link_id = $2 AND id = $3 AND mac IS NOT NULL
               AND expires_at <= clock_timestamp()",
            organization,
            link.uuid(),
            challenge
        )
        .execute(self.conn())
        .await?;
        Ok(ended.rows_affected() == 1)
    }
}
