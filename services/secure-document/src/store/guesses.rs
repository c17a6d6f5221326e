//! Guesses on one link from one address: an attacker's address is used up before the patient's link.

use super::Tx;
use crate::domain::code::{ADDRESS_PAUSE, ADDRESS_WINDOW, GUESSES_PER_ADDRESS};
use crate::error::Error;
use bitewing_core::LinkId;
use std::time::Duration;

impl Tx {
    /// Refuses an address that has to wait on this link.
    pub(crate) async fn check_pause(
        &mut self,
        link: LinkId,
        address: &[u8; 32],
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let wait = sqlx::query_scalar!(
            r#"SELECT extract(epoch FROM paused_until - clock_timestamp())::float8 AS "wait!"
               FROM guesses
               WHERE organization_id = $1 AND link_id = $2 AND address = $3
                 AND paused_until > clock_timestamp()"#,
            organization,
            link.uuid(),
            address
        )
        .fetch_optional(self.conn())
        .await?;
        wait.map_or(Ok(()), |wait| {
            Err(Error::CodeLimitReached(Some(Duration::from_secs_f64(
                wait.ceil().max(1.0),
            ))))
        })
    }

    /// Counts a guess, and begins the pause with the last one allowed. A guess that is refused here
    /// reaches no code.
    pub(crate) async fn count_guess(
        &mut self,
        link: LinkId,
        address: &[u8; 32],
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let counted = sqlx::query!(
            "INSERT INTO guesses AS g (organization_id, link_id, address, since, guesses)
             VALUES ($1, $2, $3, clock_timestamp(), 1)
             ON CONFLICT (organization_id, link_id, address) DO UPDATE SET
                 since = CASE WHEN g.since > clock_timestamp() - make_interval(secs => $5)
                              THEN g.since ELSE clock_timestamp() END,
                 guesses = CASE WHEN g.since > clock_timestamp() - make_interval(secs => $5)
                                THEN g.guesses + 1 ELSE 1 END,
                 paused_until = CASE WHEN g.since > clock_timestamp() - make_interval(secs => $5)
                                          AND g.guesses + 1 >= $4
                                     THEN clock_timestamp() + make_interval(secs => $6) END
             WHERE g.paused_until IS NULL OR g.paused_until <= clock_timestamp()",
            organization,
            link.uuid(),
            address,
            GUESSES_PER_ADDRESS,
            f64::from(ADDRESS_WINDOW),
            f64::from(ADDRESS_PAUSE)
        )
        .execute(self.conn())
        .await?;
        if counted.rows_affected() == 1 {
            return Ok(());
        }
        self.check_pause(link, address).await?;
        // The pause ended between the two statements.
        Err(Error::CodeLimitReached(Some(Duration::from_secs(1))))
    }

    /// Forgets the guesses of an address that knew the code.
    pub(crate) async fn forgive(&mut self, link: LinkId, address: &[u8; 32]) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM guesses WHERE organization_id = $1 AND link_id = $2 AND address = $3",
            organization,
            link.uuid(),
            address
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
