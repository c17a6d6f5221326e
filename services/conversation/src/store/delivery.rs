//! What becomes of messages after their provider took them.

use super::Tx;
use super::messages::{stored_channel, stored_state};
use crate::domain::{Channel, Letter, Message, State};
use crate::error::Error;
use bitewing_core::{ChannelAccountId, MessageId, Sensitive};
use bitewing_store::StoreError;
use time::{Duration, OffsetDateTime};

/// Calls of an account that are known by their names when one is looked for.
const OTHERS: i64 = 1000;
/// How long before a call others may have been made that still ring.
const BEFORE: Duration = Duration::hours(1);

/// A step further.
pub(crate) struct Progress<'a> {
    pub(crate) id: MessageId,
    pub(crate) state: State,
    pub(crate) reason: &'a str,
    /// The provider's own code for the reason.
    pub(crate) code: &'a str,
    /// The provider's own name for the message.
    pub(crate) reference: &'a str,
    /// What it says is not needed any more.
    pub(crate) forget: bool,
    pub(crate) now: OffsetDateTime,
}

impl Tx {
    /// Brings a message a step further; the caller holds its row and knows that it is one.
    pub(crate) async fn progress(&mut self, step: &Progress<'_>) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "UPDATE messages
             SET state = $3, reason = $4, provider_code = $5, updated_at = $7,
                 provider_reference = CASE WHEN provider_reference = '' THEN $6
                                           ELSE provider_reference END,
                 accepted_at = coalesce(accepted_at, $7),
                 sent_at = CASE WHEN $3::smallint = 8 THEN $7 ELSE sent_at END,
                 ended_at = CASE WHEN $3::smallint IN (4, 5) THEN $7 ELSE ended_at END,
                 body = CASE WHEN $8 THEN NULL ELSE body END,
                 secret = CASE WHEN $8 THEN NULL ELSE secret END
             WHERE organization_id = $1 AND id = $2",
            organization,
            step.id.uuid(),
            stored_state(step.state),
            step.reason,
            step.code,
            step.reference,
            step.now,
            step.forget
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// What a message says, unless it is forgotten: the letter and what goes in place of its marker.
    pub(crate) async fn said(
        &mut self,
        id: MessageId,
    ) -> Result<Option<(Letter, Sensitive<String>)>, Error> {
        let organization = self.organization_uuid();
        let id = id.uuid();
        let row = sqlx::query!(
            "SELECT body, secret FROM messages WHERE organization_id = $1 AND id = $2",
            organization,
            id
        )
        .fetch_optional(self.conn())
        .await?;
        let Some((body, secret)) = row.and_then(|row| Some((row.body?, row.secret?))) else {
            return Ok(None);
        };
        let open = |column, sealed: &[u8]| {
            let place = self.place("messages", column, &id);
            self.keyring.open(&place, sealed).map_err(StoreError::from)
        };
        let letter = open("body", &body)?;
        let letter = serde_json::from_slice(letter.expose()).map_err(|_| StoreError::Tampered)?;
        Ok(Some((letter, text(&open("secret", &secret)?)?)))
    }

    /// Where a message goes.
    pub(crate) async fn recipient(&mut self, id: MessageId) -> Result<Sensitive<String>, Error> {
        let organization = self.organization_uuid();
        let id = id.uuid();
        let sealed = sqlx::query_scalar!(
            "SELECT address FROM messages WHERE organization_id = $1 AND id = $2",
            organization,
            id
        )
        .fetch_one(self.conn())
        .await?;
        let place = self.place("messages", "address", &id);
        let opened = self
            .keyring
            .open(&place, &sealed)
            .map_err(StoreError::from)?;
        text(&opened)
    }

    /// What events call the address of a message: who has the address as well finds the same name.
    pub(crate) async fn address_name(&mut self, message: &Message) -> Result<String, Error> {
        let kind = match message.channel {
            Channel::Email => "email",
            Channel::Sms | Channel::Voice => "phone",
        };
        let address = self.recipient(message.id).await?;
        let organization = self.inner.organization();
        Ok(self
            .pepper
            .address_name(organization, kind, address.expose()))
    }

    /// What the provider calls the other calls that an account made at about the same time.
    pub(crate) async fn references_since(
        &mut self,
        account: ChannelAccountId,
        but: MessageId,
        since: OffsetDateTime,
    ) -> Result<Vec<String>, Error> {
        let organization = self.organization_uuid();
        Ok(sqlx::query_scalar!(
            "SELECT provider_reference FROM messages
             WHERE organization_id = $1 AND account_id = $2 AND channel = $3 AND id <> $4
               AND provider_reference <> '' AND updated_at >= $5
             ORDER BY id DESC LIMIT $6",
            organization,
            account.uuid(),
            stored_channel(Channel::Voice),
            but.uuid(),
            since - BEFORE,
            OTHERS
        )
        .fetch_all(self.conn())
        .await?)
    }

    /// Counts that a message was said in a call.
    pub(crate) async fn count_told(&mut self, id: MessageId) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "UPDATE messages SET told = told + 1 WHERE organization_id = $1 AND id = $2",
            organization,
            id.uuid()
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

fn text(opened: &Sensitive<Vec<u8>>) -> Result<Sensitive<String>, Error> {
    let text = String::from_utf8(opened.expose().clone()).map_err(|_| StoreError::Tampered)?;
    Ok(text.into())
}
