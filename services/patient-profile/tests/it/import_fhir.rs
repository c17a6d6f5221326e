//! ImportFhir: files of resources, in pieces of any size.

use crate::harness::{Harness, email, external_id, paths, phone, reason};
use bitewing_proto::patient as pb;
use bitewing_testkit::TestCaller;
use pb::ImportOutcome::{Created, Rejected, Skipped, Unchanged, Updated};
use pb::patient_import_service_client::PatientImportServiceClient;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use prost_reflect::ReflectMessage as _;
use serde_json::{Value, json};
use tonic::{Code, Status};

fn import(h: &Harness, batch: &str, format: pb::FhirFormat) -> pb::FhirImport {
    pb::FhirImport {
        batch_id: batch.to_owned(),
        format: format.into(),
        system: "epic".to_owned(),
        clinic_id: h.clinic.to_string(),
        ..Default::default()
    }
}

/// Sends a file in pieces; answers what became of each resource, by number.
async fn send(
    h: &Harness,
    import: pb::FhirImport,
    file: &[u8],
    piece: usize,
) -> Result<Vec<pb::FhirResult>, Status> {
    let mut messages = vec![pb::ImportFhirRequest {
        import: Some(import),
        data: Vec::new(),
    }];
    messages.extend(file.chunks(piece).map(|data| pb::ImportFhirRequest {
        import: None,
        data: data.to_vec(),
    }));
    let mut client = PatientImportServiceClient::new(h.channel.clone());
    let stream = futures_util::stream::iter(messages);
    let mut answers = client.import_fhir(h.request(stream)).await?.into_inner();
    let mut results = Vec::new();
    while let Some(answer) = answers.message().await? {
        assert!(answer.results.len() <= 1_000);
        results.extend(answer.results);
    }
    results.sort_by_key(|result| result.resource_number);
    Ok(results)
}

fn patient(number: usize, given: &str) -> Value {
    json!({
        "resourceType": "Patient", "identifier": [{ "system": "urn:mrn", "value": number.to_string() }],
        "name": [{ "given": [given], "family": "Côté" }],
        "telecom": [{ "system": "phone", "value": "(514) 873-1234" }], "birthDate": "1980-12-31",
    })
}

fn lines(resources: &[Value]) -> Vec<u8> {
    let lines: Vec<String> = resources.iter().map(Value::to_string).collect();
    lines.join("\n").into_bytes()
}

fn outcomes(results: &[pb::FhirResult]) -> Vec<pb::ImportOutcome> {
    results.iter().map(pb::FhirResult::outcome).collect()
}

#[tokio::test]
async fn every_resource_of_a_file_is_answered_however_it_is_cut() {
    let h = Harness::start().await;
    let mut late = patient(3, "Zoé");
    late["birthDate"] = json!("1980-02-30");
    let mut unreachable = patient(4, "Luc");
    unreachable["telecom"] =
        json!([{ "system": "fax", "value": "1" }, { "system": "phone", "value": "none" }]);
    let mut file = lines(&[
        patient(1, "Anne"),
        json!({ "resourceType": "Observation", "status": "final" }),
        late,
        unreachable,
        patient(1, "Annie"),
    ]);
    file.extend_from_slice(b"\n{\"resourceType\":");
    let wanted = [Created, Skipped, Rejected, Rejected, Updated, Rejected];
    let ndjson = pb::FhirFormat::Ndjson;
    let first = send(&h, import(&h, "b1", ndjson), &file, 11).await.unwrap();
    assert_eq!(outcomes(&first), wanted);
    assert_eq!(first[2].violations[0].field, "Patient.birthDate");
    assert_eq!(first[3].violations[0].field, "Patient.telecom[1].value");
    assert!(
        first
            .iter()
            .all(|one| one.reason.is_empty() || one.reason == "INVALID_REQUEST")
    );
    let kinds: Vec<_> = first.iter().map(|one| one.resource_type.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "Patient",
            "Observation",
            "Patient",
            "Patient",
            "Patient",
            ""
        ]
    );

    // The same file again, in one piece, is answered as it was; another batch finds everything as it should be.
    let again = send(&h, import(&h, "b1", ndjson), &file, usize::MAX).await;
    assert!(again.unwrap() == first);
    let anew = lines(&[patient(1, "Annie")]);
    let anew = send(&h, import(&h, "b2", ndjson), &anew, 1_000)
        .await
        .unwrap();
    assert_eq!(outcomes(&anew), [Unchanged]);
    let annie = h.get(&h.caller, &first[0].patient_id).await.unwrap();
    assert_eq!(
        (annie.given_name.as_str(), annie.external_ids.len()),
        ("Annie", 1)
    );
    assert_eq!(annie.external_ids[0].system, "epic");
}

#[tokio::test]
async fn a_dry_run_makes_nobody_and_a_thousand_patients_are_answered_in_turn() {
    let h = Harness::start().await;
    let all: Vec<Value> = (1..=1_200).map(|number| patient(number, "Anne")).collect();
    let bundle = json!({
        "resourceType": "Bundle", "type": "collection",
        "entry": all.iter().map(|one| json!({ "resource": one })).collect::<Vec<_>>(),
    });
    let dry = pb::FhirImport {
        validate_only: true,
        ..import(&h, "b1", pb::FhirFormat::Json)
    };
    let file = bundle.to_string().into_bytes();
    let answered = send(&h, dry, &file, 1 << 20).await.unwrap();
    assert_eq!(answered.len(), 1_200);
    assert!(
        answered
            .iter()
            .all(|one| one.outcome() == Created && one.patient_id.is_empty())
    );
    let real = send(&h, import(&h, "b1", pb::FhirFormat::Json), &file, 50_000)
        .await
        .unwrap();
    assert!(
        real.iter()
            .all(|one| one.outcome() == Created && !one.patient_id.is_empty())
    );
    assert_eq!(real.len(), 1_200);
}

#[tokio::test]
async fn a_stream_that_is_none_is_refused_as_a_whole() {
    let h = Harness::start().await;
    let good = || import(&h, "b1", pb::FhirFormat::Ndjson);
    let clinic = pb::FhirClinic {
        name: "Organization/1".to_owned(),
        clinic_id: h.clinic.to_string(),
    };
    for (import, path) in [
        (
            pb::FhirImport {
                batch_id: "b/1".to_owned(),
                ..good()
            },
            "import.batch_id",
        ),
        (
            pb::FhirImport {
                format: 0,
                ..good()
            },
            "import.format",
        ),
        (
            pb::FhirImport {
                format: 9,
                ..good()
            },
            "import.format",
        ),
        (
            pb::FhirImport {
                system: "Epic!".to_owned(),
                ..good()
            },
            "import.system",
        ),
        (
            pb::FhirImport {
                clinic_id: "cln_".to_owned(),
                ..good()
            },
            "import.clinic_id",
        ),
        (
            pb::FhirImport {
                identifier_system: "x".repeat(256),
                ..good()
            },
            "import.identifier_system",
        ),
        (
            pb::FhirImport {
                clinics: vec![clinic.clone(); 1_001],
                ..good()
            },
            "import.clinics",
        ),
        (
            pb::FhirImport {
                clinics: vec![clinic; 2],
                ..good()
            },
            "import.clinics[1].name",
        ),
    ] {
        let refused = send(&h, import, b"", 1).await.err().unwrap();
        assert_eq!(
            reason(&refused),
            (Code::InvalidArgument, "INVALID_REQUEST".to_owned())
        );
        assert_eq!(paths(&refused), [path]);
    }
    let mut client = PatientImportServiceClient::new(h.channel.clone());
    let long = pb::ImportFhirRequest {
        import: Some(good()),
        data: vec![b' '; (1 << 20) + 1],
    };
    let twice = pb::ImportFhirRequest {
        import: Some(good()),
        data: Vec::new(),
    };
    let none = pb::ImportFhirRequest {
        import: None,
        data: b"{}".to_vec(),
    };
    for (messages, path) in [
        (vec![long], "data"),
        (vec![twice.clone(), twice], "import"),
        (vec![none], "import"),
    ] {
        let stream = futures_util::stream::iter(messages);
        let mut answers = client
            .import_fhir(h.request(stream))
            .await
            .unwrap()
            .into_inner();
        let refused = loop {
            match answers.message().await {
                Ok(answer) => assert!(answer.is_some()),
                Err(refused) => break refused,
            }
        };
        assert_eq!(paths(&refused), [path]);
    }
}

#[tokio::test]
async fn five_hundred_hostile_resources_are_answered_with_typed_reasons() {
    let h = Harness::start().await;
    let elsewhere = h.add_clinic(&TestCaller::fresh(), "CA").to_string();
    let texts = [
        "=cmd|' /C calc'!A0".to_owned(),
        "a\0b".to_owned(),
        "x".repeat(50_000),
        "\u{202e}gnp.exe".to_owned(),
        "'; DROP TABLE patients; --".to_owned(),
        "9999-99-99".to_owned(),
        String::new(),
    ];
    let mut file = Vec::new();
    for number in 1..=500_usize {
        let text = texts[number % texts.len()].as_str();
        let mut one = patient(number, "Anne");
        match number % 10 {
            0 => one["name"][0]["given"][0] = json!(text),
            1 => one["identifier"][0]["value"] = json!(text),
            2 => {
                one["telecom"] = json!([{ "system": "phone", "value": text }, { "system": "email", "value": text }]);
            }
            3 => {
                one["managingOrganization"] = json!({ "identifier": { "system": "urn:bitewing:clinic", "value": elsewhere } });
            }
            4 => one["birthDate"] = json!(text),
            5 => {
                one["telecom"] = json!(vec![
                    json!({ "system": "email", "value": "a@example.org" });
                    300
                ]);
            }
            6 => one["name"] = json!({ "family": [text] }),
            7 => one = json!([one]),
            8 => one["contact"] = json!([{ "name": { "text": text } }]),
            _ => {}
        }
        match number % 50 {
            9 => file.extend("[".repeat(5_000).into_bytes()),
            19 => file.extend(b"\xff\xfe\x00{}"),
            29 => file.extend(vec![b'x'; (1 << 20) + 5]),
            _ => file.extend(one.to_string().into_bytes()),
        }
        file.push(b'\n');
    }
    let results = send(
        &h,
        import(&h, "hostile", pb::FhirFormat::Ndjson),
        &file,
        100_000,
    )
    .await
    .unwrap();
    assert_eq!(results.len(), 500);
    let rejected: Vec<_> = results
        .iter()
        .filter(|one| one.outcome() == Rejected)
        .collect();
    assert!(rejected.len() > 200, "{}", rejected.len());
    for one in rejected {
        match one.reason.as_str() {
            "INVALID_REQUEST" => assert!(!one.violations.is_empty()),
            reason => assert_eq!(reason, "CLINIC_NOT_FOUND"),
        }
    }
    h.create(h.anne()).await.unwrap();
}

async fn export(h: &Harness, id: &str) -> String {
    let request = pb::ExportPatientRequest {
        patient_id: id.to_owned(),
        format: pb::ExportFormat::FhirR4.into(),
    };
    let answer = h.client().export_patient(h.request(request)).await.unwrap();
    answer.into_inner().content
}

type Day = (i32, i32, i32);
type Names = (String, String, Option<String>, Option<String>);
type Facts = (Option<Day>, i32, &'static str, bool);
type Family = (Vec<(String, Option<Day>)>, Option<String>, i32);
type Points = (Vec<(u32, i32, i32)>, bool, bool);

/// What a person is made of.
fn anybody() -> impl Strategy<Value = (Names, Facts, Family, Points)> {
    let name = || "[A-ZÀÉЖ][a-zéñжя]{1,8}( [A-Z][a-z]{1,5})?";
    let day = || prop::option::of((1930_i32..2020, 1_i32..=12, 1_i32..=28));
    let languages = prop::sample::select(vec!["", "fr", "ru", "pt"]);
    (
        (
            name(),
            name(),
            prop::option::of(name()),
            prop::option::of(name()),
        ),
        (day(), 0_i32..=3, languages, any::<bool>()),
        (
            prop::collection::vec((name(), day()), 0..3),
            prop::option::of(name()),
            1_i32..=7,
        ),
        (
            prop::collection::vec((100_000_u32..1_000_000, 0_i32..=4, 0_i32..=4), 0..3),
            any::<bool>(),
            any::<bool>(),
        ),
    )
}

fn day((year, month, day): Day) -> pb::Date {
    pb::Date { year, month, day }
}

fn person((names, facts, family, points): (Names, Facts, Family, Points)) -> pb::Patient {
    let (given_name, family_name, middle, called) = names;
    let (born, gender, language, deceased) = facts;
    let (children, relative, kind) = family;
    let (phones, mail, handle) = points;
    let phones = phones.into_iter().zip(4..);
    let phones = phones.map(|((number, line_type, usage), place)| pb::ContactPoint {
        line_type,
        r#use: usage,
        ..phone(&format!("+1514{place}{number}"))
    });
    let mut contact_points: Vec<_> = phones.collect();
    contact_points.extend(mail.then(|| email("somebody@example.org")));
    contact_points.extend(handle.then(|| pb::ContactPoint {
        kind: pb::ContactPointKind::Handle.into(),
        channel: pb::ContactChannel::Whatsapp.into(),
        value: "CA.12ab".to_owned(),
        ..Default::default()
    }));
    let children = children.into_iter().map(|(given_name, born)| pb::Child {
        given_name,
        birth_date: born.map(day),
        ..Default::default()
    });
    let relations = relative.into_iter().map(|display_name| pb::Relation {
        kind,
        display_name,
        ..Default::default()
    });
    pb::Patient {
        given_name,
        family_name,
        patronymic: middle.unwrap_or_default(),
        preferred_name: called.unwrap_or_default(),
        birth_date: born.map(day),
        gender,
        language: language.to_owned(),
        deceased,
        death_date: deceased.then(|| day((2024, 2, 29))),
        children: children.collect(),
        relations: relations.collect(),
        contact_points,
        ..Default::default()
    }
}

/// What a FHIR export says of somebody, in a form that can be shown.
fn said(patient: &pb::Patient) -> Value {
    let mut said = patient.clone();
    for point in &mut said.contact_points {
        (point.create_time, point.verify_time, point.verified) = (None, None, false);
    }
    let said = pb::Patient {
        patient_id: String::new(),
        external_ids: Vec::new(),
        clinic_id: String::new(),
        create_time: None,
        update_time: None,
        etag: String::new(),
        field_sources: Vec::new(),
        ..said
    };
    serde_json::to_value(said.transcode_to_dynamic()).unwrap()
}

#[tokio::test]
async fn a_person_who_was_exported_comes_back_as_the_same_person() {
    let h = Harness::start().await;
    let mut runner = TestRunner::deterministic();
    for number in 0..40 {
        let mut somebody = person(anybody().new_tree(&mut runner).unwrap().current());
        somebody.clinic_id = h.clinic.to_string();
        somebody.external_ids = vec![external_id("abeldent", &number.to_string())];
        let made = h
            .create(somebody)
            .await
            .unwrap_or_else(|refused| panic!("{refused:?}"));
        let made = h.get(&h.caller, &made.patient_id).await.unwrap();
        let file = export(&h, &made.patient_id).await;

        // Here nothing changes.
        let batch = format!("same-{number}");
        let results = send(
            &h,
            import(&h, &batch, pb::FhirFormat::Json),
            file.as_bytes(),
            37,
        )
        .await;
        let results = results.unwrap();
        assert_eq!(results[0].outcome(), Unchanged, "{file}");
        assert_eq!(results[0].patient_id, made.patient_id);

        // Where the person is not known, the same person is made.
        let elsewhere = file.replace("external-id:abeldent", "external-id:other");
        let batch = format!("other-{number}");
        let results = send(
            &h,
            import(&h, &batch, pb::FhirFormat::Json),
            elsewhere.as_bytes(),
            4_096,
        )
        .await;
        let results = results.unwrap();
        assert_eq!(results[0].outcome(), Created, "{file}");
        let copy = h.get(&h.caller, &results[0].patient_id).await.unwrap();
        assert_eq!(said(&copy), said(&made), "{file}");
        assert!(copy.external_ids == [external_id("other", &number.to_string())]);
    }
}
