//! A person as a FHIR Bundle, read by a library that is not ours.

use crate::foreign::python;
use crate::layering::root;
use crate::suite::json::text;
use crate::suite::{Chain, Suite};
use serde_json::{Value, json};
use std::process::Stdio;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

#[tokio::test]
async fn an_exported_person_is_understood_by_a_fhir_library() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let clinic = chain.clinic().await;
    let guarantor = chain.patient(&clinic).await;
    let patient = json!({ "patient": {
        "clinicId": clinic, "title": "Dr", "givenName": "Анна", "patronymic": "Петровна",
        "familyName": "Ёлкина", "preferredName": "Аня", "language": "ru", "gender": "GENDER_FEMALE",
        "birthDate": { "year": 1975, "month": 4, "day": 30 },
        "externalIds": [{ "system": "opendental", "value": "12 34" }],
        "contactPoints": [
            { "kind": "CONTACT_POINT_KIND_PHONE", "value": "+15148731234", "use": "CONTACT_POINT_USE_MOBILE" },
            { "kind": "CONTACT_POINT_KIND_EMAIL", "value": "anna@example.org" },
            { "kind": "CONTACT_POINT_KIND_HANDLE", "value": "CA.12ab", "channel": "CONTACT_CHANNEL_WHATSAPP" },
        ],
        "children": [{ "givenName": "Лев", "birthDate": { "year": 2012, "month": 2, "day": 29 } }],
        "relations": [
            { "kind": "RELATION_KIND_GUARANTOR", "patientId": guarantor.id },
            { "kind": "RELATION_KIND_SPOUSE", "displayName": "Пётр" },
        ],
        "deceased": true, "deathDate": { "year": 2026, "month": 1, "day": 2 },
    }});
    let made = chain.json.post("/v1/patients", patient).await;
    let path = format!("/v1/patients/{}", text(&made["patient"], "patientId"));
    let fewer = json!({ "contactPoints": [{ "kind": "CONTACT_POINT_KIND_EMAIL", "value": "anna@example.org" }] });
    let update = chain
        .json
        .request(reqwest::Method::PATCH, &path)
        .json(&fewer);
    assert_eq!(update.send().await.unwrap().status(), 200);
    let id = text(&made["patient"], "patientId");
    let visit = json!({ "appointment": {
        "externalId": { "system": "opendental", "value": "visit-1" }, "patientId": id, "clinicId": clinic,
        "startTime": "2099-05-04T10:00:00Z", "endTime": "2099-05-04T11:00:00Z",
        "status": "APPOINTMENT_STATUS_SCHEDULED",
    }});
    chain.json.post("/v1/appointments:upsert", visit).await;
    let consent = json!({
        "patientId": id, "clinicId": clinic, "purpose": "CONSENT_PURPOSE_MARKETING",
        "basis": "CONSENT_BASIS_EXPRESS", "wordingVersion": "offers-1", "source": "CONSENT_SOURCE_FRONT_DESK",
    });
    chain.json.post("/v1/consents", consent).await;
    let form = json!({ "format": "EXPORT_FORMAT_FHIR_R4" });
    let export = chain.json.post(&format!("{path}:export"), form).await;
    assert_eq!(export["mediaType"], "application/fhir+json");

    let told = read(&text(&export, "content")).await;
    assert_eq!(
        told["kinds"],
        json!([
            "Patient",
            "RelatedPerson",
            "RelatedPerson",
            "RelatedPerson",
            "Appointment",
            "Consent",
        ])
    );
    assert_eq!(told["understood"], true);
    assert_eq!(told["family"], "Ёлкина");
    assert_eq!(told["given"], json!(["Анна", "Петровна"]));
    assert_eq!(told["born"], "1975-04-30");
    assert_eq!(
        told["telecom"],
        json!([
            ["email", null, 1],
            ["other", "old", null],
            ["phone", "old", null]
        ])
    );
    assert_eq!(
        told["identifiers"],
        json!([
            "urn:bitewing:patient",
            "urn:bitewing:external-id:opendental"
        ])
    );
    assert_eq!(told["relationships"], json!(["GUAR", "SPS", "CHILD"]));
    assert_eq!(told["belongs"], true);
    assert_eq!(told["visits"], json!([["booked", "2099-05-04"]]));
    assert_eq!(told["consents"], json!([["active", "permit", "HMARKT"]]));
}

/// What the library says of a bundle.
async fn read(bundle: &str) -> Value {
    let mut reader = Command::new(python().await)
        .arg(root().join("tests/python/fhir_bundle.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut input = reader.stdin.take().unwrap();
    input.write_all(bundle.as_bytes()).await.unwrap();
    drop(input);
    let output = reader.wait_with_output().await.unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}\n{bundle}");
    serde_json::from_slice(&output.stdout).unwrap()
}
