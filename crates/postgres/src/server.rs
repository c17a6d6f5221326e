//! Making a data directory and running the server on it.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::account::Account;
use crate::binaries::Binaries;
use crate::layout::Layout;
use crate::postmaster;
use crate::sql::SUPERUSER;

/// Enough for five services with several pools each, and for many test processes at once.
const MAX_CONNECTIONS: u32 = 300;
/// How long processes of a killed server may take to notice.
const LEFTOVERS: Duration = Duration::from_secs(10);

/// Starts a server on the directory, which is made first if need be.
pub(crate) fn spawn(layout: &Layout, durable: bool) -> anyhow::Result<Child> {
    let binaries = Binaries::find_or_get(layout)?;
    let account = Account::for_data(&layout.data())?;
    account.can_reach(layout.root())?;
    if !layout.data().exists() {
        initialize(layout, &binaries, account, durable)?;
    }
    account.private_dir(&layout.socket_dir())?;

    let log = File::options()
        .create(true)
        .append(true)
        .open(layout.log())?;
    if !durable {
        // Nobody reads yesterday's test failures; they would fill the disk.
        log.set_len(0)?;
    }
    tracing::debug!(version = binaries.major(), "starting Postgres");
    account
        .command(&binaries.postgres())
        .arg("-D")
        .arg(layout.data())
        .arg("-k")
        .arg(layout.socket_dir())
        .args(
            settings(durable)
                .iter()
                .flat_map(|setting| ["-c", setting.as_str()]),
        )
        // Its own group: Ctrl-C in a terminal is for us, and we stop the server last.
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .with_context(|| format!("cannot run {}", binaries.postgres().display()))
}

/// Removes the pid files of a server that is gone, which Postgres does not dare when another
/// program got its pid (usual in containers).
///
/// The first of them guards the data against processes that outlived a killed server, so it goes only
/// once none is left. Where that cannot be seen Postgres decides.
pub(crate) fn clear_stale(layout: &Layout) -> anyhow::Result<()> {
    let data = layout.data();
    let deadline = Instant::now() + LEFTOVERS;
    while let Some(inhabited) = postmaster::inhabited(&data) {
        if !inhabited {
            fs::remove_file(data.join("postmaster.pid"))?;
            let socket_lock = layout.socket_dir().join(".s.PGSQL.5432.lock");
            if socket_lock.exists() {
                fs::remove_file(socket_lock)?;
            }
            break;
        }
        if Instant::now() > deadline {
            bail!(
                "processes of a killed server still work in {}",
                data.display()
            );
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// The end of the server's log, for an error message.
pub(crate) fn log_tail(layout: &Layout) -> String {
    let text = fs::read(layout.log()).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().rev().take(8).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

fn initialize(
    layout: &Layout,
    binaries: &Binaries,
    account: Account,
    durable: bool,
) -> anyhow::Result<()> {
    let unfinished = layout.unfinished_data();
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished)?;
    }
    account.private_dir(&unfinished)?;
    tracing::info!(
        version = binaries.major(),
        directory = %layout.root().display(),
        "making a Postgres data directory"
    );
    let mut command = account.command(&binaries.initdb());
    // Trust is safe here: the only way in is a socket in a directory closed to other users.
    command
        .args([
            "--auth=trust",
            "--data-checksums",
            "--encoding=UTF8",
            "--no-instructions",
        ])
        .arg(format!("--locale={}", locale()))
        .arg(format!("--username={SUPERUSER}"))
        .arg("-D")
        .arg(&unfinished);
    if !durable {
        command.arg("--no-sync");
    }
    let output = command.output().context("cannot run initdb")?;
    if !output.status.success() {
        bail!(
            "initdb failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    fs::rename(&unfinished, layout.data())?;
    Ok(())
}

/// macOS knows the byte order of UTF-8 only under the name `C`.
fn locale() -> &'static str {
    if cfg!(target_os = "macos") {
        "C"
    } else {
        "C.UTF-8"
    }
}

fn settings(durable: bool) -> Vec<String> {
    let mut settings = vec![
        "listen_addresses=".to_owned(),
        "unix_socket_permissions=0700".to_owned(),
        format!("max_connections={MAX_CONNECTIONS}"),
        // Statements, parameters and the DETAIL of a violated constraint can hold patients' data.
        "log_statement=none".to_owned(),
        "log_min_error_statement=panic".to_owned(),
        "log_error_verbosity=terse".to_owned(),
        "log_parameter_max_length=0".to_owned(),
        "log_parameter_max_length_on_error=0".to_owned(),
    ];
    if !durable {
        for off in [
            "fsync",
            "synchronous_commit",
            "full_page_writes",
            "autovacuum",
        ] {
            settings.push(format!("{off}=off"));
        }
    }
    settings
}
