//! Sessions of staff.

use super::Tx;
use crate::domain::Session;
use crate::error::Error;
use bitewing_core::UserId;
use time::OffsetDateTime;
use uuid::Uuid;

struct Row {
    id: Uuid,
    user_id: Uuid,
    created_at: OffsetDateTime,
    expires_at: OffsetDateTime,
    ended_at: Option<OffsetDateTime>,
}

impl From<Row> for Session {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            user: UserId::from_uuid(row.user_id),
            created_at: row.created_at,
            expires_at: row.expires_at,
            ended_at: row.ended_at,
        }
    }
}

impl Tx {
    /// Writes a new session, and forgets those of the same user that expired.
    pub(crate) async fn insert_session(&mut self, session: &Session) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM sessions WHERE organization_id = $1 AND user_id = $2 AND expires_at < $3",
            organization,
            session.user.uuid(),
            session.created_at
        )
        .execute(self.conn())
        .await?;
        sqlx::query!(
            "INSERT INTO sessions (organization_id, id, user_id, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5)",
            organization,
            session.id,
            session.user.uuid(),
            session.created_at,
            session.expires_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// A session; others cannot change it until the transaction ends.
    pub(crate) async fn session(&mut self, id: Uuid) -> Result<Option<Session>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query_as!(
            Row,
            "SELECT id, user_id, created_at, expires_at, ended_at FROM sessions
             WHERE organization_id = $1 AND id = $2 FOR UPDATE",
            organization,
            id
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Into::into))
    }

    /// Ends a session; `false` if it had ended.
    pub(crate) async fn end_session(
        &mut self,
        id: Uuid,
        now: OffsetDateTime,
    ) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let ended = sqlx::query!(
            "UPDATE sessions SET ended_at = $3
             WHERE organization_id = $1 AND id = $2 AND ended_at IS NULL",
            organization,
            id,
            now
        )
        .execute(self.conn())
        .await?;
        Ok(ended.rows_affected() == 1)
    }

    /// Ends every session of a user.
    pub(crate) async fn end_sessions(
        &mut self,
        user: UserId,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "UPDATE sessions SET ended_at = $3
             WHERE organization_id = $1 AND user_id = $2 AND ended_at IS NULL",
            organization,
            user.uuid(),
            now
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
