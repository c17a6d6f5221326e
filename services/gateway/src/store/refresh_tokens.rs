//! Refresh tokens, by their hashes.

use super::Tx;
use crate::error::Error;
use time::OffsetDateTime;
use uuid::Uuid;

/// A refresh token somebody showed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Presented {
    pub(crate) session: Uuid,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) used: bool,
}

impl Tx {
    /// Keeps the hash of a new token.
    pub(crate) async fn insert_refresh_token(
        &mut self,
        hash: &[u8; 32],
        session: Uuid,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO refresh_tokens (organization_id, hash, session_id, created_at)
             VALUES ($1, $2, $3, $4)",
            organization,
            hash.as_slice(),
            session,
            now
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// A token; of two who show it at once the second one waits, and then finds it used.
    pub(crate) async fn refresh_token(
        &mut self,
        hash: &[u8; 32],
    ) -> Result<Option<Presented>, Error> {
        let organization = self.organization_uuid();
        Ok(sqlx::query_as!(
            Presented,
            r#"SELECT session_id AS session, created_at, used_at IS NOT NULL AS "used!"
               FROM refresh_tokens WHERE organization_id = $1 AND hash = $2 FOR UPDATE"#,
            organization,
            hash.as_slice()
        )
        .fetch_optional(self.conn())
        .await?)
    }

    /// Marks a token as used.
    pub(crate) async fn use_refresh_token(
        &mut self,
        hash: &[u8; 32],
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "UPDATE refresh_tokens SET used_at = $3 WHERE organization_id = $1 AND hash = $2",
            organization,
            hash.as_slice(),
            now
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
