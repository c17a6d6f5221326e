//! Access tokens that must not be believed any more.

use super::Tx;
use crate::access_token::LIFE;
use crate::error::Error;
use bitewing_store::{Db, StoreError};
use std::collections::HashSet;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

impl Tx {
    /// Revokes a token, or every token of a session, a user or an API client that was made until now.
    pub(crate) async fn revoke(&mut self, id: Uuid, now: OffsetDateTime) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO revocations (organization_id, id, expires_at) VALUES ($1, $2, $3)
             ON CONFLICT (organization_id, id) DO UPDATE SET expires_at = EXCLUDED.expires_at",
            organization,
            id,
            // A few seconds more than any token lives, for clocks that differ.
            now + Duration::seconds(LIFE + 60)
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Whether any of these is revoked.
    pub(crate) async fn is_revoked(&mut self, ids: &[Uuid]) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        Ok(sqlx::query_scalar!(
            r#"SELECT EXISTS (
                   SELECT FROM revocations WHERE organization_id = $1 AND id = ANY($2)
               ) AS "revoked!""#,
            organization,
            ids
        )
        .fetch_one(self.conn())
        .await?)
    }
}

/// Every revocation of every organization that still matters: for the edge, which checks tokens
/// before it knows whose they are.
pub(crate) async fn live(db: &Db) -> Result<HashSet<Uuid>, StoreError> {
    let now = db.clock().now();
    let mut tx = db.begin_worker().await?;
    let ids = sqlx::query_scalar!("SELECT id FROM revocations WHERE expires_at > $1", now)
        .fetch_all(tx.conn())
        .await?;
    tx.commit().await?;
    Ok(ids.into_iter().collect())
}

/// Forgets revocations of tokens that expired by themselves.
pub(crate) async fn prune(db: &Db) -> Result<u64, StoreError> {
    let now = db.clock().now();
    let mut tx = db.begin_worker().await?;
    let pruned = sqlx::query!("DELETE FROM revocations WHERE expires_at <= $1", now)
        .execute(tx.conn())
        .await?;
    tx.commit().await?;
    Ok(pruned.rows_affected())
}
