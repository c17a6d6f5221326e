use crate::harness::{Harness, bytes, paths, reason};
use bitewing_core::{ClinicId, Ids as _, MessageId, SystemIds};
use bitewing_proto::conversation as pb;
use bitewing_testkit::TestCaller;
use tonic::Code;

fn list(page_size: i32, token: &str) -> pb::ListMessagesRequest {
    pb::ListMessagesRequest {
        page_size,
        page_token: token.to_owned(),
        ..Default::default()
    }
}

#[tokio::test]
async fn another_organizations_message_is_as_absent_as_none() {
    let h = Harness::start().await;
    let message = h.send(h.code()).await.unwrap();
    let get = |id: &str| pb::GetMessageRequest {
        message_id: id.to_owned(),
    };
    let nobody = MessageId::from_uuid(SystemIds.next()).to_string();
    let absent = h
        .messages()
        .get_message(h.request(get(&nobody)))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&absent),
        (Code::NotFound, "MESSAGE_NOT_FOUND".to_owned())
    );
    let elsewhere = TestCaller::within(&h.caller, &[ClinicId::from_uuid(SystemIds.next())]);
    for caller in [TestCaller::fresh(), elsewhere] {
        let foreign = h.request_as(&caller, get(&message.message_id));
        let foreign = h.messages().get_message(foreign).await.err().unwrap();
        assert_eq!(bytes(&foreign), bytes(&absent));
    }
    let refused = h
        .messages()
        .get_message(h.request(get("msg_1")))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["message_id"]);
}

#[tokio::test]
async fn lists_page_by_page_by_clinic_and_by_state() {
    let h = Harness::start().await;
    let other = h.create_clinic(&h.caller).await;
    let mut sent = Vec::new();
    for _ in 0..2 {
        sent.push(h.send(h.code()).await.unwrap().message_id);
    }
    let elsewhere = pb::SendTransactionalRequest {
        clinic_id: other.clinic_id.clone(),
        ..h.code()
    };
    sent.push(h.send(elsewhere).await.unwrap().message_id);
    for id in &sent {
        h.wait_for(id, pb::MessageState::Delivered).await;
    }
    sent.reverse();
    let ids = |page: &pb::ListMessagesResponse| -> Vec<String> {
        page.messages
            .iter()
            .map(|message| message.message_id.clone())
            .collect()
    };
    let page = h
        .messages()
        .list_messages(h.request(list(2, "")))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(ids(&page), sent[..2]);
    let rest = list(2, &page.next_page_token);
    let rest = h
        .messages()
        .list_messages(h.request(rest))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (ids(&rest), rest.next_page_token.as_str()),
        (sent[2..].to_vec(), "")
    );

    let of_clinic = pb::ListMessagesRequest {
        clinic_id: other.clinic_id.clone(),
        ..list(0, "")
    };
    let of_clinic = h
        .messages()
        .list_messages(h.request(of_clinic))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(ids(&of_clinic), sent[..1]);
    let queued = pb::ListMessagesRequest {
        state: 1,
        ..list(0, "")
    };
    let queued = h
        .messages()
        .list_messages(h.request(queued))
        .await
        .unwrap()
        .into_inner();
    assert!(queued.messages.is_empty());
    let own = TestCaller::within(&h.caller, &[other.clinic_id.parse().unwrap()]);
    let seen = h
        .messages()
        .list_messages(h.request_as(&own, list(0, "")))
        .await
        .unwrap();
    assert_eq!(ids(&seen.into_inner()), sent[..1]);
    let stranger = h.request_as(&TestCaller::fresh(), list(0, ""));
    let seen = h.messages().list_messages(stranger).await.unwrap();
    assert!(seen.into_inner().messages.is_empty());

    // A token does not carry over to another list.
    let forged = pb::ListMessagesRequest {
        state: 3,
        ..list(2, &page.next_page_token)
    };
    let refused = h
        .messages()
        .list_messages(h.request(forged))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["page_token"]);
}

#[tokio::test]
async fn nonsense_in_a_list_is_named() {
    let h = Harness::start().await;
    let request = pb::ListMessagesRequest {
        clinic_id: "msg_1".to_owned(),
        state: 99,
        page_size: -1,
        page_token: "AAAA".to_owned(),
    };
    let refused = h
        .messages()
        .list_messages(h.request(request))
        .await
        .err()
        .unwrap();
    assert_eq!(
        paths(&refused),
        ["page_size", "page_token", "clinic_id", "state"]
    );
}
