//! Limits over all organizations, behind a function that sees nobody's rows.

use super::{Store, Tx};
use crate::domain::code::Limit;
use crate::error::Error;
use std::time::Duration;

impl Tx {
    /// Spends one of a subject's budget, or answers how long there is none.
    pub(crate) async fn spend(
        &mut self,
        subject: &[u8; 32],
        limits: &[Limit],
    ) -> Result<Option<Duration>, Error> {
        let (most, seconds): (Vec<i32>, Vec<i32>) = limits
            .iter()
            .map(|limit| (limit.most, limit.seconds))
            .unzip();
        let wait = sqlx::query_scalar!(
            r#"SELECT spend($1, $2, $3) AS "wait!""#,
            subject,
            &most,
            &seconds
        )
        .fetch_one(self.conn())
        .await?;
        Ok((wait > 0.0).then(|| Duration::from_secs_f64(wait.ceil())))
    }
}

impl Store {
    /// Forgets what no limit looks back to any more.
    pub(crate) async fn forget_spent(&self) -> Result<u64, Error> {
        let mut tx = self.db.begin_worker().await?;
        let gone = sqlx::query_scalar!(r#"SELECT forget_spent() AS "gone!""#)
            .fetch_one(tx.conn())
            .await?;
        tx.commit().await?;
        Ok(gone as u64)
    }
}
