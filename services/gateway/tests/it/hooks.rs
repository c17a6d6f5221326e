//! What providers call back, at the edge.

use crate::harness::Harness;
use reqwest::{RequestBuilder, Response};
use sqlx::{ConnectOptions as _, Row as _};
use std::time::{Duration, Instant};

/// As a token is.
const TOKEN: &str = "tokentokentokentokentokentokentokentokentokentokentokentokentoke";

fn post(h: &Harness, rest: &str) -> RequestBuilder {
    h.http.post(format!("{}/hooks/{TOKEN}/{rest}", h.url))
}

/// Requests that wait, as whoever holds the database sees them.
async fn kept(h: &Harness) -> i64 {
    let mut admin = h.test.database.admin().connect().await.unwrap();
    let count = "SELECT count(*) FROM store.job";
    let row = sqlx::raw_sql(count).fetch_one(&mut admin).await.unwrap();
    row.get(0)
}

async fn send(request: RequestBuilder) -> Response {
    request.send().await.unwrap()
}

#[tokio::test]
async fn a_request_passes_byte_for_byte_and_its_answer_comes_back() {
    let h = Harness::start().await;
    let body: &[u8] = b"a=%C3%A9&Unknown=+1&z=\xff\x00";
    let request = post(&h, "message/msg_1?x=%2f&y=a+b")
        .header("x-twilio-signature", "c2lnbmVk")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", "Bearer whatever")
        .header("cookie", "session=1")
        .body(body);
    let answer = send(request).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/xml");
    assert_eq!(answer.text().await.unwrap(), "<Response/>");
    let [seen] = &h.conversation.webhooks()[..] else {
        panic!("one request");
    };
    assert_eq!(seen.body, body);
    let url = format!(
        "{}/hooks/{TOKEN}/message/msg_1?x=%2f&y=a+b",
        h.config.public_url
    );
    assert_eq!(seen.url, url);
    let header = |name: &str| {
        let found = seen.headers.iter().find(|header| header.name == name);
        found.map(|header| header.value.as_str())
    };
    assert_eq!(header("x-twilio-signature"), Some("c2lnbmVk"));
    assert_eq!(
        header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(header("authorization"), None);
    assert_eq!(header("cookie"), None);
}

#[tokio::test]
async fn a_forged_request_is_answered_so() {
    let h = Harness::start().await;
    let answer = send(post(&h, "message/msg_1").body("forged")).await;
    assert_eq!(
        (
            answer.status().as_u16(),
            answer.text().await.unwrap().as_str()
        ),
        (403, "")
    );
}

#[tokio::test]
async fn what_no_provider_was_given_goes_no_further() {
    let h = Harness::start().await;
    for path in [
        "/hooks",
        "/hooks/",
        "/hooks/short/message/msg_1",
        "/hooks//",
    ] {
        let answer = send(h.http.post(format!("{}{path}", h.url)).body("x")).await;
        assert_eq!(answer.status(), 404, "{path}");
    }
    let answer = send(h.http.get(format!("{}/hooks/{TOKEN}/message/msg_1", h.url))).await;
    assert_eq!(answer.status(), 405);
    assert_eq!(answer.headers()["allow"], "POST");
    assert!(h.conversation.webhooks().is_empty());
}

#[tokio::test]
async fn what_is_too_much_goes_no_further() {
    let h = Harness::start().await;
    let largest = send(post(&h, "message/msg_1").body(vec![b'x'; 65_536])).await;
    assert_eq!(largest.status(), 200);
    let larger = send(post(&h, "message/msg_1").body(vec![b'x'; 65_537])).await;
    assert_eq!(larger.status(), 413);
    let long = send(post(&h, &"x".repeat(4_000)).body("x")).await;
    assert_eq!(long.status(), 414);
    let header = send(post(&h, "m").header("x-long", "x".repeat(4_001)).body("x")).await;
    assert_eq!(header.status(), 431);
    assert_eq!(h.conversation.webhooks().len(), 1);
}

#[tokio::test]
async fn providers_are_asked_to_come_back_while_nobody_takes_what_they_bring() {
    let h = Harness::start().await;
    for body in ["away", "broken"] {
        let answer = send(post(&h, "message/msg_1").body(body)).await;
        assert_eq!(answer.status(), 503, "{body}");
        assert_eq!(answer.headers()["retry-after"], "30", "{body}");
    }
}

#[tokio::test]
async fn one_address_calls_only_so_often() {
    let h = Harness::with(|config| config.rates.hook = "1/2".parse().unwrap()).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let answer = send(post(&h, "message/msg_1").body("x")).await;
        statuses.push((
            answer.status().as_u16(),
            answer.headers().contains_key("retry-after"),
        ));
    }
    assert_eq!(statuses, [(200, false), (200, false), (429, true)]);
}

#[tokio::test]
async fn what_can_wait_is_handed_on_once_somebody_is_back() {
    let h = Harness::start().await;
    h.conversation.go_away();
    // A repeated request is kept once.
    for _ in 0..2 {
        let request = post(&h, "message/msg_1")
            .header("x-twilio-signature", "c2lnbmVk")
            .body("MessageStatus=delivered");
        assert_eq!(send(request).await.status(), 503);
    }
    // Somebody waited for this one on the line: it must not be heard later.
    assert_eq!(
        send(post(&h, "key/msg_1").body("Digits=1")).await.status(),
        503
    );
    assert_eq!(kept(&h).await, 1);
    h.conversation.come_back();
    let seen = h.conversation.first_webhook().await;
    assert_eq!(seen.body, b"MessageStatus=delivered");
    assert!(seen.url.ends_with("/message/msg_1"));
    assert!(seen.headers.iter().any(|header| header.value == "c2lnbmVk"));
    let deadline = Instant::now() + Duration::from_secs(30);
    while kept(&h).await != 0 {
        assert!(
            Instant::now() < deadline,
            "it is kept although it was heard"
        );
        tokio::task::yield_now().await;
    }
    assert_eq!(h.conversation.webhooks().len(), 1);
}
