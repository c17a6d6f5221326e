use crate::harness::{Harness, paths, phone, reason};
use bitewing_proto::patient as pb;
use bitewing_proto::patient::consent_service_client::ConsentServiceClient;
use bitewing_testkit::TestCaller;
use tonic::transport::Channel;
use tonic::{Code, Status};

const NUMBER: &str = "514 873 1234";

fn client(h: &Harness) -> ConsentServiceClient<Channel> {
    ConsentServiceClient::new(h.channel.clone())
}

fn grant(patient: &str, purpose: pb::ConsentPurpose) -> pb::RecordConsentRequest {
    pb::RecordConsentRequest {
        patient_id: patient.to_owned(),
        purpose: purpose.into(),
        basis: pb::ConsentBasis::Express.into(),
        wording_version: "offers-2026-01/fr".to_owned(),
        source: pb::ConsentSource::PaperForm.into(),
        ..Default::default()
    }
}

async fn record(h: &Harness, request: pb::RecordConsentRequest) -> pb::Consent {
    let answer = client(h).record_consent(h.request(request)).await.unwrap();
    answer.into_inner().consent.unwrap()
}

async fn revoke(h: &Harness, request: pb::RevokeConsentRequest) -> pb::Consent {
    let answer = client(h).revoke_consent(h.request(request)).await.unwrap();
    answer.into_inner().consent.unwrap()
}

fn stop(address: &str) -> pb::RevokeConsentRequest {
    pb::RevokeConsentRequest {
        address: address.to_owned(),
        source: pb::ConsentSource::Reply.into(),
        ..Default::default()
    }
}

async fn check(
    h: &Harness,
    patient: &str,
    purpose: pb::ContactPurpose,
    channel: pb::ContactChannel,
) -> pb::CheckConsentResponse {
    let request = pb::CheckConsentRequest {
        patient_id: patient.to_owned(),
        purpose: purpose.into(),
        channel: channel.into(),
        ..Default::default()
    };
    client(h)
        .check_consent(h.request(request))
        .await
        .unwrap()
        .into_inner()
}

use pb::ConsentDecision as Decision;
use pb::ContactChannel::{Email, Sms, Whatsapp};
use pb::ContactPurpose::{Care, Marketing, Security};

#[tokio::test]
async fn care_is_allowed_offers_need_consent_and_the_record_is_named() {
    let h = Harness::start().await;
    let anne = h.create(h.anne()).await.unwrap().patient_id;
    let care = check(&h, &anne, Care, Sms).await;
    assert_eq!(
        (care.allowed, care.decision()),
        (true, Decision::NotRequired)
    );
    let offers = check(&h, &anne, Marketing, Sms).await;
    assert_eq!(
        (offers.allowed, offers.decision()),
        (false, Decision::NoConsent)
    );
    let made = record(&h, grant(&anne, pb::ConsentPurpose::Marketing)).await;
    assert_eq!(
        made.recorded_by,
        format!("api_client/{}", h.caller.actor.id)
    );
    let offers = check(&h, &anne, Marketing, Email).await;
    assert_eq!(
        (offers.decision(), &offers.consent_id),
        (Decision::Granted, &made.consent_id)
    );
    let none = check(&h, &anne, Care, Whatsapp).await;
    assert_eq!(
        (none.allowed, none.decision()),
        (false, Decision::NoAddress)
    );
}

#[tokio::test]
async fn a_stop_holds_for_everybody_on_the_number_and_not_for_the_next_number() {
    let h = Harness::start().await;
    let anne = h.create(h.anne()).await.unwrap();
    let lea = pb::Patient {
        external_ids: Vec::new(),
        contact_points: vec![phone(NUMBER)],
        ..h.anne()
    };
    let lea = h.create(lea).await.unwrap().patient_id;
    let stopped = revoke(&h, stop("+15148731234")).await;
    for patient in [&anne.patient_id, &lea] {
        let denied = check(&h, patient, Care, Sms).await;
        assert_eq!(
            (denied.decision(), &denied.consent_id),
            (Decision::AddressSuppressed, &stopped.consent_id)
        );
        assert!(check(&h, patient, Security, Sms).await.allowed);
    }
    assert!(check(&h, &anne.patient_id, Care, Email).await.allowed);

    // A permission that does not name the address does not lift it.
    record(&h, grant(&anne.patient_id, pb::ConsentPurpose::All)).await;
    assert!(!check(&h, &anne.patient_id, Care, Sms).await.allowed);
    let moved = pb::UpdatePatientRequest {
        patient: Some(pb::Patient {
            contact_points: vec![phone("418 643 1234")],
            etag: String::new(),
            ..anne.clone()
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["contact_points".to_owned()],
        }),
    };
    h.client().update_patient(h.request(moved)).await.unwrap();
    assert!(check(&h, &anne.patient_id, Care, Sms).await.allowed);

    h.test.clock.advance(time::Duration::seconds(60));
    let start = pb::RecordConsentRequest {
        patient_id: String::new(),
        clinic_id: h.clinic.to_string(),
        address: NUMBER.to_owned(),
        source: pb::ConsentSource::Reply.into(),
        ..grant("", pb::ConsentPurpose::All)
    };
    record(&h, start).await;
    assert!(check(&h, &lea, Care, Sms).await.allowed);
}

#[tokio::test]
async fn an_address_alone_can_be_asked_about() {
    let h = Harness::start().await;
    let asked = pb::CheckConsentRequest {
        clinic_id: h.clinic.to_string(),
        address: NUMBER.to_owned(),
        purpose: Care.into(),
        channel: Sms.into(),
        ..Default::default()
    };
    let answer = client(&h)
        .check_consent(h.request(asked.clone()))
        .await
        .unwrap()
        .into_inner();
    assert!(answer.allowed);
    revoke(&h, stop("+1 514 873 1234")).await;
    let answer = client(&h)
        .check_consent(h.request(asked))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.decision(), Decision::AddressSuppressed);
}

#[tokio::test]
async fn a_stop_outlives_the_erasure_of_whoever_sent_it() {
    let h = Harness::start().await;
    let anne = h.create(h.anne()).await.unwrap();
    revoke(&h, stop("+15148731234")).await;
    let erase = pb::ErasePatientRequest {
        patient_id: anne.patient_id,
        reason: "GDPR 17".to_owned(),
        etag: String::new(),
    };
    h.client().erase_patient(h.request(erase)).await.unwrap();
    let again = pb::Patient {
        external_ids: Vec::new(),
        ..h.anne()
    };
    let again = h.create(again).await.unwrap().patient_id;
    assert_eq!(
        check(&h, &again, Care, Sms).await.decision(),
        Decision::AddressSuppressed
    );
}

#[tokio::test]
async fn what_the_record_says_goes_first() {
    let h = Harness::start().await;
    let silent = pb::Patient {
        do_not_contact: true,
        ..h.anne()
    };
    let silent = h.create(silent).await.unwrap().patient_id;
    record(&h, grant(&silent, pb::ConsentPurpose::All)).await;
    assert_eq!(
        check(&h, &silent, Care, Email).await.decision(),
        Decision::DoNotContact
    );
    assert!(check(&h, &silent, Security, Email).await.allowed);
    let refusing = pb::Patient {
        external_ids: Vec::new(),
        refused_channels: vec![Email.into()],
        ..h.anne()
    };
    let refusing = h.create(refusing).await.unwrap().patient_id;
    assert_eq!(
        check(&h, &refusing, Care, Email).await.decision(),
        Decision::ChannelRefused
    );
    let deceased = pb::Patient {
        external_ids: Vec::new(),
        deceased: true,
        ..h.anne()
    };
    let deceased = h.create(deceased).await.unwrap().patient_id;
    assert_eq!(
        check(&h, &deceased, Security, Email).await.decision(),
        Decision::Deceased
    );
}

#[tokio::test]
async fn the_list_shows_every_record_and_nobody_elses_name() {
    let h = Harness::start().await;
    let anne = h.create(h.anne()).await.unwrap().patient_id;
    let lea = pb::Patient {
        external_ids: Vec::new(),
        contact_points: vec![phone(NUMBER)],
        ..h.anne()
    };
    let lea = h.create(lea).await.unwrap().patient_id;
    record(&h, grant(&anne, pb::ConsentPurpose::Marketing)).await;
    let by_lea = pb::RevokeConsentRequest {
        patient_id: lea.clone(),
        ..stop(NUMBER)
    };
    revoke(&h, by_lea).await;
    let request = pb::ListConsentsRequest {
        patient_id: anne.clone(),
        page_size: 1,
        page_token: String::new(),
    };
    let first = client(&h)
        .list_consents(h.request(request.clone()))
        .await
        .unwrap()
        .into_inner();
    let request = pb::ListConsentsRequest {
        page_token: first.next_page_token,
        ..request
    };
    let second = client(&h)
        .list_consents(h.request(request))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(second.next_page_token, "");
    let (stopped, granted) = (&first.consents[0], &second.consents[0]);
    assert_eq!(
        (stopped.state(), stopped.address.as_str()),
        (pb::ConsentState::Revoked, "+15148731234")
    );
    assert_eq!(stopped.patient_id, "");
    assert_eq!(
        (granted.state(), granted.patient_id.as_str()),
        (pb::ConsentState::Granted, anne.as_str())
    );
    assert_eq!(granted.wording_version, "offers-2026-01/fr");
}

#[tokio::test]
async fn a_repeated_request_is_written_down_once() {
    let h = Harness::start().await;
    let anne = h.create(h.anne()).await.unwrap().patient_id;
    let request = pb::RecordConsentRequest {
        request_id: "5f3c9c5e-6b1c-4a53-9a3e-0d2f3a1c7e12".to_owned(),
        ..grant(&anne, pb::ConsentPurpose::Marketing)
    };
    let first = record(&h, request.clone()).await;
    assert!(first == record(&h, request.clone()).await);
    let other = pb::RecordConsentRequest {
        wording_version: "other".to_owned(),
        ..request
    };
    let refused = client(&h)
        .record_consent(h.request(other))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned())
    );
}

#[tokio::test]
async fn records_can_only_be_added() {
    let h = Harness::start().await;
    let anne = h.create(h.anne()).await.unwrap().patient_id;
    record(&h, grant(&anne, pb::ConsentPurpose::Marketing)).await;
    let mut tx = h
        .test
        .base
        .db
        .begin(&bitewing_auth::Scope::of_caller(&h.caller))
        .await
        .unwrap();
    for sql in ["UPDATE consents SET state = 2", "DELETE FROM consents"] {
        let statement = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()));
        let refused = sqlx::Executor::execute(tx.conn(), statement)
            .await
            .err()
            .unwrap();
        assert!(refused.to_string().contains("permission denied"), "{sql}");
        tx.rollback().await.unwrap();
        tx = h
            .test
            .base
            .db
            .begin(&bitewing_auth::Scope::of_caller(&h.caller))
            .await
            .unwrap();
    }
}

async fn evaluate(
    h: &Harness,
    text: &str,
    language: &str,
    open: bool,
) -> pb::EvaluateReplyResponse {
    let request = pb::EvaluateReplyRequest {
        text: text.to_owned(),
        language: language.to_owned(),
        visit_question_open: open,
        stopped: false,
    };
    client(h)
        .evaluate_reply(h.request(request))
        .await
        .unwrap()
        .into_inner()
}

#[tokio::test]
async fn replies_are_read_in_the_patients_language() {
    use pb::ReplyVerdict::{Ambiguous, Help, None, OptOut};
    let h = Harness::start().await;
    for (text, language, open, verdict) in [
        ("Arrêt !", "fr-CA", false, OptOut),
        ("STOP", "ru", false, OptOut),
        ("fine", "en", false, Ambiguous),
        ("Cancelar", "pt", true, Ambiguous),
        ("Cancelar", "pt", false, OptOut),
        ("CANCEL", "en", true, OptOut),
        ("помощь", "ru", false, Help),
        ("à demain, merci", "fr", false, None),
    ] {
        let read = evaluate(&h, text, language, open).await;
        assert_eq!(read.verdict(), verdict, "{text}");
        assert_eq!(read.tables_version, 1);
    }
    assert!(evaluate(&h, "Cancel", "en", true).await.visit);
    let long = pb::EvaluateReplyRequest {
        text: "a".repeat(5_000),
        language: "xx".to_owned(),
        ..Default::default()
    };
    let refused = client(&h)
        .evaluate_reply(h.request(long))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["text", "language"]);
}

fn refusal(answer: Result<tonic::Response<pb::RecordConsentResponse>, Status>) -> Status {
    answer.err().unwrap()
}

#[tokio::test]
async fn nonsense_is_named_and_strangers_find_nothing() {
    let h = Harness::start().await;
    let empty = client(&h)
        .record_consent(h.request(pb::RecordConsentRequest::default()))
        .await;
    assert_eq!(
        paths(&refusal(empty)),
        ["patient_id", "address", "purpose", "basis", "source"]
    );
    let future = pb::RecordConsentRequest {
        wording_version: String::new(),
        occur_time: Some(prost_types::Timestamp {
            seconds: 253_000_000_000,
            nanos: 0,
        }),
        ..grant("pat_01h455vb4pex5vsknk084sn02q", pb::ConsentPurpose::All)
    };
    let refused = client(&h).record_consent(h.request(future)).await;
    assert_eq!(paths(&refusal(refused)), ["wording_version", "occur_time"]);
    let anne = h.create(h.anne()).await.unwrap().patient_id;
    let stranger = TestCaller::fresh();
    let request = h.request_as(&stranger, grant(&anne, pb::ConsentPurpose::All));
    let refused = client(&h).record_consent(request).await;
    assert_eq!(
        reason(&refusal(refused)),
        (Code::NotFound, "PATIENT_NOT_FOUND".to_owned())
    );
}
