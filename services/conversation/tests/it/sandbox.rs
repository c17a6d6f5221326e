use crate::harness::{Harness, paths, quick};
use bitewing_auth::Service;
use bitewing_proto::conversation as pb;
use bitewing_runtime::Profile;
use bitewing_testkit::{FakeClock, TestCaller};
use http::StatusCode;
use reqwest::Response;
use serde_json::Value;
use std::sync::Arc;

/// Asks as the gateway does for somebody without a credential.
async fn fetch(h: &Harness, path: &str) -> Response {
    let minter = h
        .test
        .keys
        .minter(Service::Gateway, Arc::<FakeClock>::clone(&h.test.clock));
    let token = minter.mint(None, Service::Conversation);
    let url = format!("http://{}{path}", h.address);
    reqwest::Client::new()
        .get(url)
        .bearer_auth(token)
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn lists_oldest_first_by_recipient_and_goes_on_behind_a_cursor() {
    let h = Harness::start().await;
    let mut sent = Vec::new();
    for address in ["+15148731234", "+15148735678", "+15148731234"] {
        let request = pb::SendTransactionalRequest {
            address: address.to_owned(),
            ..h.code()
        };
        let id = h.send(request).await.unwrap().message_id;
        h.wait_for(&id, pb::MessageState::Delivered).await;
        sent.push(id);
    }
    let list = |recipient: &str, token: &str, page_size| pb::ListSandboxMessagesRequest {
        recipient: recipient.to_owned(),
        page_token: token.to_owned(),
        page_size,
    };
    let ids = |page: &pb::ListSandboxMessagesResponse| -> Vec<String> {
        page.messages
            .iter()
            .map(|message| message.message_id.clone())
            .collect()
    };
    let mut client = h.sandbox();
    let one = h.request(list("+15148731234", "", 0));
    let one = client
        .list_sandbox_messages(one)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(ids(&one), [sent[0].clone(), sent[2].clone()]);
    let page = h.request(list("", "", 2));
    let page = client
        .list_sandbox_messages(page)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (ids(&page), &page.next_page_token),
        (sent[..2].to_vec(), &page.messages[1].cursor)
    );
    let rest = h.request(list("", &page.messages[0].cursor, 5));
    let rest = client
        .list_sandbox_messages(rest)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (ids(&rest), rest.next_page_token.as_str()),
        (sent[1..].to_vec(), "")
    );
    let stranger = h.request_as(&TestCaller::fresh(), list("", "", 0));
    let seen = client
        .list_sandbox_messages(stranger)
        .await
        .unwrap()
        .into_inner();
    assert!(seen.messages.is_empty());
    let forged = h.request(list("+15148731234", &page.next_page_token, -1));
    let refused = client.list_sandbox_messages(forged).await.err().unwrap();
    assert_eq!(paths(&refused), ["page_size", "page_token"]);
}

#[tokio::test]
async fn the_page_comes_whole_and_loads_nothing_from_elsewhere() {
    let h = Harness::start().await;
    let page = fetch(&h, "/sandbox").await;
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'"));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(page.headers()[name], value);
    }
    let html = page.text().await.unwrap();
    for part in html
        .split('"')
        .filter(|part| part.starts_with("/sandbox/assets/"))
    {
        let asset = fetch(&h, part).await;
        assert_eq!(asset.status(), StatusCode::OK, "{part}");
        assert!(!asset.headers()["content-type"].is_empty());
    }
    let script = fetch(&h, "/sandbox/assets/email.js").await;
    assert_eq!(
        script.headers()["content-type"],
        "text/javascript; charset=utf-8"
    );
}

#[tokio::test]
async fn the_page_shows_what_arrives() {
    let h = Harness::start().await;
    let ask = async |after: &str| -> Value {
        fetch(&h, &format!("/sandbox/api/messages?after={after}"))
            .await
            .json()
            .await
            .unwrap()
    };
    let before = ask("").await;
    assert_eq!(before["messages"], serde_json::json!([]));
    let id = h.send(h.code()).await.unwrap().message_id;
    h.wait_for(&id, pb::MessageState::Delivered).await;
    let after = ask(before["next"].as_str().unwrap()).await;
    let shown = &after["messages"][0];
    assert_eq!((&shown["id"], &shown["kind"]), (&id.into(), &"SMS".into()));
    assert_eq!(
        (&shown["to"], &shown["from"]),
        (&"+15148731234".into(), &"+15148730000".into())
    );
    assert!(shown["text"].as_str().unwrap().contains("482913"));
    assert_eq!(
        ask(after["next"].as_str().unwrap()).await["messages"],
        serde_json::json!([])
    );
}

#[tokio::test]
async fn in_production_there_is_no_page() {
    let h = Harness::start_with(Profile::Production, quick()).await;
    let unknown = fetch(&h, "/no/such/path").await;
    for path in [
        "/sandbox",
        "/sandbox/api/messages",
        "/sandbox/assets/sandbox.js",
    ] {
        let answer = fetch(&h, path).await;
        assert_eq!(answer.status(), unknown.status(), "{path}");
        assert!(!answer.text().await.unwrap().contains("sandbox"));
    }
    // Messages still arrive on the organization's own list.
    let id = h.send(h.code()).await.unwrap().message_id;
    h.wait_for(&id, pb::MessageState::Delivered).await;
    assert_eq!(h.arrived().await.len(), 1);
}
