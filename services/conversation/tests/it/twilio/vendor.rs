//! The vendor's own Python library is asked for the same things, at the same stand-in.

use super::desk::{ACCOUNT, Desk, TOKEN};
use bitewing_proto::conversation as pb;
use bitewing_testkit::python::{python, root};
use bitewing_testkit::twilio::{Kind, Recorded};
use serde_json::{Value, json};
use std::process::Command;

/// Runs one of the scripts of `tests/python` and reads what it prints.
fn run(script: &str, told: &Value) -> Value {
    let output = Command::new(python())
        .arg(root().join("tests/python").join(script))
        .arg(told.to_string())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {errors}");
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

/// Everything of a request that Twilio looks at.
fn seen(request: &Recorded) -> (String, String, String, String, Vec<(String, String)>) {
    (
        request.method.clone(),
        request.path.clone(),
        request.authorization.clone(),
        request.content_type.clone(),
        request.sorted(),
    )
}

async fn asks_the_same(desk: &Desk, kind: Kind, ours: &Recorded) {
    let fields: Vec<_> = ours
        .fields
        .iter()
        .map(|(name, value)| json!([name, value]))
        .collect();
    let told = json!({
        "base_url": desk.twilio.base_url(),
        "account": ACCOUNT,
        "token": TOKEN,
        "kind": if kind == Kind::Call { "call" } else { "message" },
        "fields": fields,
    });
    tokio::task::spawn_blocking(move || run("twilio_requests.py", &told))
        .await
        .unwrap();
    let theirs = desk.twilio.made(kind).pop().unwrap();
    assert_ne!(theirs.sid, ours.sid, "the library asked as well");
    assert_eq!(seen(ours), seen(&theirs));
}

#[tokio::test]
async fn the_vendors_library_asks_for_a_text_message_in_the_same_words() {
    let desk = Desk::open().await;
    let (_, ours) = desk.text().await;
    asks_the_same(&desk, Kind::Message, &ours).await;
}

#[tokio::test]
async fn the_vendors_library_asks_for_a_call_in_the_same_words() {
    let desk = Desk::open().await;
    let (_, ours) = desk.call().await;
    asks_the_same(&desk, Kind::Call, &ours).await;
}

#[tokio::test]
async fn the_vendors_validator_and_ours_agree_on_every_case() {
    let desk = Desk::open_with(crate::harness::quick(), |settings| {
        settings.secondary_auth_token = "the-next-token".to_owned();
    })
    .await;
    let (_, sent) = desk.text().await;
    let told = json!({
        "url": sent.field("StatusCallback"),
        "tokens": [TOKEN, "the-next-token"],
        "sid": sent.sid,
    });
    let cases = tokio::task::spawn_blocking(move || run("twilio_signatures.py", &told))
        .await
        .unwrap();
    let cases = cases.as_array().unwrap();
    assert!(cases.len() >= 200, "{}", cases.len());
    let (mut believed, mut refused) = (0, 0);
    for case in cases {
        let text = |name: &str| case[name].as_str().unwrap().to_owned();
        let header = |name: &str, value: String| pb::WebhookHeader {
            name: name.to_owned(),
            value,
        };
        let request = pb::IngestWebhookRequest {
            url: text("url"),
            headers: vec![
                header("content-type", text("content_type")),
                header("x-twilio-signature", text("signature")),
            ],
            body: text("body").into_bytes(),
        };
        let answer = desk.ingest(request).await.unwrap();
        let ours = answer.status != 403;
        assert_eq!(ours, case["valid"].as_bool().unwrap(), "{case}");
        if ours { believed += 1 } else { refused += 1 }
    }
    assert!(believed >= 50 && refused >= 50, "{believed} {refused}");
}
