use crate::harness::{Harness, external_id, phone, reason};
use bitewing_proto::patient as pb;
use bitewing_proto::patient::patient_audit_service_client::PatientAuditServiceClient;
use bitewing_testkit::TestCaller;
use sqlx::{Connection as _, PgConnection, Row as _};
use tonic::{Code, Status};

async fn erase(h: &Harness, id: &str) -> Result<pb::Erasure, Status> {
    let request = pb::ErasePatientRequest {
        patient_id: id.to_owned(),
        reason: "request of the patient".to_owned(),
        etag: String::new(),
    };
    let answer = h.client().erase_patient(h.request(request)).await?;
    Ok(answer.into_inner().erasure.unwrap())
}

/// Somebody with something in every place.
async fn somebody(h: &Harness) -> pb::Patient {
    let other = h
        .create(pb::Patient {
            external_ids: vec![],
            ..h.anne()
        })
        .await
        .unwrap();
    let patient = pb::Patient {
        given_name: "Zebulon".to_owned(),
        family_name: "Zimmerzauber".to_owned(),
        notes: "afraid of Zimmerzaubers".to_owned(),
        do_not_contact: true,
        children: vec![pb::Child {
            given_name: "Zebulina".to_owned(),
            ..Default::default()
        }],
        relations: vec![pb::Relation {
            kind: pb::RelationKind::Guarantor.into(),
            patient_id: other.patient_id.clone(),
            ..Default::default()
        }],
        contact_points: vec![phone("418 643 1234")],
        ..h.anne()
    };
    let made = h.create(patient).await.unwrap();
    let moved = pb::Patient {
        patient_id: made.patient_id.clone(),
        contact_points: vec![phone("418 643 5678")],
        ..Default::default()
    };
    let request = pb::UpdatePatientRequest {
        patient: Some(moved),
        update_mask: None,
    };
    h.client().update_patient(h.request(request)).await.unwrap();
    let duplicate = pb::Patient {
        external_ids: vec![external_id("dentrix", "zebu")],
        given_name: "Zebulon".to_owned(),
        ..h.anne()
    };
    let duplicate = h.create(duplicate).await.unwrap();
    // The guarantor knows the person as a child.
    let parent = pb::Patient {
        patient_id: other.patient_id,
        children: vec![pb::Child {
            given_name: "Zebulon".to_owned(),
            patient_id: made.patient_id.clone(),
            ..Default::default()
        }],
        ..Default::default()
    };
    let request = pb::UpdatePatientRequest {
        patient: Some(parent),
        update_mask: None,
    };
    h.client().update_patient(h.request(request)).await.unwrap();
    let request = pb::MergePatientsRequest {
        patient_id: made.patient_id,
        duplicate_patient_id: duplicate.patient_id,
        etag: String::new(),
    };
    let merged = h.client().merge_patients(h.request(request)).await.unwrap();
    merged.into_inner().patient.unwrap()
}

/// Every text of every table of the service, but the sealed and the hashed.
async fn everything_at_rest(h: &Harness) -> String {
    let mut admin = PgConnection::connect_with(&h.test.database.admin())
        .await
        .unwrap();
    let tables = "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
         WHERE schemaname IN ('public', 'store')";
    let tables = sqlx::raw_sql(tables).fetch_all(&mut admin).await.unwrap();
    let mut all = String::new();
    for table in tables {
        let name: String = table.get("name");
        let rows = format!("SELECT coalesce(string_agg(t::text, ' '), '') AS rows FROM {name} t");
        let rows = sqlx::raw_sql(sqlx::AssertSqlSafe(rows));
        all.push_str(rows.fetch_one(&mut admin).await.unwrap().get("rows"));
    }
    all
}

#[tokio::test]
async fn nothing_of_the_person_rests_anywhere() {
    let h = Harness::start().await;
    let patient = somebody(&h).await;
    let before = everything_at_rest(&h).await;
    let traces = [
        "Zebul",
        "zebul",
        "Zimmer",
        "zimmer",
        "4186435678",
        "4186431234",
        "zebu",
    ];
    for trace in traces {
        assert!(before.contains(trace), "{trace} was never there");
    }
    erase(&h, &patient.patient_id).await.unwrap();
    let after = everything_at_rest(&h).await;
    for trace in traces {
        assert!(!after.contains(trace), "{trace} is still there");
    }
}

#[tokio::test]
async fn the_proof_says_what_when_who_and_stays() {
    let h = Harness::start().await;
    let patient = somebody(&h).await;
    let proof = erase(&h, &patient.patient_id).await.unwrap();
    assert_eq!(proof.merged_patient_ids, patient.merged_patient_ids);
    assert!(proof.erased_by.ends_with(&h.caller.actor.id));
    assert_eq!(proof.content_hash.len(), 64);
    let rows = |table: &str| {
        let mut all = proof.erased.iter();
        all.find(|rows| rows.table == table).map(|rows| rows.rows)
    };
    assert_eq!(
        (
            rows("patients"),
            rows("closed_contact_points"),
            rows("external_ids")
        ),
        (Some(2), Some(1), Some(2))
    );
    // Two external ids; a phone and an address of somebody who was not to be contacted.
    assert_eq!(proof.kept_hashes, 5);

    let again = erase(&h, &patient.patient_id).await.unwrap();
    assert!(again == proof, "erasing again answers the same proof");
    let request = pb::GetErasureRequest {
        patient_id: patient.patient_id.clone(),
    };
    let kept = h.client().get_erasure(h.request(request)).await.unwrap();
    assert!(kept.into_inner().erasure.unwrap() == proof);

    let mut trail = PatientAuditServiceClient::new(h.channel.clone());
    let request = pb::ListPatientAuditEntriesRequest {
        resource: patient.patient_id,
        ..Default::default()
    };
    let lines = trail.list_patient_audit_entries(h.request(request)).await;
    let lines = lines.unwrap().into_inner().entries;
    assert_eq!(lines[0].action, "patient.erased");
}

#[tokio::test]
async fn the_tombstone_is_told_to_who_saw_the_patient_and_to_nobody_else() {
    let h = Harness::start().await;
    let patient = somebody(&h).await;
    erase(&h, &patient.patient_id).await.unwrap();
    let refused = h.get(&h.caller, &patient.patient_id).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "PATIENT_ERASED".to_owned())
    );
    let merged = &patient.merged_patient_ids[0];
    let refused = h.get(&h.caller, merged).await.err().unwrap();
    assert_eq!(reason(&refused).1, "PATIENT_ERASED");
    let other = h.add_clinic(&h.caller, "CA");
    let neighbour = TestCaller::within(&h.caller, &[other]);
    for caller in [&neighbour, &TestCaller::fresh()] {
        let refused = h.get(caller, &patient.patient_id).await.err().unwrap();
        assert_eq!(reason(&refused).1, "PATIENT_NOT_FOUND");
        let request = pb::GetErasureRequest {
            patient_id: patient.patient_id.clone(),
        };
        let refused = h.client().get_erasure(h.request_as(caller, request)).await;
        assert_eq!(reason(&refused.err().unwrap()).1, "ERASURE_NOT_FOUND");
    }
    let everybody = pb::ListPatientsRequest {
        show_deleted: true,
        ..Default::default()
    };
    let listed = h
        .client()
        .list_patients(h.request(everybody))
        .await
        .unwrap();
    let listed = listed.into_inner().patients;
    assert!(
        listed
            .iter()
            .all(|one| one.patient_id != patient.patient_id)
    );
    assert!(listed.iter().all(|one| one.children.is_empty()));
}

#[tokio::test]
async fn the_dental_system_does_not_bring_an_erased_patient_back() {
    let h = Harness::start().await;
    let patient = somebody(&h).await;
    erase(&h, &patient.patient_id).await.unwrap();
    for id in [
        external_id("opendental", "1234"),
        external_id("dentrix", "zebu"),
    ] {
        let request = pb::UpsertPatientRequest {
            patient: Some(pb::Patient {
                external_ids: vec![id],
                ..h.anne()
            }),
            update_mask: None,
        };
        let refused = h.client().upsert_patient(h.request(request)).await;
        assert_eq!(reason(&refused.err().unwrap()).1, "PATIENT_ERASED");
    }
}

#[tokio::test]
async fn a_merged_record_is_erased_with_its_survivor_only() {
    let h = Harness::start().await;
    let patient = somebody(&h).await;
    let refused = erase(&h, &patient.merged_patient_ids[0]).await;
    assert_eq!(reason(&refused.err().unwrap()).1, "PATIENT_MERGED");
}
