//! Visits and statements of consent as FHIR R4 (https://hl7.org/fhir/R4/appointment.html, consent.html).

use super::fhir::object;
use crate::store::Kept;
use serde_json::{Value, json};

const PURPOSE: &str = "http://terminology.hl7.org/CodeSystem/v3-PurposeOfUse";

/// The resources, in the order of the rows.
pub(super) fn resources(patient: &Value, kept: &Kept) -> Vec<Value> {
    let visits = kept.rows("appointments").iter();
    let visits = visits.map(|row| appointment(patient, row));
    let statements = kept.rows("consents");
    let consents = statements.iter().enumerate().map(|(place, row)| {
        // Of statements about the same the last one counts.
        let later = statements[place + 1..].iter().any(|later| {
            ["purpose", "channel", "address_kind"]
                .into_iter()
                .all(|name| later[name] == row[name])
        });
        consent(patient, row, !later)
    });
    visits.chain(consents).collect()
}

fn appointment(patient: &Value, row: &Value) -> Value {
    let status = match row["status"].as_i64() {
        Some(3) => "arrived",
        Some(4) => "fulfilled",
        Some(5) => "cancelled",
        Some(6) => "noshow",
        _ => "booked",
    };
    let agreed = if row["status"].as_i64() == Some(1) {
        "needs-action"
    } else {
        "accepted"
    };
    let mut participants = vec![json!({ "actor": patient, "status": agreed })];
    if let Some(provider) = row["provider"].as_str().filter(|name| !name.is_empty()) {
        participants.push(json!({ "actor": { "display": provider }, "status": "accepted" }));
    }
    let service = row["service"].as_str().filter(|name| !name.is_empty());
    object([
        ("resourceType", json!("Appointment")),
        (
            "identifier",
            json!([{
                "system": format!("urn:bitewing:external-id:{}", row["system"].as_str().unwrap_or_default()),
                "value": row["external_value"],
            }]),
        ),
        ("status", json!(status)),
        (
            "serviceType",
            json!(service.map(|name| json!([{ "text": name }]))),
        ),
        ("start", row["starts_at"].clone()),
        ("end", row["ends_at"].clone()),
        ("participant", json!(participants)),
    ])
}

fn consent(patient: &Value, row: &Value, stands: bool) -> Value {
    // The numbers of the contract's ConsentState and ConsentPurpose.
    let granted = row["state"].as_i64() == Some(1);
    let (rule, kind) = if granted {
        ("OPTIN", "permit")
    } else {
        ("OPTOUT", "deny")
    };
    let purpose = match row["purpose"].as_i64() {
        Some(1 | 2) => Some("TREAT"),
        Some(3) => Some("HPAYMT"),
        Some(5) => Some("HMARKT"),
        _ => None,
    };
    let coded =
        |system: &str, code: &str| json!({ "coding": [{ "system": system, "code": code }] });
    let provision = object([
        ("type", json!(kind)),
        (
            "purpose",
            json!(purpose.map(|code| json!([{ "system": PURPOSE, "code": code }]))),
        ),
    ]);
    object([
        ("resourceType", json!("Consent")),
        ("status", json!(if stands { "active" } else { "inactive" })),
        (
            "scope",
            coded(
                "http://terminology.hl7.org/CodeSystem/consentscope",
                "patient-privacy",
            ),
        ),
        ("category", json!([coded("http://loinc.org", "59284-0")])),
        ("patient", patient.clone()),
        ("dateTime", row["occurred_at"].clone()),
        (
            "policyRule",
            coded("http://terminology.hl7.org/CodeSystem/v3-ActCode", rule),
        ),
        ("provision", provision),
    ])
}
