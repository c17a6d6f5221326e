use crate::harness::{Harness, external_id, paths, phone, reason};
use bitewing_proto::patient as pb;
use tonic::{Code, Status};

async fn upsert(h: &Harness, patient: pb::Patient) -> Result<pb::UpsertPatientResponse, Status> {
    let request = pb::UpsertPatientRequest {
        patient: Some(patient),
        update_mask: None,
    };
    Ok(h.client()
        .upsert_patient(h.request(request))
        .await?
        .into_inner())
}

#[tokio::test]
async fn makes_once_and_changes_after() {
    let h = Harness::start().await;
    let first = upsert(&h, h.anne()).await.unwrap();
    assert!(first.created);
    let moved = pb::Patient {
        contact_points: vec![phone("418 643 1234")],
        ..h.anne()
    };
    let second = upsert(&h, moved).await.unwrap();
    let (first, patient) = (first.patient.unwrap(), second.patient.unwrap());
    assert!(!second.created);
    assert_eq!(patient.patient_id, first.patient_id);
    assert_eq!(patient.contact_points[0].value, "+14186431234");
    assert_eq!(patient.etag, "\"2\"");
}

#[tokio::test]
async fn brings_a_deleted_patient_back() {
    let h = Harness::start().await;
    let made = upsert(&h, h.anne()).await.unwrap().patient.unwrap();
    let delete = pb::DeletePatientRequest {
        patient_id: made.patient_id,
        etag: String::new(),
    };
    h.client().delete_patient(h.request(delete)).await.unwrap();
    let back = upsert(&h, h.anne()).await.unwrap().patient.unwrap();
    assert!(back.delete_time.is_none());
}

#[tokio::test]
async fn needs_exactly_one_external_id() {
    let h = Harness::start().await;
    for ids in [vec![], vec![external_id("a", "1"), external_id("b", "2")]] {
        let refused = upsert(
            &h,
            pb::Patient {
                external_ids: ids,
                ..h.anne()
            },
        )
        .await
        .err()
        .unwrap();
        assert_eq!(reason(&refused).0, Code::InvalidArgument);
        assert_eq!(paths(&refused), ["patient.external_ids"]);
    }
}
