//! What nobody sends by accident: a typed refusal that names the field, or it is kept as it is.

use crate::harness::{Harness, email, external_id, phone, reason};
use bitewing_proto::patient as pb;
use tonic::Code;

/// Texts that have broken somebody's program.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "=cmd|' /C calc'!A0",
        "+1+1",
        "@SUM(A1:A9)",
        "'; DROP TABLE patients; --",
        "\" OR 1=1",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "%00%0a",
        "a\0b",
        "\u{202e}evil",
        "\u{2066}a\u{2069}",
        "\u{feff}bom",
        "line\nbreak",
        "tab\there",
        "\u{7f}",
        "\u{85}",
        "e\u{301}\u{301}\u{301}",
        "\u{fdfa}\u{fdfa}",
        "𝒜𝓃𝓃𝑒",
        "👩‍⚕️",
        "ﷺ",
        "ａｎｎｅ",
        "\u{10ffff}",
        "null",
        "undefined",
        "NaN",
        "-1",
        "9999999999999999999999",
        "true",
        "[]",
        "\\",
        "%s%n%x",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("é".repeat(120));
    texts.push("\u{fdfa}".repeat(120));
    texts.push("a".repeat(121));
    texts.push("A".repeat(1_000_000));
    texts.push("Z\u{301}".repeat(60));
    texts.push("a b ".repeat(30));
    texts
}

/// Every text in every text of a patient, one at a time.
fn rows(h: &Harness) -> Vec<pb::Patient> {
    type Put = fn(&mut pb::Patient, String);
    let places: [Put; 15] = [
        |patient, text| patient.given_name = text,
        |patient, text| patient.family_name = text,
        |patient, text| patient.patronymic = text,
        |patient, text| patient.title = text,
        |patient, text| patient.preferred_name = text,
        |patient, text| patient.salutation = text,
        |patient, text| patient.notes = text,
        |patient, text| patient.language = text,
        |patient, text| patient.external_ids = vec![external_id("od", &text)],
        |patient, text| patient.external_ids = vec![external_id(&text, "1")],
        |patient, text| patient.contact_points = vec![phone(&text)],
        |patient, text| patient.contact_points = vec![email(&text)],
        |patient, text| {
            patient.contact_points = vec![pb::ContactPoint {
                kind: pb::ContactPointKind::Handle.into(),
                channel: pb::ContactChannel::Telegram.into(),
                value: text,
                ..Default::default()
            }];
        },
        |patient, text| {
            patient.children = vec![pb::Child {
                given_name: text,
                ..Default::default()
            }];
        },
        |patient, text| {
            patient.relations = vec![pb::Relation {
                kind: pb::RelationKind::Other.into(),
                display_name: text,
                ..Default::default()
            }];
        },
    ];
    let base = pb::Patient {
        external_ids: vec![],
        contact_points: vec![],
        ..h.anne()
    };
    let texts = texts();
    let mut rows = Vec::new();
    for put in places {
        for text in &texts {
            let mut patient = base.clone();
            put(&mut patient, text.clone());
            rows.push(patient);
        }
    }
    for (year, month, day) in [
        (0, 0, 0),
        (1800, 1, 1),
        (10_000, 1, 1),
        (2001, 2, 29),
        (2001, 13, 1),
        (i32::MIN, i32::MAX, -1),
    ] {
        let wrong = Some(pb::Date { year, month, day });
        for put in [
            |patient: &mut pb::Patient, date| patient.birth_date = date,
            |patient: &mut pb::Patient, date| patient.patient_since = date,
            |patient: &mut pb::Patient, date| patient.death_date = date,
        ] {
            let mut patient = base.clone();
            put(&mut patient, wrong);
            rows.push(patient);
        }
    }
    rows
}

#[tokio::test]
async fn hostile_rows_are_refused_by_name_or_kept_as_they_are() {
    let h = Harness::start().await;
    let rows = rows(&h);
    assert!(rows.len() >= 500, "{} rows", rows.len());
    let (mut kept, mut refused) = (0, 0);
    for row in rows {
        match h.create(row.clone()).await {
            Ok(made) => {
                kept += 1;
                let read = h.get(&h.caller, &made.patient_id).await.unwrap();
                assert!(read == made);
            }
            Err(status) => {
                refused += 1;
                // An external id that two rows have is taken; a message too large never arrives.
                let good = matches!(
                    status.code(),
                    Code::InvalidArgument | Code::AlreadyExists | Code::OutOfRange
                );
                assert!(good, "{:?}", reason(&status));
            }
        }
    }
    assert!(
        kept > 100 && refused > 100,
        "{kept} kept, {refused} refused"
    );
}

#[tokio::test]
async fn things_of_other_organizations_are_not_there() {
    let h = Harness::start().await;
    let made = h.create(h.anne()).await.unwrap();
    for id in [
        "pat_",
        "PAT_01h455vb4pex5vsknk084sn02q",
        "1",
        "pat_\0",
        "cln_01h455vb4pex5vsknk084sn02q",
    ] {
        let refused = h.get(&h.caller, id).await.err().unwrap();
        assert_eq!(refused.code(), Code::InvalidArgument, "{id:?}");
    }
    let stranger = bitewing_testkit::TestCaller::fresh();
    for request in [pb::MergePatientsRequest {
        patient_id: made.patient_id.clone(),
        duplicate_patient_id: made.patient_id.clone(),
        etag: String::new(),
    }] {
        let refused = h
            .client()
            .merge_patients(h.request_as(&stranger, request))
            .await;
        assert_eq!(reason(&refused.err().unwrap()).1, "PATIENT_NOT_FOUND");
    }
    let request = pb::ErasePatientRequest {
        patient_id: made.patient_id.clone(),
        reason: "theirs".to_owned(),
        etag: String::new(),
    };
    let refused = h
        .client()
        .erase_patient(h.request_as(&stranger, request))
        .await;
    assert_eq!(reason(&refused.err().unwrap()).1, "PATIENT_NOT_FOUND");
    let request = pb::ExportPatientRequest {
        patient_id: made.patient_id,
        format: pb::ExportFormat::Json.into(),
    };
    let refused = h
        .client()
        .export_patient(h.request_as(&stranger, request))
        .await;
    assert_eq!(reason(&refused.err().unwrap()).1, "PATIENT_NOT_FOUND");
}
