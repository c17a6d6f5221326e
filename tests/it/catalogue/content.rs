//! A price, a scenario, an instruction that was given and one that waits.

use crate::suite::Chain;
use crate::suite::json::text;
use serde_json::json;

/// One of each; the placeholders with `kept` stand for what a service keeps and never follows.
pub(super) async fn content(
    chain: &Chain,
    clinic: &str,
    patient: &str,
) -> [(&'static str, String); 7] {
    let price = json!({ "price": {
        "service": "implant", "names": [{ "locale": "en", "text": "an implant" }],
        "minMinorUnits": 120_000, "maxMinorUnits": 180_000, "currency": "CAD", "validUntil": "2199-12-31",
    }});
    let price = chain.json.post("/v1/prices:upsert", price).await;
    let scenario = json!({ "scenario": {
        "intent": "parking", "locale": "en", "title": "Parking", "examples": ["where can I park"],
        "answers": [{ "register": "WORDING_REGISTER_FORMAL", "body": "Behind the house." }],
    }});
    let scenario = chain.json.post("/v1/scenarios", scenario).await;
    let draft = async || {
        let instruction = json!({ "instruction": {
            "kind": "INSTRUCTION_KIND_AFTERCARE", "procedure": "extraction", "locale": "en",
            "title": "After your extraction", "body": "Bite on the swab.",
        }});
        let made = chain.json.post("/v1/instructions", instruction).await;
        text(&made["instruction"], "instructionId")
    };
    let (instruction, waiting) = (draft().await, draft().await);
    let path = format!("/v1/instructions/{instruction}");
    let sign = json!({ "signedBy": "Dr. Roy" });
    chain.json.post(&format!("{path}:approve"), sign).await;
    let give = json!({ "patientId": patient, "clinicId": clinic });
    let issue = chain.json.post(&format!("{path}:issue"), give).await;
    [
        ("$price", text(&price["price"], "priceId")),
        ("$scenario", text(&scenario["scenario"], "scenarioId")),
        ("$instruction", instruction),
        ("$draft", waiting),
        ("$issue", text(&issue["issue"], "issueId")),
        ("$kept_patient", patient.to_owned()),
        ("$kept_clinic", clinic.to_owned()),
    ]
}
