//! Runs a scenario of `tests/browser` in Chromium and answers its questions.

use crate::layering::root;
use crate::suite::chain::Reachable;
use crate::suite::{Chain, eventually};
use serde_json::{Value, json};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{ChildStdin, Command};

/// Where the packages of npm are.
const PACKAGES: &str = "target/browser";

/// Gets a browser and what drives it; as root it is installed, otherwise what is missing is said.
async fn chromium() -> String {
    let output = Command::new("bash")
        .arg(root().join("tests/browser/prepare.sh"))
        .arg(root().join(PACKAGES))
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let path = String::from_utf8(output.stdout).unwrap();
    path.trim().to_owned()
}

/// Runs a scenario; it may look at the phones of these patients. Answers what it found.
///
/// Links travel on its standard input: arguments are seen by every process of a machine.
pub(crate) async fn run(
    chain: &Chain,
    patients: &[&Reachable],
    scenario: &str,
    mut job: Value,
) -> Value {
    job["base"] = json!(chain.site.base());
    let mut child = Command::new("node")
        .arg(root().join(format!("tests/browser/scenarios/{scenario}.mjs")))
        .env("BITEWING_BROWSER_DIR", root().join(PACKAGES))
        .env("BITEWING_CHROMIUM", chromium().await)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
        .expect("node starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    tell(&mut stdin, &job).await;
    while let Some(line) = lines.next_line().await.unwrap() {
        let said: Value = serde_json::from_str(&line).unwrap();
        if let Some(failure) = said["failed"].as_str() {
            panic!("{scenario}: {failure}");
        }
        if let Some(found) = said.get("found") {
            return found.clone();
        }
        let patient = patients[said["patient"].as_u64().unwrap() as usize];
        let text = answer(chain, patient, &said).await;
        tell(&mut stdin, &json!({ "text": text })).await;
    }
    panic!("{scenario} ended without a word");
}

async fn tell(stdin: &mut ChildStdin, words: &Value) {
    let line = format!("{words}\n");
    stdin.write_all(line.as_bytes()).await.unwrap();
}

/// What a patient's phone shows once there is more than was seen before.
async fn answer(chain: &Chain, patient: &Reachable, asked: &Value) -> String {
    let seen = asked["seen"].as_u64().unwrap() as usize;
    let text = chain.arrival(&patient.phone, seen).await;
    match asked["ask"].as_str().unwrap() {
        "message" => text,
        "code" => six_digits(&text),
        other => panic!("nobody knows {other}"),
    }
}

/// The code in a message, written at once or spoken digit by digit.
fn six_digits(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).take(6).collect();
    assert_eq!(digits.len(), 6, "the message holds a code");
    digits
}

/// Waits for the link in a patient's mail, to be read after `seen` others.
pub(crate) async fn token(chain: &Chain, patient: &Reachable, seen: usize) -> String {
    eventually("the mail with the link", async || {
        (chain.arrived(&patient.email).await.len() > seen).then_some(())
    })
    .await;
    chain.token_in_mail(patient, seen).await
}
