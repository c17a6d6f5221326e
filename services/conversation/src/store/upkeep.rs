//! What has to be made ahead and thrown away now and then.

use bitewing_store::{Db, StoreError};

/// Months of partitions made ahead.
const MONTHS: i32 = 3;
/// Days the callers' names for messages are kept: longer than any message waits.
const NAMES: i32 = 32;

/// One round.
pub(crate) async fn upkeep(db: &Db) -> Result<(), StoreError> {
    let mut tx = db.begin_worker().await?;
    sqlx::query_scalar!(r#"SELECT ensure_message_partitions($1) AS "made!""#, MONTHS)
        .fetch_one(tx.conn())
        .await?;
    sqlx::query!(
        "DELETE FROM message_requests
         WHERE created_at < (SELECT clock_timestamp()) - make_interval(days => $1)",
        NAMES
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await
}
