//! Rows that say again what was said before cost one look, and neither touch nor lock their patients.

use crate::harness::{Harness, external_id, phone};
use bitewing_proto::patient as pb;
use bitewing_proto::patient::patient_import_service_client::PatientImportServiceClient;
use pb::ImportOutcome::{Created, Unchanged, Updated};
use sqlx::{Connection as _, PgConnection, Row as _};

fn row(h: &Harness, number: i32, id: &str, given: &str) -> pb::ImportRow {
    pb::ImportRow {
        row_number: number,
        patient: Some(pb::Patient {
            external_ids: vec![external_id("opendental", id)],
            clinic_id: h.clinic.to_string(),
            given_name: given.to_owned(),
            family_name: "Côté".to_owned(),
            contact_points: vec![phone("514 873-1234")],
            ..Default::default()
        }),
        ..Default::default()
    }
}

async fn import(h: &Harness, batch: &str, rows: Vec<pb::ImportRow>) -> Vec<pb::ImportResult> {
    let request = pb::BatchImportPatientsRequest {
        batch_id: batch.to_owned(),
        rows,
        ..Default::default()
    };
    let mut client = PatientImportServiceClient::new(h.channel.clone());
    let answer = client.batch_import_patients(h.request(request)).await;
    answer.unwrap().into_inner().results
}

fn outcomes(results: &[pb::ImportResult]) -> Vec<pb::ImportOutcome> {
    results.iter().map(pb::ImportResult::outcome).collect()
}

/// Which transactions wrote and locked the rows of patients, and where the rows are.
async fn traces(h: &Harness) -> Vec<String> {
    let mut admin = PgConnection::connect_with(&h.test.database.admin())
        .await
        .unwrap();
    let rows = sqlx::raw_sql(
        "SELECT concat_ws(' ', 'patients', xmin, xmax, ctid) AS trace FROM patients
         UNION ALL SELECT concat_ws(' ', 'external_ids', xmin, xmax, ctid) FROM external_ids
         UNION ALL SELECT concat_ws(' ', 'contact_points', xmin, xmax, ctid) FROM contact_points
         UNION ALL SELECT concat_ws(' ', 'patient_names', xmin, xmax, ctid) FROM patient_names
         ORDER BY 1",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap();
    rows.iter().map(|row| row.get("trace")).collect()
}

#[tokio::test]
async fn the_same_file_again_touches_no_patient() {
    let h = Harness::start().await;
    let file = || {
        vec![
            row(&h, 1, "1", "Anne"),
            row(&h, 2, "2", "Luc"),
            row(&h, 3, "3", "Zoé"),
        ]
    };
    let first = import(&h, "monday", file()).await;
    assert_eq!(outcomes(&first), [Created, Created, Created]);
    let before = traces(&h).await;

    let second = import(&h, "tuesday", file()).await;
    assert_eq!(outcomes(&second), [Unchanged, Unchanged, Unchanged]);
    let ids = |results: &[pb::ImportResult]| -> Vec<String> {
        results.iter().map(|one| one.patient_id.clone()).collect()
    };
    assert_eq!(ids(&first), ids(&second));
    assert_eq!(traces(&h).await, before);
    let again = import(&h, "tuesday", file()).await;
    assert!(again == second);
}

#[tokio::test]
async fn what_changed_on_either_side_is_taken() {
    let h = Harness::start().await;
    let made = import(&h, "monday", vec![row(&h, 1, "1", "Anne")]).await;
    let renamed = import(&h, "tuesday", vec![row(&h, 1, "1", "Annie")]).await;
    assert_eq!(outcomes(&renamed), [Updated]);
    // The words of monday are other words than those of tuesday.
    let back = import(&h, "wednesday", vec![row(&h, 1, "1", "Anne")]).await;
    assert_eq!(outcomes(&back), [Updated]);

    // Staff change the record: the same row does not stand for it any more, and the dental system wins.
    let request = pb::UpdatePatientRequest {
        patient: Some(pb::Patient {
            patient_id: made[0].patient_id.clone(),
            given_name: "Anna".to_owned(),
            ..Default::default()
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["given_name".to_owned()],
        }),
    };
    h.client().update_patient(h.request(request)).await.unwrap();
    let wins = import(&h, "thursday", vec![row(&h, 1, "1", "Anne")]).await;
    assert_eq!(outcomes(&wins), [Updated]);

    // A deleted patient comes back with the row.
    let request = pb::DeletePatientRequest {
        patient_id: made[0].patient_id.clone(),
        ..Default::default()
    };
    h.client().delete_patient(h.request(request)).await.unwrap();
    let revived = import(&h, "friday", vec![row(&h, 1, "1", "Anne")]).await;
    assert_eq!(outcomes(&revived), [Updated]);
}

#[tokio::test]
async fn of_two_rows_about_one_patient_the_last_counts_every_time() {
    let h = Harness::start().await;
    let file = || vec![row(&h, 1, "1", "Anne"), row(&h, 2, "1", "Annie")];
    let first = import(&h, "monday", file()).await;
    assert_eq!(outcomes(&first), [Created, Updated]);
    for batch in ["tuesday", "wednesday"] {
        import(&h, batch, file()).await;
        let anne = h.get(&h.caller, &first[0].patient_id).await.unwrap();
        assert_eq!(anne.given_name, "Annie");
    }
    // Alone, each of them is what it says.
    import(&h, "thursday", vec![row(&h, 1, "1", "Anne")]).await;
    let anne = h.get(&h.caller, &first[0].patient_id).await.unwrap();
    assert_eq!(anne.given_name, "Anne");
}

#[tokio::test]
async fn a_patient_made_by_hand_is_remembered_from_the_first_row_on() {
    let h = Harness::start().await;
    let anne = row(&h, 1, "1", "Anne").patient.unwrap();
    h.create(anne).await.unwrap();
    let first = import(&h, "monday", vec![row(&h, 1, "1", "Anne")]).await;
    assert_eq!(outcomes(&first), [Unchanged]);
    let before = traces(&h).await;
    let second = import(&h, "tuesday", vec![row(&h, 1, "1", "Anne")]).await;
    assert_eq!(outcomes(&second), [Unchanged]);
    assert_eq!(traces(&h).await, before);
}
