//! A link through a mail server that is not ours, set up over the public port.

use crate::suite::json::text;
use crate::suite::patient::Holder;
use crate::suite::{Chain, Suite};
use bitewing_testkit::MailServer;
use bitewing_testkit::mail::{MailFault, MailSetup};
use serde_json::{Value, json};

const LOGIN: (&str, &str) = ("clinic", "CANARY-hush-hush");

async fn mail_server() -> MailServer {
    let setup = MailSetup {
        login: Some(LOGIN),
        ..MailSetup::default()
    };
    MailServer::start(setup).await.unwrap()
}

fn account(server: &MailServer) -> Value {
    json!({ "channelAccount": {
        "displayName": "Mail", "channels": ["CHANNEL_EMAIL"],
        "smtp": {
            "host": "127.0.0.1", "port": server.port, "security": "SMTP_SECURITY_NONE",
            "username": LOGIN.0, "password": LOGIN.1, "fromAddress": "clinic@sourire.example",
            "returnPath": "bounces.sourire.example",
        },
    }})
}

#[tokio::test]
async fn a_link_by_a_mail_server_opens_the_document() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let server = mail_server().await;
    let made = chain
        .json
        .post("/v1/channelAccounts", account(&server))
        .await;
    assert_eq!(made["channelAccount"]["smtp"]["port"], server.port);
    assert!(!made.to_string().contains(LOGIN.1), "secrets stay inside");
    let id = text(&made["channelAccount"], "channelAccountId");
    let path = format!("/v1/channelAccounts/{id}:test");
    let tested = chain.json.post(&path, json!({})).await;
    assert_eq!(tested["usable"], true);

    let clinic = chain.clinic().await;
    let patient = chain.patient(&clinic).await;
    let document = chain.document(&clinic, b"agreement").await;
    chain.link(&patient, &document).await;
    let mails = server.mails(1).await;
    let mail = &mails[0];
    assert_eq!(mail["envelope_to"], json!([patient.email]));
    assert_eq!(mail["from"][0][1], "clinic@sourire.example");
    assert_eq!(mail["defects"], json!([]));
    let (plain, html) = (text(mail, "plain"), text(mail, "html"));
    let url = plain
        .split_whitespace()
        .find(|word| word.contains("/d#"))
        .expect("the mail holds a link");
    assert!(html.contains(url), "both parts hold the same link");
    assert!(chain.arrived(&patient.email).await.is_empty());

    let (_, token) = url.split_once('#').expect("it was found by it");
    let mut holder = Holder::of(&suite.site, token);
    let session = holder.unlock(&chain, &patient).await;
    assert_eq!(holder.files(&session).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_a_mail_server_refuses_is_shown_with_its_code() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let server = mail_server().await;
    chain
        .json
        .post("/v1/channelAccounts", account(&server))
        .await;
    let unknown = MailFault::Reply("550 5.1.1 <patient> unknown");
    server.script(&[("rcpt", unknown)]).await;
    let clinic = chain.clinic().await;
    let patient = chain.patient(&clinic).await;
    let document = chain.document(&clinic, b"agreement").await;
    chain.link(&patient, &document).await;
    let path = "/v1/messages?state=MESSAGE_STATE_FAILED";
    let failed = crate::suite::eventually("the failed message", async || {
        let listed = chain.json.get(path).await;
        listed["messages"].as_array()?.first().cloned()
    })
    .await;
    assert_eq!(failed["reason"], "ADDRESS_REFUSED");
    assert_eq!(failed["providerCode"], "550 5.1.1");
}

#[tokio::test]
async fn an_address_a_mail_server_does_not_know_is_unreachable_on_the_record() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let server = mail_server().await;
    chain
        .json
        .post("/v1/channelAccounts", account(&server))
        .await;
    let unknown = MailFault::Reply("550 5.1.1 <patient> unknown");
    server.script(&[("rcpt", unknown)]).await;
    let clinic = chain.clinic().await;
    let patient = chain.patient(&clinic).await;
    let document = chain.document(&clinic, b"agreement").await;
    chain.link(&patient, &document).await;
    let path = format!("/v1/patients/{}", patient.id);
    let points = crate::suite::eventually("the mark on the address", async || {
        let record = chain.json.get(&path).await;
        let points = record["patient"]["contactPoints"].as_array()?.clone();
        let marked = |point: &Value| point["unreachableTime"].is_string();
        points.iter().any(marked).then_some(points)
    })
    .await;
    for point in points {
        if point["value"] == patient.email.as_str() {
            assert_eq!(point["unreachableReason"], "UNREACHABLE_REASON_BOUNCED");
        } else {
            assert!(point["unreachableTime"].is_null(), "the phone works");
        }
    }
}
