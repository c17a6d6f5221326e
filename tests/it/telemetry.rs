//! What is told about a call.

use crate::suite::settings::Settings;
use crate::suite::{Chain, Child, Collector, eventually};
use bitewing_auth::Service;
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeSet;

/// The trace of the caller's own (W3C Trace Context 3.2).
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

#[tokio::test]
async fn one_trace_spans_every_service_a_link_needs() {
    let collector = Collector::start().await;
    let settings = Settings::fresh()
        .await
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint())
        .with("OTEL_BSP_SCHEDULE_DELAY", "200");
    let child = Child::start(&settings).await;
    let chain = Chain::found(&child.site).await;
    let clinic = chain.clinic().await;
    let patient = chain.patient(&clinic).await;
    let document = chain.document(&clinic, b"agreement").await;
    let request = chain
        .json
        .request(Method::POST, "/v1/links")
        .header("traceparent", format!("00-{TRACE}-b7ad6b7169203331-01"))
        .json(&json!({ "patientId": patient.id, "documentIds": [document] }));
    let answer = chain.json.send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    chain.token_in_mail(&patient, 0).await;

    let ours = || {
        collector
            .spans()
            .into_iter()
            .filter(|span| span.trace == TRACE)
    };
    let wanted = [
        Service::Gateway,
        Service::SecureDocument,
        Service::PatientProfile,
        Service::Conversation,
        Service::Template,
    ];
    let wanted: BTreeSet<String> = wanted.map(|service| service.name().to_owned()).into();
    let all = async || {
        let services: BTreeSet<_> = ours().map(|span| span.service).collect();
        services.is_superset(&wanted).then_some(())
    };
    let found = tokio::time::timeout(
        std::time::Duration::from_secs(20),
        eventually("the spans", all),
    )
    .await;
    let told: Vec<_> = ours()
        .map(|span| format!("{}: {}", span.service, span.name))
        .collect();
    assert!(found.is_ok(), "the trace holds only {told:#?}");
    for name in [
        "LinkService/CreateLink",
        "DispatchService/SendTransactional",
        "TemplateService/RenderTemplate",
    ] {
        assert!(
            told.iter().any(|span| span.ends_with(name)),
            "no {name} in {told:#?}"
        );
    }
    child.stop().await;
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let suite = crate::suite::Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let sent = chain
        .json
        .request(Method::GET, "/v1/patients/none")
        .header("x-request-id", "from-the-chain-1");
    let response = sent.send().await.unwrap();
    assert_eq!(response.headers()["x-request-id"], "from-the-chain-1");
    let problem: serde_json::Value = response.json().await.unwrap();
    assert_eq!(problem["instance"], "from-the-chain-1");
    let sent = chain
        .json
        .request(Method::GET, "/v1/patients")
        .header("x-request-id", "not a word; but two");
    let response = sent.send().await.unwrap();
    let named = response.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(!named.is_empty() && named != "not a word; but two");
}

#[tokio::test]
async fn metrics_are_told_inside_only() {
    let suite = crate::suite::Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let answer = chain.json.try_get("/metrics").await.unwrap();
    assert_eq!(answer.status, 404, "{}", answer.text);
    for service in Service::ALL {
        let url = format!("http://{}/metrics", suite.address(service));
        assert_eq!(reqwest::get(url).await.unwrap().status(), 200, "{service}");
    }
}
