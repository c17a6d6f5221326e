use crate::harness::{Harness, paths, phone, reason};
use bitewing_proto::patient as pb;
use serde_json::Value;
use tonic::Status;

async fn export(h: &Harness, id: &str, format: pb::ExportFormat) -> Result<Value, Status> {
    let request = pb::ExportPatientRequest {
        patient_id: id.to_owned(),
        format: format.into(),
    };
    let answer = h.client().export_patient(h.request(request)).await?;
    Ok(serde_json::from_str(&answer.into_inner().content).unwrap())
}

async fn anne(h: &Harness) -> pb::Patient {
    let patient = pb::Patient {
        title: "Dr".to_owned(),
        patronymic: "Petrovna".to_owned(),
        preferred_name: "Annie".to_owned(),
        gender: pb::Gender::Female.into(),
        birth_date: Some(pb::Date {
            year: 1975,
            month: 4,
            day: 30,
        }),
        notes: "Prefers mornings".to_owned(),
        children: vec![pb::Child {
            given_name: "Léa".to_owned(),
            ..Default::default()
        }],
        relations: vec![pb::Relation {
            kind: pb::RelationKind::Spouse.into(),
            display_name: "Paul Roy".to_owned(),
            ..Default::default()
        }],
        ..h.anne()
    };
    let made = h.create(patient).await.unwrap();
    let moved = pb::Patient {
        patient_id: made.patient_id,
        contact_points: vec![phone("418 643 1234")],
        ..Default::default()
    };
    let request = pb::UpdatePatientRequest {
        patient: Some(moved),
        update_mask: None,
    };
    let answer = h.client().update_patient(h.request(request)).await;
    answer.unwrap().into_inner().patient.unwrap()
}

#[tokio::test]
async fn json_holds_everything_also_what_was() {
    let h = Harness::start().await;
    let made = anne(&h).await;
    let all = export(&h, &made.patient_id, pb::ExportFormat::Json)
        .await
        .unwrap();
    assert_eq!(all["patient"]["notes"], "Prefers mornings");
    assert_eq!(all["patient"]["children"][0]["givenName"], "Léa");
    let closed = &all["closedContactPoints"];
    assert_eq!(closed.as_array().unwrap().len(), 2);
    assert_eq!(all["patient"]["contactPoints"][0]["value"], "+14186431234");
    let again = export(&h, &made.patient_id, pb::ExportFormat::Json)
        .await
        .unwrap();
    assert_eq!(all, again, "the same record gives the same text");
}

#[tokio::test]
async fn fhir_has_the_patient_and_who_belongs_to_the_patient() {
    let h = Harness::start().await;
    let made = anne(&h).await;
    let bundle = export(&h, &made.patient_id, pb::ExportFormat::FhirR4)
        .await
        .unwrap();
    assert_eq!(bundle["resourceType"], "Bundle");
    let entries = bundle["entry"].as_array().unwrap();
    let kinds: Vec<_> = entries
        .iter()
        .map(|entry| &entry["resource"]["resourceType"])
        .collect();
    assert_eq!(kinds, ["Patient", "RelatedPerson", "RelatedPerson"]);
    let patient = &entries[0]["resource"];
    assert_eq!(
        patient["name"][0]["given"],
        serde_json::json!(["Anne", "Petrovna"])
    );
    assert_eq!(patient["name"][1]["use"], "usual");
    assert_eq!(patient["birthDate"], "1975-04-30");
    let telecom = patient["telecom"].as_array().unwrap();
    let old = telecom.iter().filter(|point| point["use"] == "old");
    assert_eq!((telecom.len(), old.count()), (3, 2));
    assert_eq!(
        entries[1]["resource"]["patient"]["reference"],
        entries[0]["fullUrl"]
    );
}

#[tokio::test]
async fn exports_are_written_down_and_need_a_form() {
    use bitewing_proto::patient::patient_audit_service_client::PatientAuditServiceClient;
    let h = Harness::start().await;
    let made = anne(&h).await;
    let refused = export(&h, &made.patient_id, pb::ExportFormat::Unspecified).await;
    assert_eq!(paths(&refused.err().unwrap()), ["format"]);
    let absent = "pat_01h455vb4pex5vsknk084sn02q";
    let refused = export(&h, absent, pb::ExportFormat::Json).await;
    assert_eq!(reason(&refused.err().unwrap()).1, "PATIENT_NOT_FOUND");
    export(&h, &made.patient_id, pb::ExportFormat::FhirR4)
        .await
        .unwrap();
    let mut trail = PatientAuditServiceClient::new(h.channel.clone());
    let request = pb::ListPatientAuditEntriesRequest {
        resource: made.patient_id,
        ..Default::default()
    };
    let lines = trail.list_patient_audit_entries(h.request(request)).await;
    let lines = lines.unwrap().into_inner().entries;
    assert_eq!(lines[0].action, "patient.exported");
}
