//! The server that all test processes of a machine share.

use std::env;

use anyhow::Context;
use sqlx::postgres::PgConnectOptions;

use crate::{Cluster, ClusterOptions, default_state_dir};

/// Names the server for tests: a URL of a superuser, or the directory of a unix socket.
const VARIABLE: &str = "BITEWING_TEST_POSTGRES";

/// Returns how the superuser of the test server connects, starting that server if need be.
///
/// `BITEWING_TEST_POSTGRES` names a server. Without it the first process to ask starts one in the
/// state directory `test` and leaves it running for the next. Nothing in it survives a power cut.
pub async fn throwaway_server() -> anyhow::Result<PgConnectOptions> {
    match env::var(VARIABLE) {
        Ok(place) if place.starts_with('/') => Ok(PgConnectOptions::new_without_pgpass()
            .socket(&place)
            .port(5432)
            .username(crate::sql::SUPERUSER)
            .database("postgres")),
        Ok(place) => place
            .parse()
            .with_context(|| format!("{VARIABLE} is not a URL")),
        Err(_) => {
            let data_dir = default_state_dir("test")?;
            let cluster = Cluster::start(&ClusterOptions {
                data_dir,
                durable: false,
            })
            .await?;
            let admin = cluster.admin();
            cluster.detach();
            Ok(admin)
        }
    }
}
