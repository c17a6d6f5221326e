use crate::harness::{Harness, external_id, paths, reason};
use bitewing_proto::patient as pb;
use bitewing_testkit::TestCaller;
use tonic::{Code, Status};

const fn date(year: i32, month: i32, day: i32) -> pb::Date {
    pb::Date { year, month, day }
}

/// A patient with everything a receptionist may see.
fn complete(h: &Harness, guarantor: &str) -> pb::Patient {
    pb::Patient {
        title: "Dr".to_owned(),
        patronymic: "Petrovna".to_owned(),
        preferred_name: "Annie".to_owned(),
        salutation: "Madame la docteure".to_owned(),
        gender: pb::Gender::Female.into(),
        generation: pb::Generation::X.into(),
        address_form: pb::AddressForm::ByGeneration.into(),
        birth_date: Some(date(1975, 4, 30)),
        preferred_channels: vec![
            pb::ContactChannel::Whatsapp.into(),
            pb::ContactChannel::Sms.into(),
        ],
        refused_channels: vec![pb::ContactChannel::Call.into()],
        patient_since: Some(date(2001, 9, 1)),
        children: vec![pb::Child {
            given_name: "Léa".to_owned(),
            birth_date: Some(date(2012, 2, 29)),
            patient_id: String::new(),
        }],
        relations: vec![
            pb::Relation {
                kind: pb::RelationKind::Guarantor.into(),
                patient_id: guarantor.to_owned(),
                display_name: String::new(),
            },
            pb::Relation {
                kind: pb::RelationKind::Spouse.into(),
                patient_id: String::new(),
                display_name: "Paul Roy".to_owned(),
            },
        ],
        deceased: true,
        death_date: Some(date(2026, 1, 2)),
        notes: "Allergic to latex.\nPromised a call on Monday.".to_owned(),
        last_visit_time: Some(prost_types::Timestamp {
            seconds: 1_780_000_000,
            nanos: 123_456_000,
        }),
        next_visit_time: Some(prost_types::Timestamp {
            seconds: 1_790_000_000,
            nanos: 0,
        }),
        ..h.anne()
    }
}

async fn guarantor(h: &Harness) -> pb::Patient {
    let patient = pb::Patient {
        external_ids: vec![],
        ..h.anne()
    };
    h.create(patient).await.unwrap()
}

async fn upsert(h: &Harness, patient: pb::Patient) -> Result<pb::Patient, Status> {
    let request = pb::UpsertPatientRequest {
        patient: Some(patient),
        update_mask: None,
    };
    let answer = h.client().upsert_patient(h.request(request)).await?;
    Ok(answer.into_inner().patient.unwrap())
}

#[tokio::test]
async fn every_field_reads_back_and_writing_it_again_changes_nothing() {
    let h = Harness::start().await;
    let family = guarantor(&h).await;
    let sent = complete(&h, &family.patient_id);
    let made = h.create(sent.clone()).await.unwrap();
    let read = h.get(&h.caller, &made.patient_id).await.unwrap();
    assert!(made == read);
    assert!(read.children == sent.children && read.relations == sent.relations);
    assert_eq!(read.notes, sent.notes);
    assert_eq!(read.last_visit_time, sent.last_visit_time);
    assert_eq!(read.preferred_channels, sent.preferred_channels);
    let request = pb::UpdatePatientRequest {
        patient: Some(read.clone()),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["*".to_owned()],
        }),
    };
    let again = h.client().update_patient(h.request(request)).await.unwrap();
    assert_eq!(again.into_inner().patient.unwrap().etag, read.etag);
}

#[tokio::test]
async fn what_the_dental_system_sends_is_marked_and_what_staff_wrote_stays() {
    let h = Harness::start().await;
    let made = upsert(&h, h.anne()).await.unwrap();
    let source_of = |patient: &pb::Patient, field: &str| {
        let mut sources = patient.field_sources.iter();
        let found = sources.find(|source| source.field == field);
        found.map(|source| source.source.clone())
    };
    assert_eq!(
        source_of(&made, "given_name").as_deref(),
        Some("opendental")
    );
    assert_eq!(source_of(&made, "notes"), None);

    let noted = pb::Patient {
        patient_id: made.patient_id.clone(),
        notes: "Prefers mornings".to_owned(),
        given_name: "Annie".to_owned(),
        ..Default::default()
    };
    let request = pb::UpdatePatientRequest {
        patient: Some(noted),
        update_mask: None,
    };
    h.client().update_patient(h.request(request)).await.unwrap();
    let moved = pb::Patient {
        family_name: "Roy".to_owned(),
        ..h.anne()
    };
    let after = upsert(&h, moved).await.unwrap();
    assert_eq!(
        (after.notes.as_str(), after.family_name.as_str()),
        ("Prefers mornings", "Roy")
    );
    assert_eq!(source_of(&after, "notes").as_deref(), Some("bitewing"));
    assert_eq!(
        source_of(&after, "given_name").as_deref(),
        Some("opendental")
    );
    let same = upsert(
        &h,
        pb::Patient {
            family_name: "Roy".to_owned(),
            ..h.anne()
        },
    )
    .await;
    assert_eq!(
        same.unwrap().etag,
        after.etag,
        "the same again changes nothing"
    );
}

#[tokio::test]
async fn family_must_be_there_and_be_somebody_else() {
    let h = Harness::start().await;
    let made = guarantor(&h).await;
    let absent = "pat_01h455vb4pex5vsknk084sn02q";
    let refused = h.create(complete(&h, absent)).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "RELATED_PATIENT_NOT_FOUND".to_owned())
    );
    // A stranger's patient is as absent.
    let stranger = TestCaller::fresh();
    let clinic = h.add_clinic(&stranger, "CA");
    let request = pb::CreatePatientRequest {
        patient: Some(pb::Patient {
            clinic_id: clinic.to_string(),
            ..complete(&h, &made.patient_id)
        }),
        request_id: String::new(),
    };
    let refused = h
        .client()
        .create_patient(h.request_as(&stranger, request))
        .await;
    assert_eq!(
        reason(&refused.err().unwrap()).1,
        "RELATED_PATIENT_NOT_FOUND"
    );
    let own = pb::UpdatePatientRequest {
        patient: Some(pb::Patient {
            patient_id: made.patient_id.clone(),
            relations: complete(&h, &made.patient_id).relations,
            ..Default::default()
        }),
        update_mask: None,
    };
    let refused = h.client().update_patient(h.request(own)).await;
    assert_eq!(paths(&refused.err().unwrap()), ["patient.relations"]);
}

#[tokio::test]
async fn contradictions_are_named() {
    let h = Harness::start().await;
    let family = guarantor(&h).await;
    let call: i32 = pb::ContactChannel::Call.into();
    let sent = complete(&h, &family.patient_id);
    let wrong = pb::Patient {
        preferred_channels: vec![call, call, 77],
        refused_channels: vec![call],
        deceased: false,
        children: vec![pb::Child::default()],
        relations: vec![
            pb::Relation::default(),
            pb::Relation {
                display_name: "x".to_owned(),
                ..sent.relations[0].clone()
            },
        ],
        notes: "\u{1}".to_owned(),
        external_ids: vec![external_id("od", "1"), external_id("od", "1")],
        ..sent
    };
    let refused = h.create(wrong).await.err().unwrap();
    assert_eq!(
        paths(&refused),
        [
            "patient.external_ids[1]",
            "patient.preferred_channels[1]",
            "patient.preferred_channels[2]",
            "patient.refused_channels[0]",
            "patient.children[0].given_name",
            "patient.relations[0].kind",
            "patient.relations[1].patient_id",
            "patient.death_date",
            "patient.notes",
        ]
    );
}

#[tokio::test]
async fn reads_of_a_sensitive_patient_are_marked_wherever_they_happen() {
    use bitewing_proto::patient::patient_audit_service_client::PatientAuditServiceClient;
    let h = Harness::start().await;
    let patient = pb::Patient {
        sensitive: true,
        ..h.anne()
    };
    let made = h.create(patient).await.unwrap();
    h.get(&h.caller, &made.patient_id).await.unwrap();
    let list = pb::ListPatientsRequest::default();
    h.client().list_patients(h.request(list)).await.unwrap();
    let search = pb::SearchPatientsRequest {
        name: "anne".to_owned(),
        ..Default::default()
    };
    h.client().search_patients(h.request(search)).await.unwrap();
    let mut trail = PatientAuditServiceClient::new(h.channel.clone());
    let request = pb::ListPatientAuditEntriesRequest {
        resource: made.patient_id,
        ..Default::default()
    };
    let lines = trail.list_patient_audit_entries(h.request(request)).await;
    let lines = lines.unwrap().into_inner().entries;
    let reads = lines.iter().filter(|line| line.action == "patient.read");
    assert_eq!(reads.count(), 3);
}
