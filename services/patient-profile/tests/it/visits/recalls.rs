use crate::harness::{Harness, external_id};
use bitewing_proto::patient as pb;
use bitewing_proto::patient::recall_service_client::RecallServiceClient;
use pb::UpsertOutcome::{Created, Failed};

#[tokio::test]
async fn recalls_are_mirrored_and_listed_by_day() {
    let h = Harness::start().await;
    h.create(h.anne()).await.unwrap();
    let mut recalls = RecallServiceClient::new(h.channel.clone());
    let due = |value: &str, day: i32| pb::Recall {
        external_id: Some(external_id("opendental", value)),
        patient_external_id: Some(external_id("opendental", "1234")),
        clinic_id: h.clinic.to_string(),
        kind: "hygiene".to_owned(),
        due_date: Some(pb::Date {
            year: 2027,
            month: 1,
            day,
        }),
        status: pb::RecallStatus::Due.into(),
        ..Default::default()
    };
    let bad = pb::Recall {
        due_date: None,
        ..due("r3", 1)
    };
    let request = pb::BatchUpsertRecallsRequest {
        recalls: vec![due("r2", 20), due("r1", 10), bad],
    };
    let results = recalls
        .batch_upsert_recalls(h.request(request))
        .await
        .unwrap()
        .into_inner()
        .results;
    let outcomes: Vec<_> = results.iter().map(pb::UpsertResult::outcome).collect();
    assert_eq!(outcomes, [Created, Created, Failed]);
    assert_eq!(results[2].fields, ["due_date"]);
    let request = pb::ListRecallsRequest {
        due_before: Some(pb::Date {
            year: 2027,
            month: 1,
            day: 20,
        }),
        ..Default::default()
    };
    let listed = recalls
        .list_recalls(h.request(request))
        .await
        .unwrap()
        .into_inner()
        .recalls;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].external_id.as_ref().unwrap().value, "r1");
}
