use crate::harness::{Harness, bytes, paths, quick, reason};
use bitewing_auth::Service;
use bitewing_conversation::Sending;
use bitewing_core::{ClinicId, Ids as _, PatientId, SystemIds};
use bitewing_proto::conversation as pb;
use bitewing_proto::template::TemplateKind;
use bitewing_runtime::Profile;
use bitewing_testkit::TestCaller;
use prost_types::Timestamp;
use tonic::Code;

#[tokio::test]
async fn a_code_arrives_with_the_secret_in_its_place() {
    let h = Harness::start().await;
    let patient = PatientId::from_uuid(SystemIds.next()).to_string();
    let request = pb::SendTransactionalRequest {
        patient_id: patient.clone(),
        ..h.code()
    };
    let message = h.send(request).await.unwrap();
    assert_eq!(message.state(), pb::MessageState::Queued);
    let message = h
        .wait_for(&message.message_id, pb::MessageState::Delivered)
        .await;
    assert_eq!((message.patient_id, message.attempts), (patient.clone(), 1));
    let [arrived] = h.arrived().await.try_into().ok().unwrap();
    assert_eq!(arrived.recipient, "+15148731234");
    assert_eq!(arrived.sender, "+15148730000");
    assert_eq!(
        arrived.text,
        "482913 is your Clinic Riverside code.\n\n@host.example #482913"
    );
    assert_eq!(arrived.message_id, message.message_id);
    let told = h.events_of(&message.message_id, "message.delivered").await;
    assert_eq!(told, ["message.accepted", "message.delivered"]);
    let event = h.events().await.pop().unwrap();
    let told = serde_json::to_string(&texts(event.payload)).unwrap();
    let clinic = &h.clinic.clinic_id;
    let expected = format!(
        r#"{{"clinic_id":"{clinic}","patient_id":"{patient}","reason":"","state":"DELIVERED"}}"#
    );
    assert_eq!(told, expected);
}

/// The texts of a payload.
fn texts(payload: Option<prost_types::Struct>) -> std::collections::BTreeMap<String, String> {
    use prost_types::value::Kind;
    let texts = payload
        .unwrap()
        .fields
        .into_iter()
        .map(|(name, value)| match value.kind {
            Some(Kind::StringValue(text)) => (name, text),
            _ => (name, "not a text".to_owned()),
        });
    texts.collect()
}

#[tokio::test]
async fn links_are_escaped_in_html_and_codes_spoken_digit_by_digit() {
    let h = Harness::start().await;
    let link = "https://documents.example/d?a=1&b=2#token";
    let email = pb::SendTransactionalRequest {
        kind: TemplateKind::DocumentLink.into(),
        channel: pb::Channel::Email.into(),
        address: "Anne@Example.org".to_owned(),
        secret: link.to_owned(),
        ..h.code()
    };
    let email = h.send(email).await.unwrap();
    h.wait_for(&email.message_id, pb::MessageState::Delivered)
        .await;
    let call = pb::SendTransactionalRequest {
        channel: pb::Channel::Voice.into(),
        ..h.code()
    };
    let call = h.send(call).await.unwrap();
    h.wait_for(&call.message_id, pb::MessageState::Delivered)
        .await;
    let [email, call] = h.arrived().await.try_into().ok().unwrap();
    assert_eq!(email.recipient, "anne@example.org");
    assert_eq!(email.sender, "Clinic Riverside");
    assert_eq!(email.text, format!("Open {link}"));
    assert!(email.html.contains("d?a=1&amp;b=2#token") && !email.html.contains("a=1&b"));
    assert!(call.text.ends_with("Your code is 4, 8, 2, 9, 1, 3."));
}

#[tokio::test]
async fn a_repeated_name_is_the_same_message() {
    let h = Harness::start().await;
    let request = h.code();
    let twins = futures(&h, &request).await;
    let first = &twins[0];
    assert!(twins.iter().all(|twin| twin.message_id == first.message_id));
    h.wait_for(&first.message_id, pb::MessageState::Delivered)
        .await;
    let again = h.send(request.clone()).await.unwrap();
    assert_eq!(again.state(), pb::MessageState::Delivered);
    assert_eq!(
        (again.message_id, h.arrived().await.len()),
        (first.message_id.clone(), 1)
    );

    // A name is the organization's own.
    let stranger = TestCaller::fresh();
    let theirs = h.create_clinic(&stranger).await;
    let request = pb::SendTransactionalRequest {
        clinic_id: theirs.clinic_id,
        ..request
    };
    let request = h
        .test
        .request(Service::SecureDocument, Some(&stranger), request);
    let other = h
        .dispatch()
        .send_transactional(request)
        .await
        .unwrap()
        .into_inner();
    assert_ne!(other.message.unwrap().message_id, first.message_id);
}

/// Eight calls at the same time.
async fn futures(h: &Harness, request: &pb::SendTransactionalRequest) -> Vec<pb::Message> {
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (mut client, request) = (h.dispatch(), h.peer_request(request.clone()));
        calls.spawn(async move { client.send_transactional(request).await });
    }
    let answers = calls.join_all().await;
    answers
        .into_iter()
        .map(|answer| answer.unwrap().into_inner().message.unwrap())
        .collect()
}

#[tokio::test]
async fn every_fault_of_a_request_is_named() {
    let h = Harness::start().await;
    let refused = h
        .send(pb::SendTransactionalRequest::default())
        .await
        .err()
        .unwrap();
    assert_eq!(
        paths(&refused),
        ["kind", "channel", "clinic_id", "secret", "request_id"]
    );
    let late = pb::SendTransactionalRequest {
        patient_id: "cln_x".to_owned(),
        secret: "x".repeat(501),
        request_id: "x".repeat(101),
        not_after: Some(Timestamp {
            seconds: 1,
            nanos: 0,
        }),
        ..h.code()
    };
    let refused = h.send(late).await.err().unwrap();
    assert_eq!(
        paths(&refused),
        ["patient_id", "secret", "request_id", "not_after"]
    );
    let nowhere = pb::SendTransactionalRequest {
        address: "anne@example.org".to_owned(),
        ..h.code()
    };
    let refused = h.send(nowhere).await.err().unwrap();
    assert_eq!(paths(&refused), ["address"]);
    let mut refused = h.code();
    refused
        .variables
        .insert("refused".to_owned(), "x".to_owned());
    let refused = h.send(refused).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::InvalidArgument, "INVALID_REQUEST".to_owned())
    );
    assert_eq!(paths(&refused), ["variables.refused"]);
}

#[tokio::test]
async fn another_organizations_clinic_is_as_absent_as_none() {
    let h = Harness::start().await;
    let theirs = h.create_clinic(&TestCaller::fresh()).await;
    let foreign = pb::SendTransactionalRequest {
        clinic_id: theirs.clinic_id,
        ..h.code()
    };
    let foreign = h.send(foreign).await.err().unwrap();
    let nobody = ClinicId::from_uuid(SystemIds.next()).to_string();
    let absent = pb::SendTransactionalRequest {
        clinic_id: nobody,
        ..h.code()
    };
    let absent = h.send(absent).await.err().unwrap();
    assert_eq!(
        reason(&absent),
        (Code::NotFound, "CLINIC_NOT_FOUND".to_owned())
    );
    assert_eq!(bytes(&foreign), bytes(&absent));
}

#[tokio::test]
async fn without_an_account_production_refuses() {
    let sending = Sending {
        sandbox_fallback: false,
        ..quick()
    };
    let h = Harness::start_with(Profile::Production, sending).await;
    let refused = h.send(h.code()).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::FailedPrecondition, "NO_CHANNEL_ACCOUNT".to_owned())
    );
}

#[tokio::test]
async fn a_template_service_that_is_down_is_unavailable() {
    let mut h = Harness::start().await;
    h.test
        .set_peer(Service::Template, ([127, 0, 0, 1], 9).into());
    h.channel = {
        let mut twin = h.test.twin();
        twin.peers.clone_from(&h.test.base.peers);
        crate::harness::spawn_twin(&h, twin, quick()).await
    };
    let refused = h.send(h.code()).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::Unavailable, "SERVICE_UNAVAILABLE".to_owned())
    );
}

#[tokio::test]
async fn only_services_dispatch() {
    let h = Harness::start().await;
    let request = h.request(h.code());
    let refused = h
        .dispatch()
        .send_transactional(request)
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::PermissionDenied, "FORBIDDEN".to_owned())
    );
}

#[tokio::test]
async fn services_ask_where_a_message_has_got_to() {
    let h = Harness::start().await;
    let message = h.send(h.code()).await.unwrap();
    h.wait_for(&message.message_id, pb::MessageState::Delivered)
        .await;
    let get = |id: &str| pb::GetDispatchRequest {
        message_id: id.to_owned(),
    };
    let answer = h
        .dispatch()
        .get_dispatch(h.peer_request(get(&message.message_id)))
        .await
        .unwrap();
    assert_eq!(
        answer.into_inner().message.unwrap().state(),
        pb::MessageState::Delivered
    );
    let stranger = TestCaller::fresh();
    let foreign = h.test.request(
        Service::SecureDocument,
        Some(&stranger),
        get(&message.message_id),
    );
    let foreign = h.dispatch().get_dispatch(foreign).await.err().unwrap();
    assert_eq!(
        reason(&foreign),
        (Code::NotFound, "MESSAGE_NOT_FOUND".to_owned())
    );
}
