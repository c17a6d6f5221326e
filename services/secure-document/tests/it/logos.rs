//! The clinic's picture on the page.

use crate::harness::{Harness, until};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, Response};
use serde_json::{Value, json};

async fn ask(h: &Harness, path: &str, body: Value) -> Response {
    h.http(Method::POST, &format!("/d/api/{path}"), None)
        .header("sec-fetch-site", "same-origin")
        .json(&body)
        .send()
        .await
        .unwrap()
}

async fn size(h: &Harness, token: &str) -> Value {
    let answer = ask(h, "open", json!({ "token": token })).await;
    answer.json::<Value>().await.unwrap()["clinic_logo"].clone()
}

fn tell(h: &Harness, payload: Value) {
    let (feed, clinic) = (&h.conversation.feed, h.clinic.to_string());
    feed.push(
        h.caller.organization(),
        "clinic.logo_changed",
        clinic,
        payload,
    );
}

#[tokio::test]
async fn the_page_shows_the_picture_the_clinic_has_now() {
    let h = Harness::start().await;
    let (_, token) = h.linked().await;
    assert_eq!(size(&h, &token).await, Value::Null);
    let none = ask(&h, "logo", json!({ "token": token })).await;
    assert_eq!(none.status(), 404);

    let image = STANDARD.encode(b"picture");
    tell(
        &h,
        json!({ "media_type": "image/png", "width": 120, "height": 60, "image": image }),
    );
    until(async || (size(&h, &token).await == json!({ "width": 120, "height": 60 })).then_some(()))
        .await;
    let shown = ask(&h, "logo", json!({ "token": token })).await;
    assert_eq!(shown.status(), 200);
    assert_eq!(shown.headers()["content-type"], "image/png");
    assert_eq!(shown.headers()["x-content-type-options"], "nosniff");
    assert_eq!(shown.bytes().await.unwrap().as_ref(), b"picture");

    tell(&h, json!({}));
    until(async || size(&h, &token).await.is_null().then_some(())).await;
}

#[tokio::test]
async fn who_holds_nothing_sees_no_picture() {
    let h = Harness::start().await;
    let (_, token) = h.linked().await;
    let image = STANDARD.encode(b"picture");
    tell(
        &h,
        json!({ "media_type": "image/svg+xml", "width": 9, "height": 9, "image": image }),
    );
    let payload = json!({ "media_type": "image/webp", "width": 64, "height": 64, "image": image });
    tell(&h, payload);
    until(async || (size(&h, &token).await["width"] == 64).then_some(())).await;
    let stranger = ask(&h, "logo", json!({ "token": "x" })).await;
    assert_eq!(stranger.status(), 404);
    let problem: Value = stranger.json().await.unwrap();
    assert_eq!(problem["reason"], "LINK_GONE");
    let nobody = ask(&h, "logo", json!({ "token": "" })).await;
    assert_eq!(nobody.status(), 401);
}
