//! `bitewing login` and `bitewing documents`, with everything in place.

use super::shell::Shell;
use crate::suite::chain::fresh_number;
use crate::suite::json::text;
use crate::suite::patient::Holder;
use crate::suite::{Chain, Suite};
use nix::sys::signal::Signal;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;

const PLAN: &[u8] = b"A crown on 26, and a check in May.\n";

fn is_event(line: &Value, event_type: &str) -> bool {
    line["type"] == "event" && line["event"]["eventType"] == event_type
}

#[tokio::test]
async fn a_document_is_sent_and_watched_until_the_patient_has_it() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let patient = chain.patient(&chain.clinic().await).await;
    let shell = Shell::of_nobody();
    shell.file("Plan.txt", PLAN);
    let login = [
        "login",
        "--url",
        chain.site.base(),
        "--client-id",
        &chain.client_id,
    ];
    shell.run_with(&login, &chain.client_secret).await.exits(0);
    let kept = shell.path().join("config/bitewing/credentials.json");
    assert_eq!(kept.metadata().unwrap().permissions().mode() & 0o777, 0o600);

    let send = ["documents", "send", "Plan.txt", "--patient", &patient.id];
    let wishes = ["--expires", "2d", "--max-unlocks", "1", "--watch", "--json"];
    let mut running = shell.start(&[&send[..], &wishes[..]].concat());
    let document = running.until(|line| line["type"] == "document").await;
    let link = running.until(|line| line["type"] == "link").await["link"].take();
    assert_eq!(link["maxUnlocks"], 1);
    assert_eq!(
        link["documentIds"],
        json!([document["document"]["documentId"]])
    );
    running.until(|line| is_event(line, "link.delivered")).await;

    let token = chain.token_in_mail(&patient, 0).await;
    let mut holder = Holder::of(&chain.site, &token);
    let session = holder.unlock(&chain, &patient).await;
    running.until(|line| is_event(line, "link.unlocked")).await;
    let id = text(&document["document"], "documentId");
    let (status, bytes) = holder.download(&session, &id, None).await;
    assert_eq!((status, bytes.as_slice()), (StatusCode::OK, PLAN));
    running.until(|line| is_event(line, "link.completed")).await;

    let (status, rest, err) = running.end().await;
    assert_eq!(
        (status.code(), rest.as_str(), err.as_str()),
        (Some(0), "", "")
    );
    let written = format!("{:?}", shell.pages());
    assert!(
        !written.contains("Plan") && written.contains(&id),
        "{written}"
    );
}

#[tokio::test]
async fn ctrl_c_leaves_the_link_and_says_how_to_look_again() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let patient = chain.patient(&chain.clinic().await).await;
    let shell = Shell::of(&chain);
    shell.file("Plan.txt", PLAN);
    let send = ["documents", "send", "Plan.txt", "--patient", &patient.id];
    let mut running = shell.start(&[&send[..], &["--watch", "--json"]].concat());
    let link = running.until(|line| line["type"] == "link").await;
    let link = text(&link["link"], "linkId");
    running.until(|line| is_event(line, "link.delivered")).await;
    running.signal(Signal::SIGINT);
    let (status, _, err) = running.end().await;
    assert_eq!(status.code(), Some(130));
    assert!(
        err.contains(&format!("bitewing documents watch {link}")),
        "{err}"
    );
    assert_eq!(chain.look_at(&link).await["state"], "LINK_STATE_ISSUED");

    // Looking again, until somebody ends it.
    let mut watching = shell.start(&["documents", "watch", &link, "--json"]);
    watching.until(|line| line["type"] == "link").await;
    let revoked = shell.run(&["documents", "revoke", &link, "--json"]).await;
    assert_eq!(
        revoked.exits(0).line("link")["link"]["state"],
        "LINK_STATE_REVOKED"
    );
    watching.until(|line| is_event(line, "link.revoked")).await;
    let (status, _, err) = watching.end().await;
    assert_eq!(status.code(), Some(6), "{err}");
    let error: Value = serde_json::from_str(&err).unwrap();
    assert_eq!(error["exitCode"], 6);
    // What has ended is told at once.
    shell.run(&["documents", "watch", &link]).await.exits(6);
}

#[tokio::test]
async fn the_same_command_sends_again_once_it_was_done() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let patient = chain.patient(&chain.clinic().await).await;
    let shell = Shell::of(&chain);
    let (one, other) = (shell.file("One.txt", PLAN), shell.file("Other.txt", b"two"));
    let files = [one.to_str().unwrap(), other.to_str().unwrap()];
    let arguments = [
        "documents",
        "send",
        files[0],
        files[1],
        "--patient",
        &patient.id,
        "--json",
    ];
    let first = shell.run(&arguments).await.exits(0).line("link");
    let second = shell.run(&arguments).await.exits(0).line("link");
    assert_ne!(first["link"]["linkId"], second["link"]["linkId"]);
    assert_eq!(first["link"]["documentIds"].as_array().unwrap().len(), 2);

    let links = ["documents", "links", "--patient", &patient.id, "--json"];
    assert_eq!(shell.run(&links).await.exits(0).lines().len(), 2);
    let list = ["documents", "list", "--limit", "3", "--json"];
    assert_eq!(shell.run(&list).await.exits(0).lines().len(), 3);
    let document = text(&json!({ "id": first["link"]["documentIds"][0] }), "id");
    let shown = shell.run(&["documents", "get", &document]).await.exits(0);
    assert!(
        shown.out.contains("ready") && shown.out.contains("One.txt"),
        "{shown:?}"
    );
}

#[tokio::test]
async fn staff_sign_in_without_their_password_being_kept_and_take_turns() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let patient = chain.patient(&chain.clinic().await).await;
    let (email, password) = (
        format!("marie-{}@example.org", fresh_number()),
        "correct horse battery",
    );
    let user = json!({ "email": email, "displayName": "Marie", "roles": ["ROLE_SECRETARY"] });
    let invited = chain.json.post("/v1/users", user).await;
    let accept = json!({
        "invitationToken": text(&invited, "invitationToken"), "password": password,
    });
    let anonymous = chain.site.anonymous();
    anonymous.post("/v1/invitations:accept", accept).await;

    let shell = Shell::of_nobody();
    shell.file("Plan.txt", PLAN);
    let login = [
        "login",
        "--url",
        chain.site.base(),
        "--organization",
        &chain.slug,
        "--email",
        &email,
    ];
    shell.run_with(&login, "wrong horse battery").await.exits(3);
    shell.run_with(&login, password).await.exits(0);
    let kept = shell.path().join("config/bitewing/credentials.json");
    let mut text = std::fs::read_to_string(&kept).unwrap();
    assert!(!text.contains(password));

    // As if the access token had ended: of two commands one gets the next, and both work.
    let mut credentials: Value = serde_json::from_str(&text).unwrap();
    credentials["who"]["accessUntil"] = json!(0);
    std::fs::write(&kept, credentials.to_string()).unwrap();
    let (send, links) = (
        ["documents", "send", "Plan.txt", "--patient", &patient.id],
        ["documents", "links", "--patient", &patient.id],
    );
    let (sent, listed) = tokio::join!(shell.run(&send), shell.run(&links));
    sent.exits(0);
    listed.exits(0);

    text = std::fs::read_to_string(&kept).unwrap();
    shell.run(&["logout"]).await.exits(0);
    shell.run(&links).await.exits(3);
    // The session is over, also for who kept the file.
    std::fs::write(
        &kept,
        text.replace("\"accessUntil\": ", "\"accessUntil\": -"),
    )
    .unwrap();
    shell.run(&links).await.exits(3);
}

#[tokio::test]
async fn completions_know_the_commands() {
    let shell = Shell::of_nobody();
    for name in ["bash", "zsh", "fish"] {
        let ran = shell.run(&["completions", name]).await.exits(0);
        assert!(ran.out.contains("max-unlocks"), "{name}");
    }
}
