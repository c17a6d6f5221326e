//! The database behind the service's back.

use crate::harness::Harness;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};

impl Harness {
    /// Runs statements as the superuser.
    pub(crate) async fn sql(&self, statements: &str) {
        let mut connection = PgConnection::connect_with(&self.test.database.admin())
            .await
            .unwrap();
        connection
            .execute(sqlx::raw_sql(AssertSqlSafe(statements)))
            .await
            .unwrap();
    }

    /// A value as the superuser sees it.
    pub(crate) async fn count(&self, query: &str) -> i64 {
        let mut connection = PgConnection::connect_with(&self.test.database.admin())
            .await
            .unwrap();
        let row = connection
            .fetch_one(sqlx::raw_sql(AssertSqlSafe(query)))
            .await
            .unwrap();
        row.get::<i64, _>(0)
    }

    /// Lets time pass in the database, whose clock alone counts: everything stored gets older.
    pub(crate) async fn pass(&self, minutes: u32) {
        let ago = format!("interval '{minutes} minutes'");
        self.sql(&format!(
            "UPDATE challenges SET expires_at = expires_at - {ago},
                 sent_at = ARRAY(SELECT t - {ago} FROM unnest(sent_at) WITH ORDINALITY AS s (t, o) ORDER BY o);
             UPDATE guesses SET since = since - {ago}, paused_until = paused_until - {ago};
             UPDATE budgets SET kept_until = kept_until - {ago},
                 spent = ARRAY(SELECT t - {ago} FROM unnest(spent) AS s (t) ORDER BY t);
             UPDATE sessions SET seen_at = seen_at - {ago}, expires_at = expires_at - {ago};
             UPDATE links SET expires_at = expires_at - {ago};
             UPDATE uploads SET active_at = active_at - {ago};
             UPDATE store.job SET run_at = run_at - {ago} WHERE state = 0;"
        ))
        .await;
    }

    /// The events told about a resource, in order.
    pub(crate) async fn events(&self, resource: &str) -> Vec<String> {
        let mut connection = PgConnection::connect_with(&self.test.database.admin())
            .await
            .unwrap();
        let query = format!(
            "SELECT event_type FROM store.outbox WHERE resource = '{resource}' ORDER BY id"
        );
        let rows = connection
            .fetch_all(sqlx::raw_sql(AssertSqlSafe(query)))
            .await
            .unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}
