//! `/oauth2/*` and `/.well-known/*`.

use crate::harness::{Harness, OPERATOR_SECRET, PASSWORD, with_token};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bitewing_proto::identity as pb;
use serde_json::{Value, json};
use tonic::Code;

const TOKEN: &str = "/oauth2/token";

fn claims(token: &str) -> Value {
    let payload = URL_SAFE_NO_PAD
        .decode(token.split('.').nth(1).unwrap())
        .unwrap();
    serde_json::from_slice(&payload).unwrap()
}

#[tokio::test]
async fn client_credentials_give_a_token_of_the_profile() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let basic = STANDARD.encode(format!("{}:{}", chain.client_id, chain.secret));
    let response = harness
        .http
        .post(format!("{}{TOKEN}", harness.url))
        .header("authorization", format!("Basic {basic}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials&scope=users.read+organization.read")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["expires_in"], 900);
    assert_eq!(answer["scope"], "organization.read users.read");
    assert!(answer.get("refresh_token").is_none());
    let token = answer["access_token"].as_str().unwrap();
    let claims = claims(token);
    assert_eq!(claims["iss"], harness.url.as_str());
    assert_eq!(
        (&claims["sub"], &claims["client_id"]),
        (&json!(chain.client_id), &json!(chain.client_id))
    );
    assert_eq!(claims["org"], chain.organization_id.as_str());
    assert!(harness.try_token(token).await.is_ok());
}

#[tokio::test]
async fn every_failure_has_the_name_of_the_rfc() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let (id, secret) = (chain.client_id.as_str(), chain.secret.as_str());
    let grant = ("grant_type", "client_credentials");
    let stranger = "cli_0000000000000000000000000000000000000000000000000000";
    for (form, status, error) in [
        (vec![], 400, "invalid_request"),
        (
            vec![("grant_type", "password")],
            400,
            "unsupported_grant_type",
        ),
        (vec![grant], 401, "invalid_client"),
        (
            vec![grant, ("client_id", id), ("client_secret", "wrong")],
            401,
            "invalid_client",
        ),
        (
            vec![grant, ("client_id", "cli_x"), ("client_secret", secret)],
            401,
            "invalid_client",
        ),
        (
            vec![grant, ("client_id", stranger), ("client_secret", secret)],
            401,
            "invalid_client",
        ),
        (
            vec![grant, ("client_id", "operator"), ("client_secret", secret)],
            401,
            "invalid_client",
        ),
        (
            vec![
                grant,
                ("client_id", id),
                ("client_secret", secret),
                ("scope", "root"),
            ],
            400,
            "invalid_scope",
        ),
        (
            vec![grant, grant, ("client_id", id)],
            400,
            "invalid_request",
        ),
        (
            vec![("grant_type", "refresh_token")],
            400,
            "invalid_request",
        ),
        (
            vec![("grant_type", "refresh_token"), ("refresh_token", "x")],
            400,
            "invalid_grant",
        ),
    ] {
        let (code, answer) = harness.form(TOKEN, &form).await;
        assert_eq!((code, answer["error"].as_str()), (status, Some(error)));
    }
}

#[tokio::test]
async fn staff_refresh_by_the_standard_grant() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    harness.user(&chain, "anne@example.org", &[1]).await;
    let session = harness
        .sign_in("sourire", "anne@example.org", PASSWORD)
        .await
        .unwrap();
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", session.refresh_token.as_str()),
    ];
    let (status, answer) = harness.form(TOKEN, &form).await;
    assert_eq!(status, 200);
    assert!(
        harness
            .try_token(answer["access_token"].as_str().unwrap())
            .await
            .is_ok()
    );
    let (status, answer) = harness.form(TOKEN, &form).await;
    assert_eq!(
        (status, answer["error"].as_str()),
        (400, Some("invalid_grant"))
    );
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_once() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let (narrow, narrow_token) = harness.client(&chain, &["organization.read"], &[]).await;
    let revoke = async |token: &str| {
        let form = [
            ("token", token),
            ("client_id", chain.client_id.as_str()),
            ("client_secret", chain.secret.as_str()),
        ];
        harness.form("/oauth2/revoke", &form).await.0
    };
    let other = harness.token(&chain.client_id, &chain.secret).await;
    // Somebody else's, nonsense, and one's own: the answer is the same.
    assert_eq!(revoke(&narrow_token).await, 200);
    assert_eq!(revoke("nonsense").await, 200);
    assert!(harness.try_token(&narrow_token).await.is_ok());
    assert_eq!(revoke(&other).await, 200);
    assert!(harness.try_token(&other).await.is_err());
    assert!(harness.try_token(&chain.token).await.is_ok());
    let operator = harness.operator().await;
    let form = [
        ("token", operator.as_str()),
        ("client_id", "operator"),
        ("client_secret", OPERATOR_SECRET),
    ];
    assert_eq!(harness.form("/oauth2/revoke", &form).await.0, 200);
    let refused = harness.try_token(&operator).await.err().unwrap();
    assert_eq!(refused.code(), Code::Unauthenticated);
    let (status, _) = harness
        .form(
            "/oauth2/revoke",
            &[("token", "x"), ("client_id", &narrow.client_id)],
        )
        .await;
    assert_eq!(status, 401);
}

#[tokio::test]
async fn introspection_tells_of_live_tokens_of_the_own_organization() {
    let harness = Harness::start().await;
    let (chain, other) = (harness.chain("sourire").await, harness.chain("dents").await);
    let ask = async |token: &str| {
        let form = [
            ("token", token),
            ("client_id", chain.client_id.as_str()),
            ("client_secret", chain.secret.as_str()),
        ];
        harness.form("/oauth2/introspect", &form).await
    };
    let (status, answer) = ask(&chain.token).await;
    assert_eq!((status, &answer["active"]), (200, &json!(true)));
    assert_eq!(answer["sub"], chain.client_id.as_str());
    let operator = harness.operator().await;
    for token in [other.token.as_str(), &operator, "x"] {
        assert_eq!(ask(token).await, (200, json!({ "active": false })));
    }
    let request = pb::CreateApiClientRequest {
        display_name: "Gone".to_owned(),
        scopes: vec!["users.read".to_owned()],
        ..Default::default()
    };
    let gone = harness
        .clients()
        .create_api_client(with_token(&chain.token, request))
        .await;
    let gone = gone.unwrap().into_inner();
    let id = gone.api_client.unwrap().client_id;
    let token = harness.token(&id, &gone.client_secret).await;
    assert_eq!(ask(&token).await.1["active"], true);
    let request = pb::DeleteApiClientRequest { client_id: id };
    harness
        .clients()
        .delete_api_client(with_token(&chain.token, request))
        .await
        .unwrap();
    assert_eq!(ask(&token).await.1["active"], false);
    let operator = [
        ("token", "x"),
        ("client_id", "operator"),
        ("client_secret", OPERATOR_SECRET),
    ];
    assert_eq!(harness.form("/oauth2/introspect", &operator).await.0, 401);
}

#[tokio::test]
async fn programs_can_find_out_by_themselves() {
    let harness = Harness::start().await;
    let (status, metadata) = harness
        .json("GET", "/.well-known/oauth-authorization-server", None, None)
        .await;
    assert_eq!(status, 200);
    assert_eq!(metadata["issuer"], harness.url.as_str());
    assert_eq!(
        metadata["token_endpoint"],
        format!("{}/oauth2/token", harness.url)
    );
    assert!(
        metadata["scopes_supported"]
            .as_array()
            .unwrap()
            .contains(&json!("documents.read"))
    );
    let (status, keys) = harness
        .json("GET", "/.well-known/jwks.json", None, None)
        .await;
    assert_eq!(status, 200);
    let key = &keys["keys"][0];
    assert_eq!(
        (&key["kty"], &key["crv"]),
        (&json!("OKP"), &json!("Ed25519"))
    );
    // The key verifies what the service signs.
    let public = jsonwebtoken::DecodingKey::from_ed_components(key["x"].as_str().unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    validation.set_audience(&[&harness.url]);
    let token = harness.operator().await;
    let read = jsonwebtoken::decode::<Value>(&token, &public, &validation).unwrap();
    assert_eq!(read.header.kid.as_deref(), key["kid"].as_str());
    assert_eq!(read.header.typ.as_deref(), Some("at+jwt"));
}
