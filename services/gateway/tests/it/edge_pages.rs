//! Pages, bytes and documentation at the edge.

use crate::harness::{Harness, matched};
use serde_json::json;

#[tokio::test]
async fn a_page_passes_in_nobodys_name_with_the_real_address() {
    let harness = Harness::start().await;
    let response = harness
        .http
        .get(format!("{}/d", harness.url))
        .header("x-forwarded-for", "203.0.113.9")
        .bearer_auth("whatever")
        .send()
        .await
        .unwrap();
    assert_eq!(
        response.headers()["content-security-policy"],
        "default-src 'self'"
    );
    assert_eq!(response.text().await.unwrap(), "127.0.0.1 1 true");
}

#[tokio::test]
async fn a_trusted_proxy_is_believed() {
    let harness =
        Harness::with(|config| config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]).await;
    let request = harness.http.get(format!("{}/d", harness.url));
    let response = request
        .header("x-forwarded-for", "1.1.1.1, 203.0.113.9")
        .send()
        .await
        .unwrap();
    assert_eq!(response.text().await.unwrap(), "203.0.113.9 1 true");
}

#[tokio::test]
async fn uploads_need_a_credential_and_arrive_in_the_callers_name() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let send = |token: Option<&str>| {
        let request = harness
            .http
            .patch(format!("{}/v1/uploads/upl_1", harness.url));
        let request = request
            .header("upload-offset", "5")
            .body(vec![1; 9_000_000]);
        match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    };
    let response = send(Some(&chain.token)).send().await.unwrap();
    assert_eq!(
        response.text().await.unwrap(),
        format!("{} 5 9000000", chain.client_id)
    );
    let response = send(None).body("x").send().await.unwrap();
    assert_eq!(response.status(), 401);
}

#[tokio::test]
async fn a_path_no_service_has_is_missing() {
    let harness = Harness::start().await;
    let (status, problem) = harness.json("GET", "/d/nothing", None, None).await;
    assert_eq!(
        (status, matched(&problem)),
        (404, json!([404, "NOT_FOUND", "NO_SUCH_METHOD"]))
    );
    // Nobody listens for this one.
    let (status, _) = harness.json("GET", "/preferences", None, None).await;
    assert_eq!(status, 503);
}

#[tokio::test]
async fn the_edge_describes_itself_and_keeps_its_metrics() {
    let harness = Harness::start().await;
    let (status, document) = harness.json("GET", "/openapi.json", None, None).await;
    assert_eq!((status, &document["openapi"]), (200, &json!("3.1.0")));
    assert!(document["paths"]["/v1/documents/{document_id}"]["get"].is_object());
    for path in [
        "/docs",
        "/docs/docs.js",
        "/docs/docs.css",
        "/healthz",
        "/readyz",
    ] {
        let response = harness
            .http
            .get(format!("{}{path}", harness.url))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200, "{path}");
    }
    let response = harness
        .http
        .get(format!("{}/metrics", harness.url))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 404);
    let inside = format!("http://{}/metrics", harness.internal);
    assert_eq!(harness.http.get(inside).send().await.unwrap().status(), 200);
}
