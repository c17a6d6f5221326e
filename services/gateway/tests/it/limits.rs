//! Too many calls.

use crate::harness::{Harness, matched, reason};
use serde_json::json;
use tonic::Code;
use tonic_types::StatusExt as _;

#[tokio::test]
async fn a_caller_is_told_when_to_come_back() {
    let harness = Harness::with(|config| config.rates.caller = "1/3".parse().unwrap()).await;
    let (chain, other) = (harness.chain("sourire").await, harness.chain("dents").await);
    let mut refused = None;
    for _ in 0..10 {
        refused = harness.try_token(&chain.token).await.err().or(refused);
    }
    let status = refused.unwrap();
    assert_eq!(
        reason(&status),
        (Code::ResourceExhausted, "RATE_LIMITED".to_owned())
    );
    let delay = status
        .get_details_retry_info()
        .unwrap()
        .retry_delay
        .unwrap();
    assert_eq!(delay.as_secs(), 1);
    assert!(
        harness.try_token(&other.token).await.is_ok(),
        "another caller is not concerned"
    );
}

#[tokio::test]
async fn strangers_are_counted_by_their_address_and_callers_are_not() {
    let harness = Harness::with(|config| config.rates.address = "1/4".parse().unwrap()).await;
    let chain = harness.chain("sourire").await;
    let mut limited = None;
    for _ in 0..10 {
        let response = harness
            .http
            .get(format!("{}/v1/users", harness.url))
            .send()
            .await
            .unwrap();
        if response.status() == 429 {
            limited = Some(response);
        }
    }
    let response = limited.unwrap();
    assert_eq!(response.headers()["retry-after"], "1");
    let problem = response.json().await.unwrap();
    assert_eq!(
        matched(&problem),
        json!([429, "RESOURCE_EXHAUSTED", "RATE_LIMITED"])
    );
    let mut limited = false;
    for _ in 0..10 {
        let (status, _) = harness.form("/oauth2/token", &[]).await;
        limited |= status == 429;
    }
    assert!(limited);
    assert!(harness.try_token(&chain.token).await.is_ok());
}

#[tokio::test]
async fn an_organization_has_a_limit_of_its_own() {
    let harness = Harness::with(|config| config.rates.organization = "1/3".parse().unwrap()).await;
    let chain = harness.chain("sourire").await;
    let mut refused = 0;
    for _ in 0..5 {
        let token = harness.token(&chain.client_id, &chain.secret).await;
        refused += u32::from(harness.try_token(&token).await.is_err());
    }
    assert!(refused > 0);
}

#[tokio::test]
async fn what_cannot_be_served_now_is_shed() {
    let harness = Harness::with(|config| config.max_concurrency = 0).await;
    let (status, problem) = harness.json("GET", "/v1/users", None, None).await;
    assert_eq!(
        (status, matched(&problem)),
        (503, json!([503, "UNAVAILABLE", "OVERLOADED"]))
    );
    let status = harness.try_token("x").await.err().unwrap();
    assert_eq!(
        reason(&status),
        (Code::Unavailable, "OVERLOADED".to_owned())
    );
}
