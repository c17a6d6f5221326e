//! A batch that was the whole of a dental system: who is here and not there any more.

use crate::harness::{Harness, external_id, paths, reason};
use bitewing_auth::{Caller, Clinics};
use bitewing_core::ClinicId;
use bitewing_proto::patient as pb;
use bitewing_testkit::TestCaller;
use pb::patient_import_service_client::PatientImportServiceClient;
use std::ops::RangeInclusive;
use tonic::{Code, Status};

fn row(clinic: ClinicId, number: i32, given: &str) -> pb::ImportRow {
    pb::ImportRow {
        row_number: number,
        patient: Some(pb::Patient {
            external_ids: vec![external_id("opendental", &number.to_string())],
            clinic_id: clinic.to_string(),
            given_name: given.to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    }
}

async fn import(h: &Harness, batch: &str, rows: Vec<pb::ImportRow>) -> Vec<pb::ImportResult> {
    let request = pb::BatchImportPatientsRequest {
        batch_id: batch.to_owned(),
        validate_only: false,
        rows,
    };
    let mut client = PatientImportServiceClient::new(h.channel.clone());
    let answer = client.batch_import_patients(h.request(request)).await;
    answer.unwrap().into_inner().results
}

async fn all(h: &Harness, batch: &str, numbers: RangeInclusive<i32>) -> Vec<pb::ImportResult> {
    let rows = numbers.map(|number| row(h.clinic, number, "Anne"));
    import(h, batch, rows.collect()).await
}

fn snapshot(batch: &str, rows: i32) -> pb::FinishSnapshotRequest {
    pb::FinishSnapshotRequest {
        batch_id: batch.to_owned(),
        system: "opendental".to_owned(),
        row_count: rows,
        ..Default::default()
    }
}

async fn finish_as(
    h: &Harness,
    caller: &Caller,
    request: pb::FinishSnapshotRequest,
) -> Result<pb::FinishSnapshotResponse, Status> {
    let mut client = PatientImportServiceClient::new(h.channel.clone());
    let answer = client
        .finish_snapshot(h.request_as(caller, request))
        .await?;
    Ok(answer.into_inner())
}

async fn finish(
    h: &Harness,
    request: pb::FinishSnapshotRequest,
) -> Result<pb::FinishSnapshotResponse, Status> {
    finish_as(h, &h.caller, request).await
}

#[tokio::test]
async fn who_is_not_in_the_snapshot_is_told_and_deleted_and_comes_back_with_the_next_one() {
    let h = Harness::start().await;
    let first = all(&h, "monday", 1..=100).await;
    h.create(pb::Patient {
        external_ids: Vec::new(),
        ..h.anne()
    })
    .await
    .unwrap();
    h.test.clock.advance(time::Duration::hours(1));
    all(&h, "tuesday", 1..=96).await;
    let told = finish(&h, snapshot("tuesday", 96)).await.unwrap();
    assert_eq!(
        (told.patient_count, told.missing_count, told.deleted_count),
        (100, 4, 0)
    );
    let mut values: Vec<_> = told
        .missing
        .iter()
        .map(|one| one.external_value.as_str())
        .collect();
    values.sort_unstable();
    assert_eq!(values, ["100", "97", "98", "99"]);
    let last = &first[99].patient_id;
    assert!(h.get(&h.caller, last).await.unwrap().delete_time.is_none());

    let delete = pb::FinishSnapshotRequest {
        delete_missing: true,
        ..snapshot("tuesday", 96)
    };
    let done = finish(&h, delete.clone()).await.unwrap();
    assert_eq!((done.missing_count, done.deleted_count), (4, 4));
    assert!(h.get(&h.caller, last).await.unwrap().delete_time.is_some());
    let again = finish(&h, delete).await.unwrap();
    assert_eq!(
        (
            again.patient_count,
            again.missing_count,
            again.deleted_count
        ),
        (96, 0, 0)
    );

    let back = all(&h, "wednesday", 1..=100).await;
    assert_eq!(&back[99].patient_id, last);
    assert!(h.get(&h.caller, last).await.unwrap().delete_time.is_none());
}

#[tokio::test]
async fn a_snapshot_that_is_not_whole_or_too_different_deletes_nobody() {
    let h = Harness::start().await;
    all(&h, "monday", 1..=100).await;
    h.test.clock.advance(time::Duration::hours(1));
    let mut rows: Vec<_> = (1..=90)
        .map(|number| row(h.clinic, number, "Anne"))
        .collect();
    rows[89] = row(h.clinic, 90, " \u{202e}");
    let results = import(&h, "tuesday", rows).await;
    assert_eq!(results[89].outcome(), pb::ImportOutcome::Rejected);
    let delete = |rows| pb::FinishSnapshotRequest {
        delete_missing: true,
        ..snapshot("tuesday", rows)
    };
    let kept = vec!["90".to_owned()];
    let whole = || pb::FinishSnapshotRequest {
        kept_values: kept.clone(),
        ..delete(90)
    };
    let refused = |outcome: Result<_, Status>| reason(&outcome.err().unwrap());
    let precondition = |name: &str| (Code::FailedPrecondition, name.to_owned());
    // One row too few, and a rejected one nobody speaks for.
    assert_eq!(
        refused(finish(&h, delete(91)).await),
        precondition("SNAPSHOT_INCOMPLETE")
    );
    assert_eq!(
        refused(finish(&h, delete(90)).await),
        precondition("SNAPSHOT_INCOMPLETE")
    );
    assert_eq!(
        refused(finish(&h, snapshot("never", 1)).await),
        precondition("SNAPSHOT_INCOMPLETE")
    );
    assert_eq!(
        refused(finish(&h, whole()).await),
        precondition("SNAPSHOT_TOO_DIFFERENT")
    );
    let told = finish(
        &h,
        pb::FinishSnapshotRequest {
            delete_missing: false,
            ..whole()
        },
    )
    .await
    .unwrap();
    assert_eq!((told.missing_count, told.deleted_count), (10, 0));
    assert!(told.missing.iter().all(|one| one.external_value != "90"));
    let done = finish(
        &h,
        pb::FinishSnapshotRequest {
            max_missing_percent: 10,
            ..whole()
        },
    )
    .await;
    assert_eq!(done.unwrap().deleted_count, 10);
}

#[tokio::test]
async fn clinics_are_counted_each_for_itself_and_reached_only_by_who_may() {
    let h = Harness::start().await;
    let small = h.add_clinic(&h.caller, "CA");
    let of = |clinic, numbers: RangeInclusive<i32>| {
        numbers.map(move |number| row(clinic, number, "Anne"))
    };
    import(
        &h,
        "monday",
        of(h.clinic, 1..=190).chain(of(small, 191..=200)).collect(),
    )
    .await;
    h.test.clock.advance(time::Duration::hours(1));
    // Of all patients one in a hundred is missing, of the small clinic's two of ten.
    import(
        &h,
        "tuesday",
        of(h.clinic, 1..=190).chain(of(small, 191..=198)).collect(),
    )
    .await;
    let delete = pb::FinishSnapshotRequest {
        delete_missing: true,
        ..snapshot("tuesday", 198)
    };
    let refused = finish(&h, delete.clone()).await.err().unwrap();
    assert_eq!(reason(&refused).1, "SNAPSHOT_TOO_DIFFERENT");
    let home = pb::FinishSnapshotRequest {
        clinic_id: h.clinic.to_string(),
        ..delete.clone()
    };
    assert_eq!(finish(&h, home).await.unwrap().patient_count, 190);

    let elsewhere = TestCaller::of(h.caller.organization(), Clinics::Only(vec![h.clinic]));
    let own = finish_as(&h, &elsewhere, delete.clone()).await.unwrap();
    assert_eq!((own.patient_count, own.deleted_count), (190, 0));
    let theirs = pb::FinishSnapshotRequest {
        clinic_id: small.to_string(),
        ..delete
    };
    let refused = finish_as(&h, &elsewhere, theirs.clone())
        .await
        .err()
        .unwrap();
    assert_eq!(reason(&refused).1, "CLINIC_NOT_FOUND");
    let stranger = finish_as(&h, &TestCaller::fresh(), theirs)
        .await
        .err()
        .unwrap();
    assert_eq!(reason(&stranger).1, "CLINIC_NOT_FOUND");
}

#[tokio::test]
async fn who_was_made_after_the_snapshot_or_was_merged_is_not_missing() {
    let h = Harness::start().await;
    let monday = all(&h, "monday", 1..=3).await;
    h.test.clock.advance(time::Duration::hours(1));
    let late = pb::Patient {
        external_ids: vec![external_id("opendental", "late")],
        ..h.anne()
    };
    h.create(late).await.unwrap();
    all(&h, "tuesday", 1..=2).await;
    let merge = pb::MergePatientsRequest {
        patient_id: monday[2].patient_id.clone(),
        duplicate_patient_id: monday[1].patient_id.clone(),
        ..Default::default()
    };
    h.client().merge_patients(h.request(merge)).await.unwrap();
    let taken = prost_types::Timestamp {
        seconds: bitewing_core::Clock::now(&*h.test.clock).unix_timestamp() - 60,
        nanos: 0,
    };
    let told = finish(
        &h,
        pb::FinishSnapshotRequest {
            snapshot_time: Some(taken),
            ..snapshot("tuesday", 2)
        },
    )
    .await;
    assert_eq!(told.unwrap().missing_count, 0);
    for (request, path) in [
        (snapshot("b/1", 1), "batch_id"),
        (snapshot("tuesday", 0), "row_count"),
        (
            pb::FinishSnapshotRequest {
                system: "Open Dental".to_owned(),
                ..snapshot("tuesday", 2)
            },
            "system",
        ),
        (
            pb::FinishSnapshotRequest {
                max_missing_percent: 101,
                ..snapshot("tuesday", 2)
            },
            "max_missing_percent",
        ),
        (
            pb::FinishSnapshotRequest {
                kept_values: vec![String::new()],
                ..snapshot("tuesday", 2)
            },
            "kept_values[0]",
        ),
        (
            pb::FinishSnapshotRequest {
                kept_values: vec!["1".to_owned(); 10_001],
                ..snapshot("tuesday", 2)
            },
            "kept_values",
        ),
    ] {
        assert_eq!(paths(&finish(&h, request).await.err().unwrap()), [path]);
    }
}
