use crate::harness::{Harness, paths, reason};
use bitewing_proto::patient as pb;
use tonic::{Code, Status};

async fn update(h: &Harness, patient: pb::Patient, mask: &[&str]) -> Result<pb::Patient, Status> {
    let paths = mask.iter().map(|path| (*path).to_owned()).collect();
    let request = pb::UpdatePatientRequest {
        patient: Some(patient),
        update_mask: Some(prost_types::FieldMask { paths }),
    };
    Ok(h.client()
        .update_patient(h.request(request))
        .await?
        .into_inner()
        .patient
        .unwrap())
}

#[tokio::test]
async fn changes_what_the_mask_names_and_nothing_else() {
    let h = Harness::start().await;
    let made = h.create(h.anne()).await.unwrap();
    let sent = pb::Patient {
        patient_id: made.patient_id.clone(),
        preferred_name: "Annie".to_owned(),
        family_name: "ignored".to_owned(),
        ..Default::default()
    };
    let changed = update(&h, sent, &["preferred_name"]).await.unwrap();
    assert_eq!(
        (
            changed.preferred_name.as_str(),
            changed.family_name.as_str()
        ),
        ("Annie", "Côté")
    );
}

#[tokio::test]
async fn a_stale_etag_is_refused() {
    let h = Harness::start().await;
    let made = h.create(h.anne()).await.unwrap();
    let sent = pb::Patient {
        preferred_name: "Annie".to_owned(),
        ..made
    };
    update(&h, sent.clone(), &["preferred_name"]).await.unwrap();
    let refused = update(&h, sent, &["preferred_name"]).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::Aborted, "ETAG_MISMATCH".to_owned())
    );
}

#[tokio::test]
async fn an_unknown_path_is_named() {
    let h = Harness::start().await;
    let made = h.create(h.anne()).await.unwrap();
    let refused = update(&h, made, &["title", "shoe_size"])
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["update_mask.paths[1]"]);
}
