//! A database restored into another server goes on where it was.

use crate::harness::{Harness, event, open, organization, scope};
use bitewing_postgres::{Cluster, ClusterOptions, default_state_dir, provision};
use bitewing_store::feed::Sequencer;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Connects one of Postgres's own programs.
fn program(name: &str, to: &PgConnectOptions) -> Command {
    let mut command = Command::new(name);
    let socket = to.get_socket().expect("test servers listen on a socket");
    command
        .arg("--host")
        .arg(socket)
        .args([
            "--username",
            to.get_username(),
            "--dbname",
            to.get_database().unwrap(),
        ])
        .args(["--port", &to.get_port().to_string()]);
    command
}

/// Ids differ between servers: nothing in the dump may depend on them.
const NEXT_TRANSACTION: &str = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint";

#[tokio::test]
async fn a_restored_dump_continues() {
    let h = Harness::new().await;
    h.emit(organization(1), &["sequenced"]).await;
    Sequencer::new(h.db.clone()).run_once().await.unwrap();
    let directory = default_state_dir(&format!("restore-{}", std::process::id())).unwrap();
    let options = ClusterOptions {
        data_dir: directory.clone(),
        durable: false,
    };
    let young = Cluster::start(&options).await.unwrap();
    let restored = provision(&young.admin(), "store").await.unwrap();
    let mut admin = restored.admin.connect().await.unwrap();

    h.emit(organization(1), &["waiting 1", "waiting 2"]).await;
    let dumped = h.count(NEXT_TRANSACTION).await;
    let reached: i64 = sqlx::query_scalar(NEXT_TRANSACTION)
        .fetch_one(&mut admin)
        .await
        .unwrap();
    assert!(reached < dumped, "the young server is not younger");

    let mut dump = program("pg_dump", &h.database.admin())
        .args(["--format", "custom", "--schema", "store"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let into = program("pg_restore", &restored.admin)
        .stdin(dump.stdout.take().unwrap())
        .status();
    assert!(into.unwrap().success());
    assert!(dump.wait().unwrap().success());

    let db = open(restored.app, restored.worker, &h.clock, 4);
    db.self_check().await.unwrap();
    db.migrated(&[&bitewing_store::MIGRATOR]).await.unwrap();
    let sequencer = Sequencer::new(db.clone());
    assert_eq!(sequencer.run_once().await.unwrap(), 2);
    let mut tx = db.begin(&scope(organization(1))).await.unwrap();
    tx.emit(event("new")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(sequencer.run_once().await.unwrap(), 1);

    let events = db.pull(0, 10, Duration::ZERO).await.unwrap();
    let seen: Vec<_> = events
        .iter()
        .map(|e| (e.position, e.resource.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            (1, "sequenced"),
            (2, "waiting 1"),
            (3, "waiting 2"),
            (4, "new")
        ]
    );

    db.close().await;
    drop(admin);
    young.stop().await.unwrap();
    std::fs::remove_dir_all(directory).unwrap();
}
