//! The database of a service, asked by a superuser: what a limit is measured with.

use crate::machine::{PGBENCH, PSQL, run};
use anyhow::Context as _;
use bitewing_auth::Service;
use bitewing_postgres::{Cluster, provision};
use std::path::Path;
use std::process::Command;

/// Where it is.
pub struct Database {
    connection: Vec<String>,
    name: String,
}

/// What `pgbench` does.
pub struct Load<'a> {
    /// The script of a transaction.
    pub script: &'a Path,
    /// What its variables are.
    pub variables: &'a [(&'a str, String)],
    /// `simple` or `prepared`.
    pub mode: &'a str,
    /// How many do it at once.
    pub connections: usize,
    /// How long.
    pub seconds: u32,
}

impl Database {
    /// The database of a service of a suite.
    pub async fn of(postgres: &Cluster, service: Service) -> anyhow::Result<Self> {
        let admin = postgres.admin();
        let database = provision(&admin, service.name()).await?;
        let socket = admin
            .get_socket()
            .context("the server listens on a socket")?;
        let name = database
            .owner
            .get_database()
            .context("the database has a name")?;
        Ok(Self {
            connection: vec![
                "-h".to_owned(),
                socket.display().to_string(),
                "-U".to_owned(),
                admin.get_username().to_owned(),
            ],
            name: name.to_owned(),
        })
    }

    /// A `psql` that stops at the first error and prints bare rows.
    pub fn psql(&self) -> anyhow::Result<Command> {
        let mut command = Command::new(PSQL.find()?);
        command.args(&self.connection).args([
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            &self.name,
        ]);
        Ok(command)
    }

    /// What a statement answers: a line per row, `|` between columns.
    pub fn ask(&self, query: &str) -> anyhow::Result<String> {
        run(self.psql()?.args(["-c", query]))
    }

    /// Scripts a second that `pgbench` gets done.
    pub fn rate(&self, load: &Load<'_>) -> anyhow::Result<f64> {
        let mut command = Command::new(PGBENCH.find()?);
        command.args(&self.connection).args([
            "-n",
            "-M",
            load.mode,
            "-c",
            &load.connections.to_string(),
            "-j",
            "2",
            "-T",
            &load.seconds.to_string(),
        ]);
        for (name, value) in load.variables {
            command.args(["-D", &format!("{name}={value}")]);
        }
        let printed = run(command.arg("-f").arg(load.script).arg(&self.name))?;
        printed
            .lines()
            .find_map(|line| {
                let rate = line.strip_prefix("tps = ")?;
                rate.split_whitespace().next()?.parse().ok()
            })
            .context("pgbench prints its rate")
    }
}
