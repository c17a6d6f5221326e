//! First answers, by request id (AIP-155).

use crate::keyring::Aad;
use crate::{StoreError, Tx};
use aws_lc_rs::digest::{Context, SHA256};
use bitewing_auth::Actor;

/// What a request id belongs to: one actor calling one method with one request.
#[derive(Debug, Clone)]
pub struct RequestKey {
    actor: String,
    method: &'static str,
    request_id: String,
    fingerprint: [u8; 32],
}

impl RequestKey {
    /// Names a request; `request` is its encoding, of which only a hash is kept.
    pub fn new(actor: &Actor, method: &'static str, request_id: &str, request: &[u8]) -> Self {
        Self {
            actor: format!("{}:{}", actor.kind.as_str(), actor.id),
            method,
            request_id: request_id.to_owned(),
            fingerprint: digest(&[request]),
        }
    }

    /// The row's key inside its organization.
    fn row(&self) -> [u8; 32] {
        digest(&[
            self.actor.as_bytes(),
            self.method.as_bytes(),
            self.request_id.as_bytes(),
        ])
    }
}

/// Whether this request was answered before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recall {
    /// It was not: do it, and [`Tx::remember`] the answer.
    First,
    /// It was, with this answer.
    Answer(Vec<u8>),
}

impl Tx {
    /// Claims the request id, or answers what was answered first.
    ///
    /// A twin that arrives meanwhile waits here until this transaction ends.
    pub async fn recall(&mut self, key: &RequestKey) -> Result<Recall, StoreError> {
        let organization = self.organization();
        let claimed = sqlx::query!(
            "INSERT INTO store.idempotency (organization_id, actor, method, request_id, fingerprint)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            organization.uuid(),
            key.actor,
            key.method,
            key.request_id,
            &key.fingerprint,
        )
        .execute(self.conn())
        .await?;
        if claimed.rows_affected() == 1 {
            self.promises.unanswered = true;
            return Ok(Recall::First);
        }
        let first = sqlx::query!(
            "SELECT fingerprint, response FROM store.idempotency
             WHERE organization_id = $1 AND actor = $2 AND method = $3 AND request_id = $4",
            organization.uuid(),
            key.actor,
            key.method,
            key.request_id,
        )
        .fetch_optional(self.conn())
        .await?
        // Pruned between the two statements: the caller may try again.
        .ok_or(StoreError::Conflict)?;
        if first.fingerprint != key.fingerprint {
            return Err(StoreError::RequestIdReused);
        }
        let sealed = first.response.ok_or(StoreError::AnswerMissing)?;
        let row = key.row();
        let answer = self
            .db()
            .keyring()
            .open(&place(organization, &row), &sealed)?;
        Ok(Recall::Answer(answer.expose().clone()))
    }

    /// Keeps the answer of a request id this transaction claimed, sealed.
    pub async fn remember(&mut self, key: &RequestKey, response: &[u8]) -> Result<(), StoreError> {
        let organization = self.organization();
        let row = key.row();
        let sealed = self
            .db()
            .keyring()
            .seal(&place(organization, &row), response);
        let kept = sqlx::query!(
            "UPDATE store.idempotency SET response = $5
             WHERE organization_id = $1 AND actor = $2 AND method = $3 AND request_id = $4
               AND response IS NULL",
            organization.uuid(),
            key.actor,
            key.method,
            key.request_id,
            sealed,
        )
        .execute(self.conn())
        .await?;
        if kept.rows_affected() == 0 {
            return Err(StoreError::AnswerMissing);
        }
        self.promises.unanswered = false;
        Ok(())
    }
}

const fn place(organization: bitewing_core::OrganizationId, row: &[u8]) -> Aad<'_> {
    Aad {
        organization,
        table: "store.idempotency",
        row,
        column: "response",
    }
}

/// Every part behind its length, so that no two keys share a hash.
fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    context
        .finish()
        .as_ref()
        .try_into()
        .expect("SHA-256 has 32 bytes")
}
