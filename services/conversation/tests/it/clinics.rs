use crate::harness::{Harness, bytes, paths, reason, riverside};
use bitewing_core::{ClinicId, Ids as _, SystemIds};
use bitewing_proto::conversation as pb;
use bitewing_testkit::TestCaller;
use prost_types::FieldMask;
use tonic::Code;

fn get(id: &str) -> pb::GetClinicRequest {
    pb::GetClinicRequest {
        clinic_id: id.to_owned(),
    }
}

#[tokio::test]
async fn a_clinic_reads_back_normalised_and_is_told_of() {
    let h = Harness::start().await;
    let answer = h
        .clinics()
        .get_clinic(h.request(get(&h.clinic.clinic_id)))
        .await
        .unwrap();
    let read = answer.into_inner().clinic.unwrap();
    assert!(read == h.clinic);
    assert_eq!(
        (read.phone.as_str(), read.language.as_str()),
        ("+15148730000", "fr")
    );
    assert_eq!(
        h.events_of(&read.clinic_id, "clinic.created").await,
        ["clinic.created"]
    );
    let event = h.events().await.remove(0);
    let payload = event.payload.unwrap().fields;
    let names: Vec<_> = payload.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "display_name",
            "email",
            "language",
            "phone",
            "region",
            "time_zone"
        ]
    );
}

#[tokio::test]
async fn every_fault_of_a_clinic_is_named() {
    let h = Harness::start().await;
    let clinic = pb::Clinic {
        display_name: " ".to_owned(),
        time_zone: "Montreal".to_owned(),
        phone: "12".to_owned(),
        region: "Canada".to_owned(),
        language: "klingon".to_owned(),
        address: "x".repeat(501),
        ..Default::default()
    };
    let request = pb::CreateClinicRequest {
        clinic: Some(clinic),
        ..Default::default()
    };
    let refused = h
        .clinics()
        .create_clinic(h.request(request))
        .await
        .err()
        .unwrap();
    let fields = [
        "display_name",
        "time_zone",
        "region",
        "phone",
        "language",
        "address",
    ];
    assert_eq!(
        paths(&refused),
        fields.map(|field| format!("clinic.{field}"))
    );
    let request = pb::CreateClinicRequest {
        request_id: "7".to_owned(),
        ..Default::default()
    };
    let refused = h
        .clinics()
        .create_clinic(h.request(request))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["request_id"]);
}

#[tokio::test]
async fn a_repeated_request_makes_one_clinic() {
    let h = Harness::start().await;
    let request = pb::CreateClinicRequest {
        clinic: Some(riverside()),
        request_id: SystemIds.next().to_string(),
    };
    let first = h
        .clinics()
        .create_clinic(h.request(request.clone()))
        .await
        .unwrap()
        .into_inner();
    let again = h
        .clinics()
        .create_clinic(h.request(request.clone()))
        .await
        .unwrap()
        .into_inner();
    assert!(first == again);
    let other = pb::Clinic {
        display_name: "Other".to_owned(),
        ..riverside()
    };
    let request = pb::CreateClinicRequest {
        clinic: Some(other),
        ..request
    };
    let refused = h
        .clinics()
        .create_clinic(h.request(request))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned())
    );
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_minds_the_etag() {
    let h = Harness::start().await;
    let update = |clinic: pb::Clinic, paths: &[&str]| pb::UpdateClinicRequest {
        clinic: Some(pb::Clinic {
            clinic_id: h.clinic.clinic_id.clone(),
            ..clinic
        }),
        update_mask: (!paths.is_empty()).then(|| FieldMask {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        }),
    };
    let moved = pb::Clinic {
        phone: "514 873 9999".to_owned(),
        ..Default::default()
    };
    let request = h.request(update(moved, &[]));
    let changed = h
        .clinics()
        .update_clinic(request)
        .await
        .unwrap()
        .into_inner()
        .clinic
        .unwrap();
    assert_eq!(
        (changed.phone.as_str(), changed.etag.as_str()),
        ("+15148739999", "\"2\"")
    );
    assert_eq!(changed.display_name, h.clinic.display_name);
    let told = h.events_of(&h.clinic.clinic_id, "clinic.updated").await;
    assert_eq!(told, ["clinic.created", "clinic.updated"]);

    let stale = pb::Clinic {
        etag: h.clinic.etag.clone(),
        ..riverside()
    };
    let refused = h
        .clinics()
        .update_clinic(h.request(update(stale, &[])))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::Aborted, "ETAG_MISMATCH".to_owned())
    );
    let request = h.request(update(riverside(), &["display_name", "etag"]));
    let refused = h.clinics().update_clinic(request).await.err().unwrap();
    assert_eq!(paths(&refused), ["update_mask.paths[1]"]);
    let request = h.request(update(pb::Clinic::default(), &["display_name"]));
    let refused = h.clinics().update_clinic(request).await.err().unwrap();
    assert_eq!(paths(&refused), ["clinic.display_name"]);
}

#[tokio::test]
async fn another_organizations_clinic_is_as_absent_as_none() {
    let h = Harness::start().await;
    let nobody = ClinicId::from_uuid(SystemIds.next()).to_string();
    let stranger = TestCaller::fresh();
    let of_stranger = h.request_as(&stranger, get(&h.clinic.clinic_id));
    let foreign = h.clinics().get_clinic(of_stranger).await.err().unwrap();
    let absent = h
        .clinics()
        .get_clinic(h.request(get(&nobody)))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&absent),
        (Code::NotFound, "CLINIC_NOT_FOUND".to_owned())
    );
    assert_eq!(bytes(&foreign), bytes(&absent));
    let elsewhere = TestCaller::within(&h.caller, &[ClinicId::from_uuid(SystemIds.next())]);
    let unseen = h.request_as(&elsewhere, get(&h.clinic.clinic_id));
    let unseen = h.clinics().get_clinic(unseen).await.err().unwrap();
    assert_eq!(bytes(&unseen), bytes(&absent));
    let clinic = pb::Clinic {
        clinic_id: h.clinic.clinic_id.clone(),
        ..riverside()
    };
    let request = pb::UpdateClinicRequest {
        clinic: Some(clinic),
        update_mask: None,
    };
    let request = h.request_as(&stranger, request);
    let foreign = h.clinics().update_clinic(request).await.err().unwrap();
    assert_eq!(bytes(&foreign), bytes(&absent));
}

#[tokio::test]
async fn lists_page_by_page_what_the_caller_may_see() {
    let h = Harness::start().await;
    let second = h.create_clinic(&h.caller).await;
    let third = h.create_clinic(&h.caller).await;
    let list = |page_size, token: &str| pb::ListClinicsRequest {
        page_size,
        page_token: token.to_owned(),
    };
    let page = h
        .clinics()
        .list_clinics(h.request(list(2, "")))
        .await
        .unwrap()
        .into_inner();
    assert!(page.clinics == [third, second.clone()]);
    let token = page.next_page_token;
    let rest = h
        .clinics()
        .list_clinics(h.request(list(2, &token)))
        .await
        .unwrap()
        .into_inner();
    assert!(rest.clinics == [h.clinic.clone()] && rest.next_page_token.is_empty());

    let own = TestCaller::within(&h.caller, &[second.clinic_id.parse().unwrap()]);
    let seen = h
        .clinics()
        .list_clinics(h.request_as(&own, list(0, "")))
        .await
        .unwrap();
    assert!(seen.into_inner().clinics == [second]);
    let stolen = h.request_as(&TestCaller::fresh(), list(2, &token));
    let refused = h.clinics().list_clinics(stolen).await.err().unwrap();
    assert_eq!(paths(&refused), ["page_token"]);
}
