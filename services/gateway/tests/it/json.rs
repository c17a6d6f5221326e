//! JSON end to end.

use crate::fake::{ECHO, MISSING};
use crate::harness::{Harness, matched};
use serde_json::{Value, json};

#[tokio::test]
async fn a_call_goes_in_and_out_as_json() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let (status, answer) = harness
        .json(
            "GET",
            &format!("/v1/documents/{ECHO}"),
            Some(&chain.token),
            None,
        )
        .await;
    assert_eq!(
        (status, &answer["document"]["fileName"]),
        (200, &json!(chain.client_id))
    );
    let path = "/v1/documents?pageSize=7&pageToken=abc";
    let (_, answer) = harness.json("GET", path, Some(&chain.token), None).await;
    assert_eq!(answer, json!({ "documents": [], "nextPageToken": "7 abc" }));
}

#[tokio::test]
async fn identities_are_made_and_changed_by_json() {
    let harness = Harness::start().await;
    let operator = harness.operator().await;
    let body = json!({ "displayName": "Sourire", "slug": "sourire", "defaultLanguage": "fr" });
    let (status, made) = harness
        .json("POST", "/v1/organizations", Some(&operator), Some(body))
        .await;
    assert_eq!(
        (status, &made["organization"]["patientVisibility"]),
        (200, &json!("PATIENT_VISIBILITY_SHARED"))
    );
    let secret = made["clientSecret"].as_str().unwrap();
    let token = harness
        .token(made["clientId"].as_str().unwrap(), secret)
        .await;
    let body = json!({ "patientVisibility": "PATIENT_VISIBILITY_PER_CLINIC" });
    let path = "/v1/organization?updateMask=patientVisibility";
    let (status, changed) = harness.json("PATCH", path, Some(&token), Some(body)).await;
    assert_eq!(
        (status, &changed["organization"]["defaultLanguage"]),
        (200, &json!("fr"))
    );
    let body = json!({ "organization": "sourire", "email": "a@e.org", "password": "x" });
    let (status, problem) = harness
        .json("POST", "/v1/sessions:signIn", None, Some(body))
        .await;
    assert_eq!(
        (status, matched(&problem)),
        (401, json!([401, "UNAUTHENTICATED", "SIGN_IN_FAILED"]))
    );
}

#[tokio::test]
async fn failures_are_problems() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let token = Some(chain.token.as_str());
    let missing = format!("/v1/documents/{MISSING}");
    for (method, path, token, body, expected) in [
        (
            "GET",
            missing.as_str(),
            token,
            None,
            json!([404, "NOT_FOUND", "CLINIC_NOT_FOUND"]),
        ),
        (
            "GET",
            "/v1/nothing",
            token,
            None,
            json!([404, "NOT_FOUND", "NO_SUCH_METHOD"]),
        ),
        (
            "PUT",
            "/v1/documents",
            token,
            None,
            json!([405, "INVALID_ARGUMENT", "METHOD_NOT_ALLOWED"]),
        ),
        (
            "GET",
            "/v1/documents",
            None,
            None,
            json!([401, "UNAUTHENTICATED", "UNAUTHENTICATED"]),
        ),
        (
            "GET",
            "/v1/templates",
            token,
            None,
            json!([503, "UNAVAILABLE", "SERVICE_UNAVAILABLE"]),
        ),
        (
            "POST",
            "/v1/users",
            token,
            Some(json!({ "emial": 1 })),
            json!([400, "INVALID_ARGUMENT", "INVALID_REQUEST"]),
        ),
        (
            "POST",
            "/v1/organizations",
            token,
            Some(json!({})),
            json!([403, "PERMISSION_DENIED", "FORBIDDEN"]),
        ),
    ] {
        let (status, problem) = harness.json(method, path, token, body).await;
        assert_eq!(
            (json!(status), matched(&problem)),
            (expected[0].clone(), expected),
            "{path}"
        );
        assert!(
            problem["instance"]
                .as_str()
                .is_some_and(|id| !id.is_empty())
        );
    }
}

#[tokio::test]
async fn violations_of_the_edge_and_of_the_service_look_alike() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let fields = |problem: &Value| -> Vec<String> {
        let violations = problem["violations"].as_array().unwrap();
        violations
            .iter()
            .map(|violation| violation["field"].as_str().unwrap().to_owned())
            .collect()
    };
    let body = json!({ "email": 5, "emial": "x" });
    let (_, edge) = harness
        .json("POST", "/v1/users", Some(&chain.token), Some(body))
        .await;
    assert_eq!(fields(&edge), ["email", "emial"]);
    let body = json!({ "email": "x", "displayName": "A", "roles": ["ROLE_OWNER"] });
    let (_, service) = harness
        .json("POST", "/v1/users", Some(&chain.token), Some(body))
        .await;
    assert_eq!(fields(&service), ["email"]);
    assert_eq!(matched(&edge), matched(&service));
}

#[tokio::test]
async fn a_stream_is_lines_and_says_how_it_ended() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let path = "/v1/events:watch";
    let url = format!("{}{path}", harness.url);
    let mut response = harness
        .http
        .get(url)
        .bearer_auth(&chain.token)
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    let mut text = Vec::new();
    while !text.contains(&b'\n') {
        text.extend(response.chunk().await.unwrap().unwrap());
    }
    let line: Value =
        serde_json::from_slice(text.split(|byte| *byte == b'\n').next().unwrap()).unwrap();
    assert_eq!(line["result"]["event"]["eventType"], "organization.created");
}

#[tokio::test]
async fn bodies_are_json_and_bounded() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let send = |media_type: &'static str, body: Vec<u8>| {
        let url = format!("{}/v1/users", harness.url);
        let request = harness.http.post(url).bearer_auth(&chain.token);
        async move {
            let response = request
                .header("content-type", media_type)
                .body(body)
                .send()
                .await
                .unwrap();
            response.status().as_u16()
        }
    };
    assert_eq!(send("text/plain", b"{}".to_vec()).await, 415);
    assert_eq!(
        send("application/json; charset=utf-8", b"{".to_vec()).await,
        400
    );
    assert_eq!(
        send("application/json", vec![b' '; 4 * 1024 * 1024 + 1]).await,
        413
    );
}

#[tokio::test]
async fn answers_carry_what_browsers_should_know() {
    let harness = Harness::with(|config| {
        config.hsts = Some("max-age=63072000".parse().unwrap());
    })
    .await;
    let response = harness
        .http
        .get(format!("{}/v1/users", harness.url))
        .send()
        .await
        .unwrap();
    let headers = response.headers();
    assert_eq!(headers["content-type"], "application/problem+json");
    assert_eq!(headers["www-authenticate"], "Bearer");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["strict-transport-security"], "max-age=63072000");
    assert!(headers.contains_key("x-request-id"));
    assert!(!headers.contains_key("access-control-allow-origin"));
}
