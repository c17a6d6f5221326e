//! What a run needs of the machine: programs of other people, free ports, the memory of a process.

use anyhow::{Context as _, bail, ensure};
use nix::unistd::geteuid;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program to measure with or against, and Debian's package of it.
#[derive(Debug, Clone, Copy)]
pub struct Tool {
    program: &'static str,
    package: &'static str,
}

/// The server that sends plain files.
pub const NGINX: Tool = Tool::new("nginx", "nginx-light");
/// Load over HTTP/2.
pub const H2LOAD: Tool = Tool::new("h2load", "nghttp2-client");
/// Load over HTTP/1.1.
pub const WRK: Tool = Tool::new("wrk", "wrk");
/// A client of Postgres.
pub const PSQL: Tool = Tool::new("psql", "postgresql-client");
/// Load on Postgres.
pub const PGBENCH: Tool = Tool::new("pgbench", "postgresql-contrib");

impl Tool {
    const fn new(program: &'static str, package: &'static str) -> Self {
        Self { program, package }
    }

    /// Where it is; installs it where the machine has none and this is root.
    pub fn find(self) -> anyhow::Result<PathBuf> {
        if let Some(found) = self.look() {
            return Ok(found);
        }
        ensure!(
            geteuid().is_root(),
            "{} is missing: install the package {}",
            self.program,
            self.package
        );
        for arguments in [
            &["-qq", "update"][..],
            &[
                "-qq",
                "install",
                "-y",
                "--no-install-recommends",
                self.package,
            ],
        ] {
            run(Command::new("apt-get")
                .args(arguments)
                .env("DEBIAN_FRONTEND", "noninteractive"))?;
        }
        self.look()
            .with_context(|| format!("the package {} brought no {}", self.package, self.program))
    }

    fn look(self) -> Option<PathBuf> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut places: Vec<PathBuf> = std::env::split_paths(&path).collect();
        places.push("/usr/sbin".into());
        let mut versions: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path().join("bin"))
            .collect();
        versions.sort();
        places.extend(versions.into_iter().rev());
        places
            .into_iter()
            .map(|place| place.join(self.program))
            .find(|file| file.is_file())
    }
}

/// Runs a command; what it printed.
pub fn run(command: &mut Command) -> anyhow::Result<String> {
    let program = Path::new(command.get_program()).to_owned();
    let name = program
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let output = command
        .output()
        .with_context(|| format!("running {name}"))?;
    if !output.status.success() {
        bail!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// An address nobody listens on now.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?)
}

/// Resident memory of a process, in MiB: `VmRSS` now, `VmHWM` at most.
pub fn memory(pid: u32, field: &str) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kilobytes: f64 = status
        .lines()
        .find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))
        .and_then(|line| line.split_whitespace().next()?.parse().ok())
        .with_context(|| format!("the system does not tell {field}"))?;
    Ok(kilobytes / 1024.0)
}

/// Processor time a process has used, in seconds.
pub fn processor_time(pid: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in brackets may hold anything; user and system time are the 12th and 13th behind it.
    let (_, fields) = stat
        .rsplit_once(')')
        .context("the system tells of the process")?;
    let ticks: f64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<f64>().ok())
        .sum();
    Ok(ticks / 100.0)
}

/// Forgets the most memory a process ever had.
pub fn forget_peak(pid: u32) -> anyhow::Result<()> {
    std::fs::write(format!("/proc/{pid}/clear_refs"), "5")
        .context("forgetting the peak of a process needs its owner or root")
}
