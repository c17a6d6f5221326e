use crate::harness::{Harness, email, external_id, phone, reason};
use bitewing_proto::patient as pb;
use bitewing_testkit::TestCaller;
use tonic::{Code, Status};

/// A patient and a second record of the same person.
async fn two(h: &Harness) -> (pb::Patient, pb::Patient) {
    let anne = h.create(h.anne()).await.unwrap();
    let again = pb::Patient {
        external_ids: vec![external_id("dentrix", "77")],
        given_name: "Annie".to_owned(),
        patient_since: Some(pb::Date {
            year: 2005,
            month: 3,
            day: 1,
        }),
        do_not_contact: true,
        contact_points: vec![phone("514 873 1234"), email("annie@example.org")],
        ..h.anne()
    };
    (anne, h.create(again).await.unwrap())
}

async fn merge(h: &Harness, to: &str, from: &str) -> Result<pb::Patient, Status> {
    let request = pb::MergePatientsRequest {
        patient_id: to.to_owned(),
        duplicate_patient_id: from.to_owned(),
        etag: String::new(),
    };
    let answer = h.client().merge_patients(h.request(request)).await?;
    Ok(answer.into_inner().patient.unwrap())
}

async fn unmerge(h: &Harness, to: &str, from: &str) -> Result<pb::UnmergePatientsResponse, Status> {
    let request = pb::UnmergePatientsRequest {
        patient_id: to.to_owned(),
        duplicate_patient_id: from.to_owned(),
    };
    let answer = h.client().unmerge_patients(h.request(request)).await?;
    Ok(answer.into_inner())
}

/// All but what says that something happened.
fn content(patient: &pb::Patient) -> pb::Patient {
    pb::Patient {
        etag: String::new(),
        update_time: None,
        ..patient.clone()
    }
}

#[tokio::test]
async fn the_survivor_has_what_both_had_and_stands_for_both() {
    let h = Harness::start().await;
    let (anne, again) = two(&h).await;
    let merged = merge(&h, &anne.patient_id, &again.patient_id)
        .await
        .unwrap();
    let values: Vec<_> = merged
        .contact_points
        .iter()
        .map(|point| point.value.as_str())
        .collect();
    assert_eq!(
        values,
        ["+15148731234", "anne.cote@example.org", "annie@example.org"]
    );
    assert_eq!(merged.external_ids.len(), 2);
    assert!(merged.patient_since.is_some() && merged.do_not_contact);
    assert_eq!(merged.given_name, "Anne");
    assert_eq!(
        merged.merged_patient_ids,
        std::slice::from_ref(&again.patient_id)
    );

    let read = h.get(&h.caller, &again.patient_id).await.unwrap();
    assert!(read == merged, "the duplicate's id answers the survivor");
    let upsert = pb::UpsertPatientRequest {
        patient: Some(pb::Patient {
            external_ids: vec![external_id("dentrix", "77")],
            contact_points: vec![],
            ..h.anne()
        }),
        update_mask: None,
    };
    let answer = h.client().upsert_patient(h.request(upsert)).await.unwrap();
    let answer = answer.into_inner();
    assert!(!answer.created);
    assert_eq!(answer.patient.unwrap().patient_id, anne.patient_id);
    let listed = h
        .client()
        .list_patients(h.request(pb::ListPatientsRequest::default()))
        .await
        .unwrap();
    assert_eq!(listed.into_inner().patients.len(), 1);
    let search = pb::SearchPatientsRequest {
        phone: "514 873 1234".to_owned(),
        ..Default::default()
    };
    let found = h.client().search_patients(h.request(search)).await.unwrap();
    assert_eq!(found.into_inner().patients.len(), 1);
}

#[tokio::test]
async fn unmerging_restores_both_records_as_they_were() {
    let h = Harness::start().await;
    let (anne, again) = two(&h).await;
    merge(&h, &anne.patient_id, &again.patient_id)
        .await
        .unwrap();
    let both = unmerge(&h, &anne.patient_id, &again.patient_id)
        .await
        .unwrap();
    assert!(content(&both.patient.unwrap()) == content(&anne));
    assert!(content(&both.duplicate.unwrap()) == content(&again));
    let read = h.get(&h.caller, &again.patient_id).await.unwrap();
    assert!(content(&read) == content(&again));
    let refused = unmerge(&h, &anne.patient_id, &again.patient_id).await;
    assert_eq!(
        reason(&refused.err().unwrap()),
        (Code::FailedPrecondition, "NOT_MERGED".to_owned())
    );
}

#[tokio::test]
async fn merging_again_changes_nothing() {
    let h = Harness::start().await;
    let (anne, again) = two(&h).await;
    let first = merge(&h, &anne.patient_id, &again.patient_id)
        .await
        .unwrap();
    let second = merge(&h, &anne.patient_id, &again.patient_id)
        .await
        .unwrap();
    assert!(first == second);
}

#[tokio::test]
async fn merges_over_two_steps_are_undone_from_the_last() {
    let h = Harness::start().await;
    let (anne, again) = two(&h).await;
    let third = pb::Patient {
        external_ids: vec![external_id("od", "3")],
        ..h.anne()
    };
    let third = h.create(third).await.unwrap();
    merge(&h, &anne.patient_id, &again.patient_id)
        .await
        .unwrap();
    merge(&h, &third.patient_id, &anne.patient_id)
        .await
        .unwrap();
    let read = h.get(&h.caller, &again.patient_id).await.unwrap();
    assert_eq!(read.patient_id, third.patient_id);
    let early = unmerge(&h, &anne.patient_id, &again.patient_id).await;
    assert_eq!(reason(&early.err().unwrap()).1, "PATIENT_MERGED");
    unmerge(&h, &third.patient_id, &anne.patient_id)
        .await
        .unwrap();
    unmerge(&h, &anne.patient_id, &again.patient_id)
        .await
        .unwrap();
    let read = h.get(&h.caller, &third.patient_id).await.unwrap();
    assert!(content(&read) == content(&third));
}

#[tokio::test]
async fn what_cannot_be_merged_has_a_reason() {
    let h = Harness::start().await;
    let (anne, again) = two(&h).await;
    let refused = merge(&h, &anne.patient_id, &anne.patient_id).await;
    assert_eq!(reason(&refused.err().unwrap()).1, "SAME_PATIENT");
    let stale = pb::MergePatientsRequest {
        patient_id: anne.patient_id.clone(),
        duplicate_patient_id: again.patient_id.clone(),
        etag: "\"9\"".to_owned(),
    };
    let refused = h.client().merge_patients(h.request(stale)).await;
    assert_eq!(reason(&refused.err().unwrap()).1, "ETAG_MISMATCH");
    let delete = pb::DeletePatientRequest {
        patient_id: again.patient_id.clone(),
        etag: String::new(),
    };
    h.client().delete_patient(h.request(delete)).await.unwrap();
    let refused = merge(&h, &anne.patient_id, &again.patient_id).await;
    assert_eq!(reason(&refused.err().unwrap()).1, "PATIENT_DELETED");
}

#[tokio::test]
async fn a_record_the_caller_does_not_see_is_absent() {
    let h = Harness::start().await;
    let (anne, _) = two(&h).await;
    let other = h.add_clinic(&h.caller, "CA");
    let theirs = pb::Patient {
        clinic_id: other.to_string(),
        external_ids: vec![],
        ..h.anne()
    };
    let theirs = h.create(theirs).await.unwrap();
    let here = TestCaller::within(&h.caller, &[h.clinic]);
    for (to, from) in [
        (&anne.patient_id, &theirs.patient_id),
        (&theirs.patient_id, &anne.patient_id),
    ] {
        let request = pb::MergePatientsRequest {
            patient_id: to.clone(),
            duplicate_patient_id: from.clone(),
            etag: String::new(),
        };
        let refused = h
            .client()
            .merge_patients(h.request_as(&here, request))
            .await;
        assert_eq!(
            reason(&refused.err().unwrap()),
            (Code::NotFound, "PATIENT_NOT_FOUND".to_owned())
        );
    }
}

#[tokio::test]
async fn merges_both_ways_at_once_make_one_survivor() {
    let h = Harness::start().await;
    let (anne, again) = two(&h).await;
    let (one, other) = tokio::join!(
        merge(&h, &anne.patient_id, &again.patient_id),
        merge(&h, &again.patient_id, &anne.patient_id),
    );
    assert!(one.is_ok() != other.is_ok());
    let refused = one.err().or(other.err()).unwrap();
    assert_eq!(reason(&refused).1, "PATIENT_MERGED");
}
