//! The `bitewing` program as somebody runs it in a shell.

use crate::suite::Chain;
use crate::suite::eventually;
use crate::suite::settings::Scratch;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A home of its own, and what the program is told there.
pub(super) struct Shell {
    home: Scratch,
    variables: Vec<(String, String)>,
}

/// A run that ended.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

impl Ran {
    /// The objects of `--json`.
    pub(super) fn lines(&self) -> Vec<Value> {
        self.out.lines().map(read).collect()
    }

    /// The one object of a kind.
    pub(super) fn line(&self, kind: &str) -> Value {
        let found = self.lines().into_iter().find(|line| line["type"] == kind);
        found.unwrap_or_else(|| panic!("no {kind} in {self:?}"))
    }

    /// Asserts the exit code, and answers the run.
    pub(super) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }
}

fn read(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))
}

impl Shell {
    /// Nobody is signed in.
    pub(super) fn of_nobody() -> Self {
        Self {
            home: Scratch::new(),
            variables: Vec::new(),
        }
    }

    /// The chain's program, by variables.
    pub(super) fn of(chain: &Chain) -> Self {
        Self::of_nobody()
            .with("BITEWING_URL", chain.site.base())
            .with("BITEWING_CLIENT_ID", &chain.client_id)
            .with("BITEWING_CLIENT_SECRET", &chain.client_secret)
    }

    /// Sets a variable.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Where the program's files are.
    pub(super) fn path(&self) -> &Path {
        self.home.path()
    }

    /// Makes a file in the home.
    pub(super) fn file(&self, name: impl AsRef<Path>, bytes: &[u8]) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// What is written down about sendings.
    pub(super) fn pages(&self) -> Vec<Value> {
        let entries = std::fs::read_dir(self.path().join("state/bitewing/sends"));
        let files = entries.into_iter().flatten().flatten();
        let pages = files.filter(|file| file.path().extension().is_some_and(|end| end == "json"));
        pages
            .filter_map(|file| serde_json::from_slice(&std::fs::read(file.path()).ok()?).ok())
            .collect()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.program(env!("CARGO_BIN_EXE_bitewing-under-test"), arguments)
    }

    fn program(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("XDG_CONFIG_HOME", self.path().join("config"))
            .env("XDG_STATE_HOME", self.path().join("state"))
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs it to its end.
    pub(super) async fn run(&self, arguments: &[&str]) -> Ran {
        ran(&self.command(arguments).output().await.unwrap())
    }

    /// Runs another program in the same place.
    pub(super) async fn run_program(&self, program: &str, arguments: &[&str]) -> Ran {
        ran(&self.program(program, arguments).output().await.unwrap())
    }

    /// Runs it with something on standard input.
    pub(super) async fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).await.unwrap();
        drop(stdin);
        ran(&child.wait_with_output().await.unwrap())
    }

    /// Starts it, to be looked at while it runs.
    pub(super) fn start(&self, arguments: &[&str]) -> Running {
        let mut child = self.command(arguments).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Running { child, lines }
    }
}

fn ran(output: &std::process::Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A run that goes on.
pub(super) struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// Reads on until an object of `--json` is what is looked for.
    pub(super) async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let line = self.lines.next_line().await.unwrap();
            let Some(line) = line else {
                panic!("it ended: {:?}", self.child.wait().await);
            };
            let line = read(&line);
            if wanted(&line) {
                return line;
            }
        }
    }

    /// Sends a signal.
    pub(super) fn signal(&self, signal: Signal) {
        let id = self.child.id().expect("it runs");
        kill(Pid::from_raw(i32::try_from(id).unwrap()), signal).unwrap();
    }

    /// The most memory it had so far, in bytes.
    pub(super) fn peak_memory(&self) -> u64 {
        let id = self.child.id().expect("it runs");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kilobytes.expect("Linux tells the peak") * 1024
    }

    /// Waits for the end; what was not read of standard output is answered.
    pub(super) async fn end(mut self) -> (ExitStatus, String, String) {
        let mut out = Vec::new();
        while let Some(line) = self.lines.next_line().await.unwrap() {
            out.push(line);
        }
        let status = eventually("the end of the program", async || {
            self.child.try_wait().unwrap()
        })
        .await;
        let mut err = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut err).await.unwrap();
        (status, out.join("\n"), err)
    }
}
