use super::*;
use bitewing_testkit::database::TestDatabase;

#[tokio::test]
async fn a_transaction_sqlx_forgot_is_undone_before_its_connection_is_lent_again() {
    let database = TestDatabase::create("store", &[&crate::MIGRATOR]).await;
    let pool = pool(database.app(), 1);
    let mut backends = Vec::new();
    for _ in 0..2 {
        let mut borrowed = pool.acquire().await.unwrap();
        let state = sqlx::query!(
            r#"SELECT pg_backend_pid() AS "pid!",
                      coalesce(current_setting('app.organization', true), '') = '' AS "clean!""#
        );
        let state = state.fetch_one(&mut *borrowed).await.unwrap();
        assert!(state.clean);
        backends.push(state.pid);
        // As a cancelled begin leaves it: open on the server, unknown to the client.
        let leak = "BEGIN; SET LOCAL app.organization = 'leaked'";
        borrowed.execute(sqlx::raw_sql(leak)).await.unwrap();
    }
    assert_eq!(
        backends[0], backends[1],
        "the connection was lent again, not replaced"
    );
}
