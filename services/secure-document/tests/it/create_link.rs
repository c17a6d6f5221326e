use crate::harness::{Harness, paths, pdf, point, reason, why};
use bitewing_core::{ClinicId, DocumentId, Ids as _, PatientId, SystemIds};
use bitewing_proto::conversation::Channel;
use bitewing_proto::document as pb;
use bitewing_proto::patient as patient_pb;
use bitewing_proto::template::TemplateKind;
use bitewing_testkit::TestCaller;
use prost_types::Timestamp;
use tonic::Code;

#[tokio::test]
async fn the_link_goes_to_the_patient_and_is_never_answered() {
    let h = Harness::start().await;
    h.set_regions(&["CA"]).await;
    let document = h.ready().await;
    let link = h.create_link(h.link_request(&[&document])).await.unwrap();
    assert_eq!(link.state(), pb::LinkState::Issued);
    assert_eq!(link.code_channel(), pb::CodeChannel::Sms);
    assert_eq!(
        (link.email_hint.as_str(), link.phone_hint.as_str()),
        ("a•••@example.org", "78")
    );
    assert_eq!((link.max_unlocks, link.unlocks, link.codes_sent), (3, 0, 0));
    let life = link.expire_time.unwrap().seconds - link.create_time.unwrap().seconds;
    assert_eq!(life, 14 * 86_400);

    let letter = h.letter(&link.link_id).await.request;
    assert_eq!(
        (letter.kind(), letter.channel()),
        (TemplateKind::DocumentLink, Channel::Email)
    );
    assert_eq!(
        (letter.address.as_str(), letter.language.as_str()),
        ("anne.cote@example.org", "fr")
    );
    assert_eq!(letter.clinic_id, h.clinic.to_string());
    assert_eq!(letter.variables["clinic_name"], "Clinique du Parc");
    assert_eq!(letter.variables["organization_name"], "Chaîne dentaire");
    assert!(letter.secret.starts_with("http://127.0.0.1:7000/d#"));
    assert_eq!(letter.not_after, link.expire_time);
    assert!(h.link(&link.link_id).await.link_id == link.link_id);
    assert_eq!(h.events(&link.link_id).await, ["link.issued"]);
}

#[tokio::test]
async fn a_landline_is_called() {
    let h = Harness::start().await;
    h.put_patient(|patient| {
        patient.contact_points[1].set_line_type(patient_pb::LineType::Landline);
    });
    let document = h.ready().await;
    let link = h.create_link(h.link_request(&[&document])).await.unwrap();
    assert_eq!(link.code_channel(), pb::CodeChannel::Voice);
    let mut request = h.link_request(&[&document]);
    request.set_code_channel(pb::CodeChannel::Sms);
    assert_eq!(why(h.create_link(request).await), "NO_PHONE");
}

#[tokio::test]
async fn patients_who_cannot_be_reached_are_refused_with_the_reason() {
    let h = Harness::start().await;
    let document = h.ready().await;
    let request = || h.link_request(&[&document]);
    h.put_patient(|patient| drop(patient.contact_points.remove(0)));
    assert_eq!(why(h.create_link(request()).await), "NO_EMAIL");
    h.put_patient(|patient| drop(patient.contact_points.pop()));
    assert_eq!(why(h.create_link(request()).await), "NO_PHONE");
    let premium = point(patient_pb::ContactPointKind::Phone, "+19002345678");
    h.put_patient(|patient| patient.contact_points[1] = premium);
    assert_eq!(why(h.create_link(request()).await), "NO_PHONE");
    let abroad = point(patient_pb::ContactPointKind::Phone, "+33612345678");
    h.put_patient(|patient| patient.contact_points[1] = abroad.clone());
    let refused = h.create_link(request()).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::FailedPrecondition, "REGION_NOT_ALLOWED".to_owned())
    );
    h.set_regions(&["CA", "FR"]).await;
    assert!(h.create_link(request()).await.is_ok());
    h.put_patient(|patient| patient.do_not_contact = true);
    assert_eq!(why(h.create_link(request()).await), "DO_NOT_CONTACT");
    h.put_patient(|patient| patient.delete_time = Some(Timestamp::default()));
    assert_eq!(why(h.create_link(request()).await), "PATIENT_NOT_FOUND");
    let mut unknown = request();
    unknown.patient_id = PatientId::from_uuid(SystemIds.next()).to_string();
    assert_eq!(why(h.create_link(unknown).await), "PATIENT_NOT_FOUND");
}

#[tokio::test]
async fn documents_must_be_there_ready_and_of_one_clinic() {
    let h = Harness::start().await;
    let document = h.ready().await;
    let uploading = h.announce(10, "application/pdf").await.document.unwrap();
    assert_eq!(
        why(h
            .create_link(h.link_request(&[&document, &uploading]))
            .await),
        "DOCUMENT_NOT_READY"
    );
    let mut request = h.link_request(&[&document]);
    request
        .document_ids
        .push(DocumentId::from_uuid(SystemIds.next()).to_string());
    assert_eq!(why(h.create_link(request).await), "DOCUMENT_NOT_FOUND");

    let there = h.at_another_clinic();
    let other = there.ready().await;
    let refused = there
        .create_link(there.link_request(&[&document, &other]))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["document_ids"]);
    let caller = TestCaller::within(&there.caller, &[there.clinic]);
    let request = there.request_as(&caller, there.link_request(&[&document]));
    assert_eq!(
        why(there.links().create_link(request).await),
        "DOCUMENT_NOT_FOUND"
    );
}

#[tokio::test]
async fn requests_name_every_fault() {
    let h = Harness::start().await;
    let mut request = pb::CreateLinkRequest {
        patient_id: String::new(),
        document_ids: vec!["doc_1".to_owned()],
        code_channel: 9,
        expire_time: Some(Timestamp {
            seconds: 0,
            nanos: -1,
        }),
        max_unlocks: 11,
        request_id: "x".to_owned(),
        validate_only: false,
    };
    let refused = h.create_link(request.clone()).await.err().unwrap();
    let all = [
        "patient_id",
        "document_ids[0]",
        "code_channel",
        "expire_time",
        "max_unlocks",
        "request_id",
    ];
    let mut named = paths(&refused);
    named.sort_unstable();
    let mut wanted = all;
    wanted.sort_unstable();
    assert_eq!(named, wanted);
    request.document_ids = vec![DocumentId::from_uuid(SystemIds.next()).to_string(); 21];
    assert!(
        paths(&h.create_link(request).await.err().unwrap()).contains(&"document_ids".to_owned())
    );
}

#[tokio::test]
async fn a_link_lives_an_hour_at_least_and_thirty_days_at_most() {
    let h = Harness::start().await;
    let document = h.ready().await;
    let now = document.create_time.unwrap().seconds;
    for seconds in [1_800, 31 * 86_400, -60] {
        let mut request = h.link_request(&[&document]);
        request.expire_time = Some(Timestamp {
            seconds: now + seconds,
            nanos: 0,
        });
        assert_eq!(
            paths(&h.create_link(request).await.err().unwrap()),
            ["expire_time"]
        );
    }
    let mut request = h.link_request(&[&document]);
    request.expire_time = Some(Timestamp {
        seconds: now + 7_200,
        nanos: 0,
    });
    assert_eq!(
        h.create_link(request.clone()).await.unwrap().expire_time,
        request.expire_time
    );
}

#[tokio::test]
async fn validating_makes_nothing() {
    let h = Harness::start().await;
    let document = h.ready().await;
    let request = pb::CreateLinkRequest {
        validate_only: true,
        ..h.link_request(&[&document])
    };
    let preview = h.create_link(request).await.unwrap();
    assert_eq!(
        (preview.link_id.as_str(), preview.phone_hint.as_str()),
        ("", "78")
    );
    assert_eq!(h.count("SELECT count(*) FROM links").await, 0);
    assert!(h.conversation.letters().is_empty());
}

#[tokio::test]
async fn a_repeated_request_makes_one_link() {
    let h = Harness::start().await;
    let document = h.ready().await;
    let mut request = h.link_request(&[&document]);
    request.request_id = SystemIds.next().to_string();
    let first = h.create_link(request.clone()).await.unwrap();
    let again = h.create_link(request.clone()).await.unwrap();
    assert_eq!(first.link_id, again.link_id);
    assert_eq!(h.count("SELECT count(*) FROM links").await, 1);
    request.max_unlocks = 1;
    assert_eq!(why(h.create_link(request).await), "REQUEST_ID_REUSED");
}

#[tokio::test]
async fn an_absent_peer_is_said_to_be_absent() {
    let mut h = Harness::start().await;
    let document = h.ready().await;
    h.test.set_peer(
        bitewing_auth::Service::PatientProfile,
        "127.0.0.1:9".parse().unwrap(),
    );
    let lonely = h.second_instance().await;
    let mut links = bitewing_proto::document::link_service_client::LinkServiceClient::new(lonely);
    let refused = links
        .create_link(h.request(h.link_request(&[&document])))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::Unavailable, "SERVICE_UNAVAILABLE".to_owned())
    );
}

#[tokio::test]
async fn another_organization_finds_nothing() {
    let h = Harness::start().await;
    let (link, _) = h.linked().await;
    let stranger = TestCaller::fresh();
    let absent = bitewing_core::LinkId::from_uuid(SystemIds.next()).to_string();
    let (foreign, absent) = {
        let get = async |id: &str| {
            let request = pb::GetLinkRequest {
                link_id: id.to_owned(),
            };
            h.links()
                .get_link(h.request_as(&stranger, request))
                .await
                .err()
                .unwrap()
        };
        (get(&link.link_id).await, get(&absent).await)
    };
    assert_eq!(
        reason(&foreign),
        (Code::NotFound, "LINK_NOT_FOUND".to_owned())
    );
    assert_eq!(
        (foreign.message(), foreign.details()),
        (absent.message(), absent.details())
    );
    let elsewhere = TestCaller::within(&h.caller, &[ClinicId::from_uuid(SystemIds.next())]);
    for caller in [&stranger, &elsewhere] {
        let request = pb::RevokeLinkRequest {
            link_id: link.link_id.clone(),
        };
        let refused = h.links().revoke_link(h.request_as(caller, request)).await;
        assert_eq!(why(refused), "LINK_NOT_FOUND");
        let request = pb::ReissueLinkRequest {
            link_id: link.link_id.clone(),
            ..Default::default()
        };
        let refused = h.links().reissue_link(h.request_as(caller, request)).await;
        assert_eq!(why(refused), "LINK_NOT_FOUND");
    }
    let request = h.request_as(
        &stranger,
        h.link_request(&[&h.upload(&pdf(100), "application/pdf").await]),
    );
    assert_eq!(
        why(h.links().create_link(request).await),
        "PATIENT_NOT_FOUND"
    );
}
