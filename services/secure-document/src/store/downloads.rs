//! Downloads that run now, over all instances.

use super::Tx;
use crate::error::Error;
use bitewing_core::LinkId;
use std::time::Duration;
use uuid::Uuid;

impl Tx {
    /// Takes a place among the downloads of a link, if one is free: two that come at once are decided one
    /// behind the other. Places nobody renewed within `lease` are free.
    pub(crate) async fn enter_download(
        &mut self,
        link: LinkId,
        id: Uuid,
        most: i64,
        lease: Duration,
    ) -> Result<bool, Error> {
        self.lock_sends(link).await?;
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM downloads
             WHERE organization_id = $1 AND link_id = $2
               AND seen_at <= clock_timestamp() - make_interval(secs => $3)",
            organization,
            link.uuid(),
            lease.as_secs_f64()
        )
        .execute(self.conn())
        .await?;
        let entered = sqlx::query!(
            "INSERT INTO downloads (organization_id, id, link_id, seen_at)
             SELECT $1, $2, $3, clock_timestamp()
             WHERE (SELECT count(*) FROM downloads WHERE organization_id = $1 AND link_id = $3) < $4",
            organization,
            id,
            link.uuid(),
            most
        )
        .execute(self.conn())
        .await?;
        Ok(entered.rows_affected() == 1)
    }

    /// Renews a place; `false` if it was given to somebody else.
    pub(crate) async fn keep_download(&mut self, id: Uuid) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let kept = sqlx::query!(
            "UPDATE downloads SET seen_at = clock_timestamp()
             WHERE organization_id = $1 AND id = $2",
            organization,
            id
        )
        .execute(self.conn())
        .await?;
        Ok(kept.rows_affected() == 1)
    }

    /// Gives a place back.
    pub(crate) async fn leave_download(&mut self, id: Uuid) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM downloads WHERE organization_id = $1 AND id = $2",
            organization,
            id
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
