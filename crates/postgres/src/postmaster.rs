//! Who, if anybody, serves a data directory.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// A running server, as its pid file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Postmaster {
    pub(crate) pid: i32,
    /// Missing in the first moments of a start.
    pub(crate) socket_dir: Option<PathBuf>,
}

/// What the pid file of a data directory means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// No pid file.
    Nobody,
    /// A server runs.
    Running(Postmaster),
    /// The file outlived its server: the pid is free or now another program's.
    Stale,
}

/// Reads the pid file and checks that the process is a server of this very directory.
pub(crate) fn look(data: &Path) -> io::Result<Found> {
    let text = match fs::read_to_string(data.join("postmaster.pid")) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nobody),
        Err(error) => return Err(error),
    };
    Ok(match parse(&text) {
        Some(postmaster) if serves(postmaster.pid, data) => Found::Running(postmaster),
        _ => Found::Stale,
    })
}

/// Asks the server to end its sessions and stop ("fast shutdown"). Gone already is fine.
pub(crate) fn interrupt(pid: i32) -> io::Result<()> {
    match kill(Pid::from_raw(pid), Signal::SIGINT) {
        Ok(()) | Err(Errno::ESRCH) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Tells whether processes of a killed server still sit in the directory; `None` where the
/// system does not show it. Every process of Postgres works inside its data directory.
pub(crate) fn inhabited(data: &Path) -> Option<bool> {
    let processes = fs::read_dir("/proc").ok()?;
    let here = processes
        .flatten()
        .any(|process| fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == data));
    Some(here)
}

/// The format is Postgres's own: pid, data directory, start time, port, socket directory, ...
fn parse(text: &str) -> Option<Postmaster> {
    let mut lines = text.lines();
    let pid = lines.next()?.trim().parse().ok().filter(|pid| *pid > 0)?;
    let socket_dir = lines
        .nth(3)
        .map(str::trim)
        .filter(|dir| !dir.is_empty())
        .map(PathBuf::from);
    Some(Postmaster { pid, socket_dir })
}

/// Tells whether a process is a Postgres started on this directory: pids are used again.
fn serves(pid: i32, data: &Path) -> bool {
    let arguments = if Path::new("/proc/self/cmdline").exists() {
        fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default()
    } else {
        let ps = Command::new("ps")
            .args(["-o", "args=", "-p", &pid.to_string()])
            .output();
        ps.map(|output| output.stdout).unwrap_or_default()
    };
    let arguments = String::from_utf8_lossy(&arguments);
    arguments.contains("postgres") && arguments.contains(&*data.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_complete_pid_file() {
        let text = "4711\n/d/pg\n1700000000\n5432\n/d/run\n\n  5432001         7\nready   \n";
        let expected = Postmaster {
            pid: 4711,
            socket_dir: Some(PathBuf::from("/d/run")),
        };
        assert_eq!(parse(text), Some(expected));
    }

    #[test]
    fn reads_a_pid_file_still_being_written() {
        assert_eq!(
            parse("4711\n/d/pg\n"),
            Some(Postmaster {
                pid: 4711,
                socket_dir: None
            })
        );
        assert_eq!(parse(""), None);
        assert_eq!(parse("-4711\n"), None);
    }

    #[test]
    fn another_program_with_the_same_pid_is_not_the_server() {
        let own = i32::try_from(std::process::id()).unwrap();
        assert!(!serves(own, Path::new("/no/such/data/directory")));
    }
}
