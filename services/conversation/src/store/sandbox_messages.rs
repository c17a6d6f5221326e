//! What arrived on the sandbox.

use super::Tx;
use crate::error::Error;
use bitewing_core::{MessageId, PageSize, Sensitive};
use bitewing_store::StoreError;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// What a sandbox phone or mailbox shows.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SandboxNote {
    pub(crate) channel: String,
    pub(crate) sender: String,
    pub(crate) recipient: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// One that arrived.
pub(crate) struct SandboxMessage {
    pub(crate) id: Uuid,
    pub(crate) message: MessageId,
    pub(crate) note: SandboxNote,
    pub(crate) at: OffsetDateTime,
}

impl Tx {
    /// Writes what arrived, sealed; `false` if the message arrived before: the sandbox knows its
    /// messages by their ids.
    pub(crate) async fn insert_sandbox_message(
        &mut self,
        arrived: &SandboxMessage,
        recipient: &[u8; 32],
    ) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let plain: Sensitive<Vec<u8>> = serde_json::to_vec(&arrived.note)
            .expect("texts serialize")
            .into();
        let place = self.place("sandbox_messages", "content", &arrived.id);
        let content = self.keyring.seal(&place, plain.expose());
        let written = sqlx::query!(
            "INSERT INTO sandbox_messages (organization_id, id, message_id, recipient, content, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT ON CONSTRAINT sandbox_messages_once DO NOTHING",
            organization,
            arrived.id,
            arrived.message.uuid(),
            recipient,
            content,
            arrived.at
        )
        .execute(self.conn())
        .await?;
        Ok(written.rows_affected() == 1)
    }

    /// A page of what arrived, oldest first, and one more if there is a next page.
    pub(crate) async fn sandbox_messages(
        &mut self,
        recipient: Option<&[u8; 32]>,
        after: Option<Uuid>,
        size: PageSize,
    ) -> Result<Vec<SandboxMessage>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query!(
            "SELECT id, message_id, content, created_at FROM sandbox_messages
             WHERE organization_id = $1
               AND ($2::bytea IS NULL OR recipient = $2)
               AND ($3::uuid IS NULL OR id > $3)
             ORDER BY id LIMIT $4",
            organization,
            recipient.map(<[u8; 32]>::as_slice),
            after,
            size.probe()
        )
        .fetch_all(self.conn())
        .await?;
        rows.into_iter()
            .map(|row| {
                let place = self.place("sandbox_messages", "content", &row.id);
                let plain = self
                    .keyring
                    .open(&place, &row.content)
                    .map_err(StoreError::from)?;
                Ok(SandboxMessage {
                    id: row.id,
                    message: MessageId::from_uuid(row.message_id),
                    note: serde_json::from_slice(plain.expose())
                        .map_err(|_| StoreError::Tampered)?,
                    at: row.created_at,
                })
            })
            .collect()
    }
}
