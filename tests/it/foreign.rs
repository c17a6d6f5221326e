//! The clinic's part through clients that are not ours: Python's gRPC, and curl.

use crate::layering::root;
use crate::suite::settings::Scratch;
use crate::suite::{Chain, Suite};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Output;
use tokio::process::Command;
use tokio::sync::OnceCell;

/// The interpreter `cargo xtask test` prepares; by hand it is made the same way, once.
pub(crate) async fn python() -> PathBuf {
    static PYTHON: OnceCell<PathBuf> = OnceCell::const_new();
    PYTHON.get_or_init(prepared).await.clone()
}

async fn prepared() -> PathBuf {
    if let Some(python) = std::env::var_os("BITEWING_PYTHON") {
        return root().join(python);
    }
    let requirements = root().join("tests/python/requirements.txt");
    let venv = root().join("target/venv");
    // Tests may run as a process each.
    let turn = std::fs::File::create(root().join("target/venv.lock")).unwrap();
    turn.lock().unwrap();
    let python = venv.join("bin/python");
    let (pins, wanted) = (
        venv.join("pins"),
        std::fs::read_to_string(&requirements).unwrap(),
    );
    let made = std::fs::read_to_string(&pins).unwrap_or_default();
    if made.trim() != wanted.trim() || !python.exists() {
        let make = Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&venv)
            .output()
            .await;
        assert_success("python3 -m venv", &make.unwrap());
        let install = Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--only-binary=:all:",
                "-r",
            ])
            .arg(&requirements)
            .output()
            .await;
        assert_success("pip install", &install.unwrap());
        std::fs::write(&pins, wanted.trim()).unwrap();
    }
    python
}

fn assert_success(what: &str, output: &Output) {
    assert!(
        output.status.success(),
        "{what}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test]
async fn a_python_program_does_the_clinics_part() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let scratch = Scratch::new();
    let output = Command::new(python().await)
        .arg(root().join("tests/python/clinic.py"))
        .arg(root().join("proto"))
        .arg(scratch.path())
        .args([suite.site.base(), &chain.client_id, &chain.client_secret])
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    assert_success("clinic.py", &output);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        told["phones"],
        json!(["+15148732001", "anne.cote@example.org"])
    );
    assert_eq!(told["mail_has_link"], true);
    assert_eq!(told["sent_is_received"], true);
    assert_eq!(
        told["events"],
        json!(["link.issued", "link.sent", "link.delivered"])
    );
    assert_eq!(told["absent"], json!(["NOT_FOUND", true]));
    assert_eq!(told["invalid"], json!(["INVALID_ARGUMENT", true]));
    assert_eq!(told["anonymous"], "UNAUTHENTICATED");
    let link = told["link"].as_str().unwrap();
    assert_eq!(
        chain.look_at(link).await["delivery"],
        "LINK_DELIVERY_DELIVERED"
    );
}

#[tokio::test]
async fn curl_does_the_clinics_part() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let output = Command::new("bash")
        .arg(root().join("tests/curl/clinic.sh"))
        .args([suite.site.base(), &chain.client_id, &chain.client_secret])
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    assert_success("clinic.sh", &output);
    let told = String::from_utf8(output.stdout).unwrap();
    let said = |name: &str| {
        let line = told
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_else(|| panic!("it says no {name}: {told}"))
            .to_owned()
    };
    assert_eq!(said("state"), "DOCUMENT_STATE_READY");
    assert_eq!(said("mail"), "has the link");
    assert_eq!(said("download"), "Entente financière");
    assert_eq!(said("range"), "Entente");
    assert_eq!(said("anonymous"), "401 application/problem+json");
    assert_eq!(said("absent"), "PATIENT_NOT_FOUND");
    assert_eq!(said("invalid"), "patient");
    assert_eq!(
        chain.look_at(&said("link")).await["patientId"]
            .as_str()
            .unwrap()
            .split('_')
            .next(),
        Some("pat")
    );
}
