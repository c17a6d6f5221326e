//! A sending that is cut off at the worst moment, and goes on.

use super::cut::Cutting;
use super::shell::Shell;
use crate::suite::json::text;
use crate::suite::seeded::Seeded;
use crate::suite::{Chain, Suite, eventually};
use nix::sys::signal::Signal;
use reqwest::Method;

/// Three parts of 8 MiB and a piece.
const SIZE: usize = 26 << 20;
const PART: u64 = 8 << 20;
/// What a large file may need more than a small one; a program that held it would need 26 MiB.
const ALLOWED: u64 = 10 << 20;

fn scan() -> Vec<u8> {
    let text = hex::encode(Seeded::new(7).bytes(1 << 19)).into_bytes();
    text.into_iter().cycle().take(SIZE).collect()
}

/// How many bytes of the one upload of a shell are safe.
async fn arrived(chain: &Chain, shell: &Shell) -> Option<u64> {
    let path = text(
        &shell.pages().first()?["uploads"]
            .as_array()?
            .first()?
            .clone(),
        "path",
    );
    let request = chain.json.request(Method::HEAD, &path);
    let answer = request.header("tus-resumable", "1.0.0").send().await.ok()?;
    answer
        .headers()
        .get("upload-offset")?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

#[tokio::test]
async fn a_killed_sending_goes_on_where_it_stopped_and_the_patient_is_written_to_once() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let patient = chain.patient(&chain.clinic().await).await;
    let shell = Shell::of(&chain);
    shell.file("Scan.txt", &scan());
    let send = [
        "documents",
        "send",
        "Scan.txt",
        "--patient",
        &patient.id,
        "--json",
    ];
    let slowly = [&send[..], &["--limit-rate", "8M", "--expires", "3d"]].concat();
    let running = shell.start(&slowly);
    let safe = eventually("the first part", async || {
        arrived(&chain, &shell).await.filter(|safe| *safe >= PART)
    })
    .await;
    assert!(safe < SIZE as u64, "it was over before it could be killed");
    running.signal(Signal::SIGKILL);
    running.end().await;

    let again = [&send[..], &["--expires", "3d"]].concat();
    let ran = shell.run(&again).await.exits(0);
    let upload = ran.line("upload");
    assert!(upload["resumedAt"].as_u64() >= Some(safe), "{upload}");
    let links = chain
        .json
        .get(&format!("/v1/links?patientId={}", patient.id))
        .await;
    assert_eq!(links["links"].as_array().unwrap().len(), 1);
    let documents = chain.json.get("/v1/documents").await;
    assert_eq!(documents["documents"].as_array().unwrap().len(), 1);
    assert_eq!(
        documents["documents"][0]["documentId"],
        upload["documentId"]
    );
}

#[tokio::test]
async fn a_large_file_is_sent_in_little_memory() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let patient = chain.patient(&chain.clinic().await).await;
    let shell = Shell::of(&chain);
    shell.file("Plan.txt", b"plan");
    let send = [
        "documents",
        "send",
        "Plan.txt",
        "--patient",
        &patient.id,
        "--json",
        "--watch",
    ];
    let mut small = shell.start(&send);
    small.until(|line| line["type"] == "event").await;
    let usual = small.peak_memory();
    small.signal(Signal::SIGTERM);
    assert_eq!(small.end().await.0.code(), Some(143));

    let other = Shell::of(&chain);
    other.file("Scan.txt", &scan());
    let send = [
        "documents",
        "send",
        "Scan.txt",
        "--patient",
        &patient.id,
        "--limit-rate",
        "8M",
    ];
    let large = other.start(&send);
    eventually("the first part", async || {
        arrived(&chain, &other).await.filter(|safe| *safe >= PART)
    })
    .await;
    let needed = large.peak_memory();
    assert!(
        needed < usual + ALLOWED,
        "{needed} bytes instead of {usual}"
    );
}

#[tokio::test]
async fn a_sending_killed_after_the_link_was_made_makes_no_second_one() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let patient = chain.patient(&chain.clinic().await).await;
    let shell = Shell::of(&chain);
    shell.file("Plan.txt", b"plan");
    let send = [
        "documents",
        "send",
        "Plan.txt",
        "--patient",
        &patient.id,
        "--json",
    ];
    let first = shell.run(&send).await.exits(0).line("link");
    // As a kill between the link and the note that it was made leaves it.
    let mut pages = std::fs::read_dir(shell.path().join("state/bitewing/sends")).unwrap();
    let page = pages.find_map(|entry| {
        let path = entry.unwrap().path();
        path.extension()
            .is_some_and(|end| end == "json")
            .then_some(path)
    });
    let page = page.expect("a page was written");
    let open = std::fs::read_to_string(&page)
        .unwrap()
        .replace("true", "false");
    std::fs::write(&page, &open).unwrap();
    let second = shell.run(&send).await.exits(0).line("link");
    assert_eq!(first["link"]["linkId"], second["link"]["linkId"]);

    // The same a day later, when the gateway has forgotten the request: the page was begun long ago.
    let begun = shell.pages()[0]["begun"].to_string();
    let old = open.replace(&begun, "1000000000");
    std::fs::write(&page, old).unwrap();
    let third = shell.run(&send).await.exits(0).line("link");
    assert_eq!(first["link"]["linkId"], third["link"]["linkId"]);
    chain
        .wait_for_event("link.delivered", &text(&first["link"], "linkId"))
        .await;
    assert_eq!(chain.arrived(&patient.email).await.len(), 1);
}

#[tokio::test]
async fn a_connection_that_is_cut_is_taken_up_again() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let patient = chain.patient(&chain.clinic().await).await;
    let network = Cutting::before(chain.site.base(), 10 << 20).await;
    let shell = Shell::of(&chain).with("BITEWING_URL", network.base());
    shell.file("Scan.txt", &scan());
    let send = [
        "documents",
        "send",
        "Scan.txt",
        "--patient",
        &patient.id,
        "--json",
    ];
    let ran = shell.run(&send).await.exits(0);
    assert!(network.cuts() >= 2, "cut {} times", network.cuts());
    assert_eq!(ran.line("upload")["resumedAt"], 0);
    // The program compared what arrived with what it read before it made the link.
    assert_eq!(ran.line("link")["link"]["state"], "LINK_STATE_ISSUED");
}
