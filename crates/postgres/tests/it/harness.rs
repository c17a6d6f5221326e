//! A directory for a cluster, and questions to a server.

use std::fs;
use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use bitewing_postgres::{Cluster, ClusterOptions};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};

/// A directory any user can reach, removed at the end.
pub(crate) struct Place(pub(crate) PathBuf);

impl Place {
    pub(crate) fn new() -> Place {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Place(PathBuf::from(format!(
            "/tmp/bitewing-it-{}-{number}",
            process::id()
        )))
    }

    pub(crate) fn options(&self) -> ClusterOptions {
        ClusterOptions {
            data_dir: self.0.clone(),
            durable: false,
        }
    }

    pub(crate) async fn start(&self) -> Cluster {
        Cluster::start(&self.options()).await.unwrap()
    }

    pub(crate) fn postmaster_pid(&self) -> i32 {
        let text = fs::read_to_string(self.0.join("pg/postmaster.pid")).unwrap();
        text.lines().next().unwrap().parse().unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs one query and returns its first column as text, row by row.
pub(crate) async fn ask(
    options: &PgConnectOptions,
    query: &str,
) -> Result<Vec<String>, sqlx::Error> {
    let mut connection = options.connect().await?;
    let rows = sqlx::raw_sql(AssertSqlSafe(query.to_owned()))
        .fetch_all(&mut connection)
        .await?;
    connection.close().await?;
    rows.iter().map(|row| row.try_get::<String, _>(0)).collect()
}
