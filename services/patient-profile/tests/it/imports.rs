//! Imports: many rows, each answered for itself, done once however often they are sent.

use crate::harness::{Harness, email, external_id, paths, phone, reason};
use bitewing_auth::{Caller, Clinics};
use bitewing_proto::patient as pb;
use bitewing_testkit::TestCaller;
use pb::ImportOutcome::{Created, Rejected, Unchanged, Updated};
use pb::patient_import_service_client::PatientImportServiceClient;
use tonic::transport::Channel;
use tonic::{Code, Status};

fn client(h: &Harness) -> PatientImportServiceClient<Channel> {
    PatientImportServiceClient::new(h.channel.clone())
}

fn row(h: &Harness, number: i32, key: &str, given: &str) -> pb::ImportRow {
    pb::ImportRow {
        row_number: number,
        patient: Some(pb::Patient {
            external_ids: vec![external_id("opendental", key)],
            clinic_id: h.clinic.to_string(),
            given_name: given.to_owned(),
            family_name: "Côté".to_owned(),
            contact_points: vec![phone("(514) 873-1234")],
            ..Default::default()
        }),
        ..Default::default()
    }
}

async fn import_as(
    h: &Harness,
    caller: &Caller,
    batch: &str,
    rows: Vec<pb::ImportRow>,
) -> Result<Vec<pb::ImportResult>, Status> {
    let request = pb::BatchImportPatientsRequest {
        batch_id: batch.to_owned(),
        validate_only: false,
        rows,
    };
    let request = h.request_as(caller, request);
    let answer = client(h).batch_import_patients(request).await?;
    Ok(answer.into_inner().results)
}

async fn import(h: &Harness, batch: &str, rows: Vec<pb::ImportRow>) -> Vec<pb::ImportResult> {
    import_as(h, &h.caller, batch, rows).await.unwrap()
}

fn outcomes(results: &[pb::ImportResult]) -> Vec<pb::ImportOutcome> {
    results.iter().map(pb::ImportResult::outcome).collect()
}

async fn set_rule(h: &Harness, rule: pb::ConflictRule) {
    let request = pb::UpdateImportPolicyRequest {
        conflict_rule: rule.into(),
    };
    let answer = client(h).update_import_policy(h.request(request)).await;
    let policy = answer.unwrap().into_inner().policy.unwrap();
    assert_eq!(policy.conflict_rule(), rule);
    let request = h.request(pb::GetImportPolicyRequest {});
    let answer = client(h).get_import_policy(request).await.unwrap();
    assert_eq!(answer.into_inner().policy.unwrap().conflict_rule(), rule);
}

#[tokio::test]
async fn a_stream_of_rows_is_answered_row_by_row() {
    let h = Harness::start().await;
    let message = |batch: &str, rows| pb::ImportPatientsRequest {
        batch_id: batch.to_owned(),
        validate_only: false,
        rows,
    };
    let bad = pb::ImportRow {
        patient: Some(pb::Patient {
            birth_date: Some(pb::Date {
                year: 2001,
                month: 2,
                day: 30,
            }),
            ..row(&h, 2, "2", "Bad").patient.unwrap()
        }),
        ..row(&h, 2, "2", "Bad")
    };
    let first = message(
        "b1",
        vec![row(&h, 1, "1", "Anne"), bad, row(&h, 3, "3", "Luc")],
    );
    let second = message("b1", vec![row(&h, 4, "1", "Annie"), row(&h, 5, "3", "Luc")]);
    let requests = futures_util::stream::iter([first, second]);
    let answers = client(&h).import_patients(h.request(requests)).await;
    let mut answers = answers.unwrap().into_inner();
    let first = answers.message().await.unwrap().unwrap().results;
    assert_eq!(outcomes(&first), [Created, Rejected, Created]);
    assert_eq!(first[1].reason, "INVALID_REQUEST");
    assert_eq!(first[1].violations[0].field, "patient.birth_date");
    assert!(first[1].violations[0].description.contains("calendar"));
    let second = answers.message().await.unwrap().unwrap().results;
    assert_eq!(outcomes(&second), [Updated, Unchanged]);
    assert_eq!(second[0].patient_id, first[0].patient_id);
    assert!(answers.message().await.unwrap().is_none());

    let annie = h.get(&h.caller, &first[0].patient_id).await.unwrap();
    assert_eq!(annie.given_name, "Annie");
    assert_eq!(annie.contact_points[0].value, "+15148731234");
    let source = annie
        .field_sources
        .iter()
        .find(|one| one.field == "given_name");
    assert_eq!(source.unwrap().source, "opendental");
}

#[tokio::test]
async fn a_row_that_is_sent_again_gets_its_first_result() {
    let h = Harness::start().await;
    let rows = || {
        vec![
            row(&h, 1, "1", "Anne"),
            row(&h, 2, "2", " "),
            row(&h, 3, "3", "Luc"),
        ]
    };
    let first = import(&h, "b1", rows()).await;
    let again = import(&h, "b1", rows()).await;
    assert!(first == again);
    let made = h.get(&h.caller, &first[0].patient_id).await.unwrap();
    assert_eq!(made.etag, "\"1\"");
    let other = import(
        &h,
        "b1",
        vec![row(&h, 1, "1", "Anna"), row(&h, 4, "4", "Zoé")],
    )
    .await;
    assert_eq!(outcomes(&other), [Rejected, Created]);
    assert_eq!(other[0].reason, "IMPORT_ROW_REUSED");
    // Another batch does the rows anew, and finds everything as it should be.
    let anew = import(
        &h,
        "b2",
        vec![row(&h, 1, "1", "Anne"), row(&h, 2, "3", "Luc")],
    )
    .await;
    assert_eq!(outcomes(&anew), [Unchanged, Unchanged]);
    // Results are forgotten after a week: the number is free again.
    h.test.clock.advance(time::Duration::days(8));
    let late = import(&h, "b1", vec![row(&h, 1, "1", "Anna")]).await;
    assert_eq!(outcomes(&late), [Updated]);
}

#[tokio::test]
async fn a_dry_run_answers_and_does_nothing() {
    let h = Harness::start().await;
    let known = import(&h, "b1", vec![row(&h, 1, "1", "Anne")]).await;
    let request = pb::BatchImportPatientsRequest {
        batch_id: "b2".to_owned(),
        validate_only: true,
        rows: vec![
            row(&h, 1, "1", "Anna"),
            row(&h, 2, "2", "Luc"),
            row(&h, 3, "3", " "),
        ],
    };
    let again = request.clone();
    let dry = client(&h).batch_import_patients(h.request(request)).await;
    let dry = dry.unwrap().into_inner().results;
    assert_eq!(outcomes(&dry), [Updated, Created, Created]);
    assert_eq!(dry[0].patient_id, known[0].patient_id);
    assert_eq!(dry[1].patient_id, "");
    let anne = h.get(&h.caller, &known[0].patient_id).await.unwrap();
    assert_eq!(
        (anne.given_name.as_str(), anne.etag.as_str()),
        ("Anne", "\"1\"")
    );
    let real = import(&h, "b2", again.rows).await;
    assert_eq!(outcomes(&real), outcomes(&dry));
}

#[tokio::test]
async fn the_organization_decides_whose_word_counts() {
    let h = Harness::start().await;
    let anne = import(&h, "b1", vec![row(&h, 1, "1", "Anne")]).await;
    let id = anne[0].patient_id.clone();
    let rename = pb::UpdatePatientRequest {
        patient: Some(pb::Patient {
            patient_id: id.clone(),
            given_name: "Annie".to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    };
    h.client().update_patient(h.request(rename)).await.unwrap();
    let given = async || h.get(&h.caller, &id).await.unwrap().given_name;

    set_rule(&h, pb::ConflictRule::BitewingWins).await;
    let kept = import(&h, "b2", vec![row(&h, 1, "1", "Anna")]).await;
    assert_eq!(
        (outcomes(&kept)[0], given().await.as_str()),
        (Unchanged, "Annie")
    );

    set_rule(&h, pb::ConflictRule::NewestWins).await;
    let old = pb::ImportRow {
        source_update_time: Some(prost_types::Timestamp {
            seconds: 1_600_000_000,
            nanos: 0,
        }),
        ..row(&h, 1, "1", "Anna")
    };
    let kept = import(&h, "b3", vec![old]).await;
    assert_eq!(
        (outcomes(&kept)[0], given().await.as_str()),
        (Unchanged, "Annie")
    );
    let taken = import(&h, "b4", vec![row(&h, 1, "1", "Anna")]).await;
    assert_eq!(
        (outcomes(&taken)[0], given().await.as_str()),
        (Updated, "Anna")
    );
}

#[tokio::test]
async fn rows_reach_no_other_clinic_and_no_erased_person() {
    let h = Harness::start().await;
    let there = h.add_clinic(&h.caller, "CA");
    let anne = import(
        &h,
        "b1",
        vec![row(&h, 1, "1", "Anne"), row(&h, 2, "2", "Luc")],
    )
    .await;
    let caller = TestCaller::of(h.caller.organization(), Clinics::Only(vec![there]));
    let mut own = row(&h, 1, "1", "Anna");
    own.patient.as_mut().unwrap().clinic_id = there.to_string();
    let rows = vec![own, row(&h, 2, "9", "Zoé")];
    let refused = import_as(&h, &caller, "b2", rows).await.unwrap();
    let reasons: Vec<_> = refused.iter().map(|one| one.reason.as_str()).collect();
    assert_eq!(reasons, ["EXTERNAL_ID_TAKEN", "CLINIC_NOT_FOUND"]);

    let erase = pb::ErasePatientRequest {
        patient_id: anne[1].patient_id.clone(),
        reason: "asked to".to_owned(),
        ..Default::default()
    };
    h.client().erase_patient(h.request(erase)).await.unwrap();
    let rows = vec![row(&h, 1, "2", "Luc"), row(&h, 2, "1", "Anna")];
    let results = import(&h, "b3", rows).await;
    assert_eq!(outcomes(&results), [Rejected, Updated]);
    assert_eq!(results[0].reason, "PATIENT_ERASED");
}

#[tokio::test]
async fn the_same_rows_from_two_sides_at_once_make_each_patient_once() {
    let h = Harness::start().await;
    let rows = |batch: i32| -> Vec<_> {
        let all = (1..=200).map(|n| row(&h, n, &n.to_string(), "Anne"));
        if batch == 0 {
            all.collect()
        } else {
            all.rev().collect()
        }
    };
    let (one, two) = tokio::join!(
        import_as(&h, &h.caller, "b1", rows(0)),
        import_as(&h, &h.caller, "b2", rows(1)),
    );
    let (one, mut two) = (one.unwrap(), two.unwrap());
    two.reverse();
    for (one, two) in one.iter().zip(&two) {
        assert_eq!(one.patient_id, two.patient_id);
        let made = [one, two]
            .iter()
            .filter(|result| result.outcome() == Created)
            .count();
        assert_eq!(made, 1);
    }
}

#[tokio::test]
async fn five_hundred_hostile_rows_are_answered_with_typed_reasons() {
    let h = Harness::start().await;
    let foreign = TestCaller::fresh();
    let elsewhere = h.add_clinic(&foreign, "CA").to_string();
    let texts = [
        "=cmd|' /C calc'!A0".to_owned(),
        "a\0b".to_owned(),
        "x".repeat(5_000),
        "\u{202e}gnp.exe".to_owned(),
        "'; DROP TABLE patients; --".to_owned(),
        "\u{feff}\u{200b}".to_owned(),
        String::new(),
    ];
    let mut rows = Vec::new();
    for number in 1..=500_i32 {
        let text = texts[number as usize % texts.len()].clone();
        let mut row = row(&h, number, &format!("h{number}"), "Anne");
        let patient = row.patient.as_mut().unwrap();
        match number % 11 {
            0 => patient.given_name = text,
            1 => patient.external_ids = vec![external_id(&text, "1")],
            2 => patient.contact_points = vec![phone(&text), email(&text)],
            3 => patient.clinic_id.clone_from(&elsewhere),
            4 => {
                patient.birth_date = Some(pb::Date {
                    year: i32::MAX,
                    month: -number,
                    day: number,
                });
            }
            5 => patient.gender = number,
            6 => patient.notes = format!("{text}\u{7}"),
            7 => patient.clinic_id = text,
            8 => {
                row.source_update_time = Some(prost_types::Timestamp {
                    seconds: i64::MAX,
                    nanos: -1,
                });
            }
            9 => row.patient = None,
            _ => {
                row.update_mask = Some(prost_types::FieldMask { paths: vec![text] });
            }
        }
        rows.push(row);
    }
    let results = import(&h, "hostile", rows).await;
    assert_eq!(results.len(), 500);
    let mut rejected = 0;
    for result in &results {
        if result.outcome() == Rejected {
            rejected += 1;
            let known = ["INVALID_REQUEST", "CLINIC_NOT_FOUND"];
            assert!(known.contains(&result.reason.as_str()), "{}", result.reason);
            assert_eq!(
                result.reason == "INVALID_REQUEST",
                !result.violations.is_empty()
            );
        } else {
            assert_eq!(result.outcome(), Created);
        }
    }
    assert!(rejected > 300, "{rejected}");
}

#[tokio::test]
async fn a_message_that_is_no_batch_is_refused_as_a_whole() {
    let h = Harness::start().await;
    let twice = vec![row(&h, 1, "1", "Anne"), row(&h, 1, "2", "Luc")];
    let many = (1..=1_001).map(|n| row(&h, n, "1", "Anne")).collect();
    for (batch, rows, path) in [
        ("", vec![row(&h, 1, "1", "Anne")], "batch_id"),
        ("b/1", vec![row(&h, 1, "1", "Anne")], "batch_id"),
        ("b1", Vec::new(), "rows"),
        ("b1", many, "rows"),
        ("b1", twice, "rows[1].row_number"),
        ("b1", vec![row(&h, 0, "1", "Anne")], "rows[0].row_number"),
    ] {
        let refused = import_as(&h, &h.caller, batch, rows).await.err().unwrap();
        assert_eq!(
            reason(&refused),
            (Code::InvalidArgument, "INVALID_REQUEST".to_owned())
        );
        assert_eq!(paths(&refused), [path]);
    }
}
