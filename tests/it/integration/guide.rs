//! Every block of `docs/INTEGRATION.md`, run as it stands there.

use super::shell::Shell;
use crate::foreign::python;
use crate::layering::root;
use crate::suite::chain::Reachable;
use crate::suite::patient::Holder;
use crate::suite::settings::Scratch;
use crate::suite::{Chain, Suite};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use tokio::process::Command;

/// The parts that are run, and what is added at the end of each so that it tells what it saw.
const PARTS: [(&str, &str, &str); 5] = [
    (
        "curl",
        "run.sh",
        "jq --null-input --arg link \"$link\" --rawfile listed links.txt --rawfile receipts receipts.txt \
         --arg refused \"$reason\" '{$link, $refused, listed: [$listed | splits(\"[ \\n]\") | select(startswith(\"lnk\"))], \
         receipts: [$receipts | splits(\"[ \\n]\") | select(test(\"^[A-Z_]+$\")) | \"LINK_RECEIPT_KIND_\" + .]}' > told.json",
    ),
    (
        "Python",
        "clinic.py",
        "told = {'link': link.link_id, 'listed': listed, 'receipts': receipts, 'refused': refused}\n\
         json.dump(told, open('told.json', 'w'))",
    ),
    (
        "TypeScript",
        "clinic.mts",
        "import { writeFileSync } from 'node:fs';\n\
         writeFileSync('told.json', JSON.stringify({ link: linkId, listed, receipts, refused }));",
    ),
    ("From a shell", "run.sh", ""),
    ("Patients of a dental system", "run.sh", ""),
];

/// What a document needs to be taken for a PDF.
const PLAN: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

fn guide() -> String {
    std::fs::read_to_string(root().join("docs/INTEGRATION.md")).unwrap()
}

/// The file a block belongs into, by its language.
fn file_of(language: &str) -> &'static str {
    match language {
        "sh" => "run.sh",
        "python" => "clinic.py",
        "ts" => "clinic.mts",
        _ => panic!("a block is in {language}, which nothing runs"),
    }
}

/// The files of each part of the guide: its blocks, one after the other.
fn parts(guide: &str) -> BTreeMap<String, BTreeMap<&'static str, String>> {
    let mut parts: BTreeMap<String, BTreeMap<_, String>> = BTreeMap::new();
    let (mut part, mut file) = (String::new(), None);
    for line in guide.lines() {
        match (line.strip_prefix("```"), file) {
            (Some(language), None) => file = Some(file_of(language)),
            (Some(_), Some(_)) => file = None,
            (None, Some(file)) => {
                let files = parts.entry(part.clone()).or_default();
                let text = files.entry(file).or_default();
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {
                if let Some(title) = line.strip_prefix("## ") {
                    title.clone_into(&mut part);
                }
            }
        }
    }
    assert!(file.is_none(), "a block has no end");
    parts
}

#[test]
fn no_block_of_the_guide_is_left_out() {
    let parts = parts(&guide());
    let found: Vec<&str> = parts.keys().map(String::as_str).collect();
    let mut run: Vec<&str> = PARTS.iter().map(|(part, ..)| *part).collect();
    run.sort_unstable();
    assert_eq!(found, run);
}

/// Writes the files of a part into a folder, where `plan.pdf` and the contracts are too.
fn write(part: &str, folder: &Path) {
    for (name, mut text) in parts(&guide()).remove(part).unwrap() {
        let addition = PARTS
            .iter()
            .find(|(of, file, _)| *of == part && *file == name);
        if let Some((.., addition)) = addition {
            text.push('\n');
            text.push_str(addition);
        }
        std::fs::write(folder.join(name), text).unwrap();
    }
    std::fs::write(folder.join("plan.pdf"), PLAN).unwrap();
    let contracts = folder.join("proto");
    if !contracts.exists() {
        std::os::unix::fs::symlink(root().join("proto"), contracts).unwrap();
    }
}

/// Runs a part in a folder.
async fn run(part: &str, folder: &Path, chain: &Chain, more_path: Option<&Path>) {
    write(part, folder);
    // Where patients are imported to, if the part does that.
    let clinics = chain.json.get("/v1/clinics").await;
    let clinic = clinics["clinics"][0]["clinicId"].as_str();
    let path = std::env::var("PATH").unwrap_or_default();
    let more = more_path.map(|more| format!("{}:", more.display()));
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "run.sh"])
        .current_dir(folder)
        .env("PATH", format!("{}{path}", more.unwrap_or_default()))
        .env("BITEWING_URL", chain.site.base())
        .env("BITEWING_CLIENT_ID", &chain.client_id)
        .env("BITEWING_CLIENT_SECRET", &chain.client_secret)
        .env("CLINIC", clinic.unwrap_or_default())
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("XDG_STATE_HOME", folder.join("state"))
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    assert!(
        output.status.success(),
        "{part}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Runs a part while its patient does theirs; asserts what the part tells, and what is true.
async fn perform(part: &str, folder: &Path, more_path: Option<&Path>, email: &str, phone: &str) {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    chain.clinic().await;
    let patient = Reachable {
        id: String::new(),
        email: email.to_owned(),
        phone: phone.to_owned(),
    };
    let at_home = async {
        let token = chain.token_in_mail(&patient, 0).await;
        let mut holder = Holder::of(&chain.site, &token);
        let session = holder.unlock(&chain, &patient).await;
        for file in holder.files(&session).await.unwrap() {
            let (_, bytes) = holder.download(&session, &file.document_id, None).await;
            assert_eq!(bytes, PLAN);
        }
    };
    tokio::join!(run(part, folder, &chain, more_path), at_home);

    let told = std::fs::read(folder.join("told.json")).unwrap();
    let told: Value = serde_json::from_slice(&told).unwrap();
    assert_eq!(told["refused"], "LINK_NOT_FOUND");
    assert_eq!(told["listed"], json!([told["link"]]));
    let receipts = told["receipts"].as_array().unwrap();
    for kind in [
        "DELIVERED",
        "CODE_SENT",
        "UNLOCKED",
        "DOWNLOADED",
        "COMPLETED",
    ] {
        let kind = Value::from(format!("LINK_RECEIPT_KIND_{kind}"));
        assert!(receipts.contains(&kind), "{kind} is not in {receipts:?}");
    }
    let link = chain.look_at(told["link"].as_str().unwrap()).await;
    assert_eq!(link["state"], "LINK_STATE_REVOKED");
    assert_eq!(link["unlocks"], 1);
}

#[tokio::test]
async fn curl_does_what_the_guide_says() {
    let scratch = Scratch::new();
    perform(
        "curl",
        scratch.path(),
        None,
        "curl.cote@example.org",
        "+15148734101",
    )
    .await;
}

#[tokio::test]
async fn python_does_what_the_guide_says() {
    let scratch = Scratch::new();
    let python = python().await;
    let bin = python.parent();
    perform(
        "Python",
        scratch.path(),
        bin,
        "python.roy@example.org",
        "+15148734102",
    )
    .await;
}

#[tokio::test]
async fn typescript_does_what_the_guide_says_and_its_types_hold() {
    // Kept between runs, so that the packages are fetched once.
    let folder = root().join("target/integration/typescript");
    std::fs::create_dir_all(&folder).unwrap();
    // What a run before told is not what this one tells.
    let _ = std::fs::remove_file(folder.join("told.json"));
    perform(
        "TypeScript",
        &folder,
        None,
        "node.patel@example.org",
        "+15148734103",
    )
    .await;
}

#[tokio::test]
async fn the_command_line_does_what_the_guide_says() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let clinic = chain.clinic().await;
    let patient = chain.patient(&clinic).await;
    let document = chain.document(&clinic, b"agreement").await;
    chain.link(&patient, &document).await;
    let shell = Shell::of_nobody();
    let bin = shell.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let program = env!("CARGO_BIN_EXE_bitewing-under-test");
    std::os::unix::fs::symlink(program, bin.join("bitewing")).unwrap();
    run("From a shell", shell.path(), &chain, Some(&bin)).await;
    let links = chain
        .json
        .get(&format!("/v1/links?patientId={}", patient.id))
        .await;
    assert_eq!(links["links"][0]["state"], "LINK_STATE_REVOKED");
    assert_eq!(links["links"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn patients_are_imported_as_the_guide_says() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    chain.clinic().await;
    let shell = Shell::of_nobody();
    let bin = shell.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let program = env!("CARGO_BIN_EXE_bitewing-under-test");
    std::os::unix::fs::symlink(program, bin.join("bitewing")).unwrap();
    let part = "Patients of a dental system";
    run(part, shell.path(), &chain, Some(&bin)).await;
    let found = chain.json.get("/v1/patients").await;
    let mut names: Vec<_> = found["patients"]
        .as_array()
        .unwrap()
        .iter()
        .map(|patient| patient["givenName"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["Annie", "Zoé"]);
    let rejected = std::fs::read_to_string(shell.path().join("patients.csv.rejected.csv"));
    assert!(rejected.unwrap().contains("patient.birth_date"));
}
