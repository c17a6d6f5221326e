//! The real program as a process that can be measured and killed.

use super::settings::Settings;
use super::{Site, eventually};
use bitewing_auth::Service;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// `bitewing serve` in the production profile, its log in JSON lines.
pub(crate) struct Child {
    pub(crate) site: Site,
    process: std::process::Child,
    log: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
    addresses: BTreeMap<Service, SocketAddr>,
}

impl Child {
    /// Starts it and waits until it answers. Sandbox channels carry what has no account.
    pub(crate) async fn start(settings: &Settings) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_bitewing-under-test"))
            .arg("serve")
            .env_clear()
            .envs(settings.variables())
            .env("BITEWING_PROFILE", "production")
            .env("CONVERSATION_SANDBOX_FALLBACK", "true")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = BufReader::new(process.stderr.take().expect("it is piped"));
        let writing = Arc::clone(&log);
        let reader = thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                writing.lock().unwrap().push(line);
            }
        });
        let mut child = Self {
            site: Site::new("", ""),
            process,
            log,
            reader: Some(reader),
            addresses: BTreeMap::new(),
        };
        let public = child.wait_for_addresses().await;
        let base = format!("http://{public}");
        child.site = Site::new(&base, settings.get("GATEWAY_OPERATOR_SECRET"));
        child.site.wait_until_up().await;
        for service in Service::ALL {
            eventually(&format!("the readiness of {service}"), async || {
                child.is_ready(service).await
            })
            .await;
        }
        child
    }

    async fn is_ready(&self, service: Service) -> Option<()> {
        let answer = reqwest::get(format!("http://{}/readyz", self.addresses[&service])).await;
        answer
            .is_ok_and(|answer| answer.status().is_success())
            .then_some(())
    }

    /// Reads in the log where everything listens; answers the public address.
    async fn wait_for_addresses(&mut self) -> SocketAddr {
        let (public, addresses) = eventually("the program listening", async || {
            if let Ok(Some(status)) = self.process.try_wait() {
                panic!("the program ended with {status}: {}", self.log().join("\n"));
            }
            let mut found = BTreeMap::new();
            let mut public = None;
            for line in self.log() {
                let line: Value = serde_json::from_str(&line).unwrap_or_default();
                let address = line["address"].as_str().and_then(|text| text.parse().ok());
                let service = line["service"].as_str().and_then(|text| text.parse().ok());
                match (line["message"].as_str(), service, address) {
                    (Some("serving"), Some(service), Some(address)) => {
                        found.insert(service, address);
                    }
                    (Some("serving the public port"), _, Some(address)) => public = Some(address),
                    _ => (),
                }
            }
            public
                .filter(|_| found.len() == Service::ALL.len())
                .map(|public| (public, found))
        })
        .await;
        self.addresses = addresses;
        public
    }

    /// Where a service listens for the others.
    pub(crate) fn address(&self, service: Service) -> SocketAddr {
        self.addresses[&service]
    }

    /// What it has written so far.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// The most memory it ever had, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kilobytes.expect("Linux tells the peak") * 1024
    }

    /// Ends it without a warning, as a power cut does.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.finish_log();
    }

    /// Ends it as an operator does; answers its whole log.
    pub(crate) async fn stop(mut self) -> Vec<String> {
        let pid = Pid::from_raw(i32::try_from(self.process.id()).unwrap());
        kill(pid, Signal::SIGTERM).unwrap();
        let status = eventually("the end of the program", async || {
            self.process.try_wait().unwrap()
        })
        .await;
        self.finish_log();
        assert!(status.success(), "{status}: {}", self.log().join("\n"));
        self.log()
    }

    fn finish_log(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // A test that failed half-way leaves no process behind; one that ended is not there any more.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
