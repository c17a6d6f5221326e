//! What clinics say, as a page for a manager to read.

use super::driver;
use super::stage::Stage;
use crate::suite::grpc::fresh_address;
use serde_json::json;

#[tokio::test]
async fn a_manager_reads_what_clinics_say() {
    let stage = Stage::set().await;
    let kinds = stage.chain.json.get("/v1/wordingKinds?pageSize=1000").await;
    let kinds = kinds["kinds"].as_array().unwrap();
    let messages: usize = kinds
        .iter()
        .map(|kind| 2 * kind["channels"].as_array().unwrap().len())
        .sum();
    let job = json!({ "items": [
        { "scheme": "light", "address": fresh_address() },
        { "scheme": "dark", "address": fresh_address() },
    ]});
    let found = driver::run(&stage.chain, &[], "library", job).await;
    assert_eq!(found["serious"], json!([]));
    assert_eq!(found["wide"], json!([0, 0, 0, 0]));
    assert_eq!(found["faults"], json!([]));
    assert_eq!(found["violations"], json!([]));
    let russian = &found["pages"]["ru"];
    assert_eq!(russian["headings"], json!(kinds.len()));
    assert_eq!(russian["messages"], json!(messages));
    assert_eq!(russian["quoted"], json!(["ru"]));
    assert_eq!(russian["current"], json!(["Русский"]));
    let top = found["at"].as_f64().unwrap();
    assert!((0.0..640.0).contains(&top), "the kind is in sight: {top}");
    assert_eq!(found["printed"]["navigation"], false);
    assert_eq!(found["printed"]["messages"], true);
    assert!(found["printed"]["paper"].as_u64().unwrap() > 10_000);
    assert_eq!(found["missing"], 404);
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(found["headers"][name], value, "{name}");
    }
    let policy = found["headers"]["content-security-policy"].as_str();
    assert!(policy.is_some_and(|policy| policy.starts_with("default-src 'none'")));
}
