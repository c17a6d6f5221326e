//! A mail server that is not ours: Python's `aiosmtpd`, which does as it is told.
//!
//! What it took is read by Python's own `email` package; `tests/python/mail_server.py` tells how.

use crate::python::{python, root};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::watch;
use tokio::time::timeout;

/// How long something may take to happen.
const PATIENCE: Duration = Duration::from_mins(1);

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all.
    None,
    /// After it was asked for; before that nothing is taken.
    Starttls,
    /// From the first byte.
    Implicit,
}

impl Encryption {
    const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Starttls => "starttls",
            Self::Implicit => "implicit",
        }
    }
}

/// What a server does instead of its duty, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailFault {
    /// Says this.
    Reply(&'static str),
    /// Breaks the connection.
    Cut,
    /// Says nothing more.
    Hang,
    /// Keeps the message and breaks the connection.
    KeepAndCut,
    /// Keeps the message and says nothing more.
    KeepAndHang,
}

impl MailFault {
    fn told(self, step: &str) -> Value {
        match self {
            Self::Reply(line) => json!({ "step": step, "does": "reply", "line": line }),
            Self::Cut => json!({ "step": step, "does": "cut" }),
            Self::Hang => json!({ "step": step, "does": "hang" }),
            Self::KeepAndCut => json!({ "step": step, "does": "cut", "keep": true }),
            Self::KeepAndHang => json!({ "step": step, "does": "hang", "keep": true }),
        }
    }
}

/// How a server is set up.
#[derive(Debug, Clone, Copy)]
pub struct MailSetup {
    /// How the connection is encrypted.
    pub encryption: Encryption,
    /// The user and the password it asks for.
    pub login: Option<(&'static str, &'static str)>,
    /// Whether addresses may be other than ASCII (SMTPUTF8).
    pub utf8: bool,
}

impl Default for MailSetup {
    /// Neither encryption nor login.
    fn default() -> Self {
        Self {
            encryption: Encryption::None,
            login: None,
            utf8: false,
        }
    }
}

/// A mail server on a port of its own; it ends when it is dropped.
#[derive(Debug)]
pub struct MailServer {
    /// Where it listens on this machine.
    pub port: u16,
    /// The authority behind its certificate, in PEM.
    pub authority: String,
    events: Arc<Mutex<Vec<Value>>>,
    news: watch::Receiver<usize>,
    faults: tokio::sync::Mutex<ChildStdin>,
    _child: Child,
    _certificate: Certificate,
}

impl MailServer {
    /// Starts one.
    pub async fn start(setup: MailSetup) -> anyhow::Result<Self> {
        let certificate = Certificate::make()?;
        let (username, password) = setup.login.unwrap_or_default();
        let told = json!({
            "encryption": setup.encryption.name(), "username": username, "password": password,
            "utf8": setup.utf8, "certificate": certificate.chain, "key": certificate.key,
        });
        let mut child = Command::new(python())
            .arg(root().join("tests/python/mail_server.py"))
            .arg(told.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let out = child.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(out).lines();
        let listening = timeout(PATIENCE, lines.next_line()).await??;
        let listening: Value = serde_json::from_str(&listening.unwrap_or_default())?;
        let port = listening["port"].as_u64().expect("it tells its port");
        let events = Arc::<Mutex<Vec<Value>>>::default();
        let (teller, news) = watch::channel(0);
        tokio::spawn(listen(lines, Arc::clone(&events), teller));
        Ok(Self {
            port: u16::try_from(port)?,
            authority: certificate.authority.clone(),
            events,
            news,
            faults: tokio::sync::Mutex::new(child.stdin.take().expect("it is piped")),
            _child: child,
            _certificate: certificate,
        })
    }

    /// Tells what goes wrong the next time each step is reached: `connect`, `ehlo`, `starttls`, `auth`,
    /// `mail`, `rcpt`, `data`, `message` or `noop`.
    pub async fn script(&self, faults: &[(&str, MailFault)]) {
        let mut pipe = self.faults.lock().await;
        let known = self.count("told");
        for (step, fault) in faults {
            let line = format!("{}\n", fault.told(step));
            let written = pipe.write_all(line.as_bytes()).await;
            written.expect("the server listens");
        }
        self.wait(|events| count(events, "told") == known + faults.len())
            .await;
    }

    /// Everything that happened.
    pub fn events(&self) -> Vec<Value> {
        lock(&self.events).clone()
    }

    /// How often something happened.
    pub fn count(&self, what: &str) -> usize {
        count(&lock(&self.events), what)
    }

    /// The mails it keeps, once there are so many: what it tells is heard a moment later.
    pub async fn mails(&self, at_least: usize) -> Vec<Value> {
        self.wait(|events| count(events, "mail_taken") >= at_least)
            .await;
        let mut events = self.events();
        events.retain(|event| event["event"] == "mail_taken");
        events
    }

    /// Waits until it has seen what is wanted.
    pub async fn wait(&self, wanted: impl Fn(&[Value]) -> bool + Send + Sync) {
        let mut news = self.news.clone();
        let seen = async {
            while !wanted(&lock(&self.events)) {
                news.changed().await.expect("the server lives");
            }
        };
        let in_time = timeout(PATIENCE, seen).await.is_ok();
        assert!(in_time, "the mail server saw {:?}", self.events());
    }
}

fn count(events: &[Value], what: &str) -> usize {
    events.iter().filter(|event| event["event"] == what).count()
}

fn lock(events: &Mutex<Vec<Value>>) -> std::sync::MutexGuard<'_, Vec<Value>> {
    events.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn listen(
    mut lines: Lines<BufReader<ChildStdout>>,
    events: Arc<Mutex<Vec<Value>>>,
    teller: watch::Sender<usize>,
) {
    while let Ok(Some(line)) = lines.next_line().await {
        let event = serde_json::from_str(&line).expect("the server tells JSON");
        lock(&events).push(event);
        teller.send_modify(|count| *count += 1);
    }
}

/// A certificate for this machine, from an authority of its own, in files for Python.
#[derive(Debug)]
struct Certificate {
    authority: String,
    chain: PathBuf,
    key: PathBuf,
}

impl Certificate {
    fn make() -> anyhow::Result<Self> {
        let mut authority = CertificateParams::new(Vec::new())?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let leaf = CertificateParams::new(names)?.signed_by(&key, &authority)?;
        let folder = std::env::temp_dir();
        let name = uuid::Uuid::from_u128(rand_name());
        let made = Self {
            authority: authority.pem(),
            chain: folder.join(format!("bitewing-mail-{name}.pem")),
            key: folder.join(format!("bitewing-mail-{name}.key")),
        };
        std::fs::write(&made.chain, leaf.pem())?;
        std::fs::write(&made.key, key.serialize_pem())?;
        Ok(made)
    }
}

fn rand_name() -> u128 {
    use bitewing_core::{SystemEntropy, random};
    u128::from_be_bytes(random::bytes(&SystemEntropy))
}

impl Drop for Certificate {
    fn drop(&mut self) {
        for file in [&self.chain, &self.key] {
            drop(std::fs::remove_file(file));
        }
    }
}
