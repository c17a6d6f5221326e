//! The whole job over gRPC, its events and its audit trails.

use super::{sha256, upload};
use crate::suite::patient::Holder;
use crate::suite::seeded::Seeded;
use crate::suite::{Chain, Suite, eventually};
use bitewing_proto::document as pb;
use bitewing_proto::document::document_service_client::DocumentServiceClient;
use bitewing_proto::document::link_service_client::LinkServiceClient;
use bitewing_proto::identity::event_service_client::EventServiceClient;
use bitewing_proto::identity::{ListEventsRequest, WatchEventsRequest};
use std::time::Duration;
use tonic::Code;

const PIECE: usize = 64 << 10;
/// More than one part of 8 MiB.
const SIZE: usize = (9 << 20) + 17;

#[tokio::test]
async fn a_document_reaches_its_patient_and_nobody_else() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let clinic = chain.clinic().await;
    let patient = chain.patient(&clinic).await;
    let text = Seeded::new(7).bytes(SIZE / 2);
    let bytes = hex::encode(text).into_bytes();

    let mut documents = DocumentServiceClient::new(chain.channel.clone());
    let messages = upload(&clinic, "text/plain", bytes.clone().into(), PIECE);
    let request = chain.request(tokio_stream::iter(messages));
    let uploaded = documents
        .upload_document(request)
        .await
        .unwrap()
        .into_inner()
        .document
        .unwrap();
    assert_eq!(uploaded.sha256, sha256(&bytes));
    chain.wait_until_checked(&uploaded.document_id).await;

    let mut links = LinkServiceClient::new(chain.channel.clone());
    let request = pb::CreateLinkRequest {
        patient_id: patient.id.clone(),
        document_ids: vec![uploaded.document_id.clone()],
        ..Default::default()
    };
    let link = links
        .create_link(chain.request(request))
        .await
        .unwrap()
        .into_inner()
        .link
        .unwrap();
    assert_eq!(link.state(), pb::LinkState::Issued);
    assert_eq!(link.phone_hint, patient.phone[patient.phone.len() - 2..]);

    let token = chain.token_in_mail(&patient, 0).await;
    assert_eq!(
        chain.arrived(&patient.phone).await.len(),
        0,
        "the code goes when it is asked for"
    );
    let mut holder = Holder::of(&suite.site, &token);
    let opened = holder.open().await.unwrap();
    assert_eq!(
        (
            opened.organization_name.as_str(),
            opened.clinic_name.as_str()
        ),
        ("Sourire", "Clinique du Plateau")
    );

    let challenge = holder.send_code().await.unwrap();
    assert_eq!(challenge.code_length, 6);
    let code = chain.code_on_phone(&patient, 0).await;
    let mail = chain.arrived(&patient.email).await;
    assert!(
        mail.iter().all(|mail| !mail.to_string().contains(&code)),
        "the code is in the mail too"
    );
    let message = &chain.arrived(&patient.phone).await[0];
    assert!(
        !message.to_string().contains(&token),
        "the link is in the text message too"
    );

    let wrong = crate::suite::patient::wrong(&code, 0);
    let refused = holder
        .verify(&challenge.challenge_token, &wrong)
        .await
        .err()
        .unwrap();
    assert_eq!(refused.code(), Code::Unauthenticated);
    let session = holder
        .verify(&challenge.challenge_token, &code)
        .await
        .unwrap();
    assert_eq!(session.files.len(), 1);
    assert_eq!(session.files[0].size, bytes.len() as i64);
    let session = session.session_token;
    assert_eq!(holder.files(&session).await.unwrap().len(), 1);

    let document = &uploaded.document_id;
    for range in ["0-0", "16383-16384", "8388600-8388620", "9437190-"] {
        let (status, part) = holder.download(&session, document, Some(range)).await;
        let (from, to) = range.split_once('-').unwrap();
        let from: usize = from.parse().unwrap();
        let to = to.parse::<usize>().map_or(bytes.len(), |to| to + 1);
        assert_eq!(status, 206, "{range}");
        assert_eq!(part, &bytes[from..to], "{range}");
    }
    let (status, all) = holder.download(&session, document, None).await;
    assert_eq!((status.as_u16(), sha256(&all)), (200, sha256(&bytes)));
    chain
        .wait_for_state(&link.link_id, "LINK_STATE_COMPLETED")
        .await;

    holder.end(&session).await.unwrap();
    assert_eq!(
        holder.files(&session).await.err().unwrap().code(),
        Code::Unauthenticated
    );
    assert_eq!(holder.download(&session, document, None).await.0, 401);
    the_feed_tells_it_in_order(&chain, &link.link_id, document).await;
    the_trails_are_intact(&chain, &link.link_id).await;
}

async fn the_feed_tells_it_in_order(chain: &Chain, link: &str, document: &str) {
    let mut events = EventServiceClient::new(chain.channel.clone());
    let wanted = [
        (document, "document.ready"),
        (link, "link.issued"),
        (link, "link.sent"),
        (link, "link.delivered"),
        (link, "link.code_sent"),
        (link, "link.unlocked"),
        (link, "link.downloaded"),
        (link, "link.completed"),
    ];
    let told = eventually("the whole story in the feed", async || {
        let request = ListEventsRequest {
            page_size: 1_000,
            ..Default::default()
        };
        let page = events
            .list_events(chain.request(request))
            .await
            .unwrap()
            .into_inner();
        let places: Vec<_> = wanted
            .iter()
            .map(|(resource, event_type)| {
                let told = |event: &bitewing_proto::identity::Event| {
                    event.resource == *resource && event.event_type == *event_type
                };
                page.events.iter().position(told)
            })
            .collect();
        places.iter().all(Option::is_some).then_some((page, places))
    })
    .await;
    let (page, places) = told;
    assert!(places.is_sorted(), "{places:?}");
    let mut ids: Vec<_> = page.events.iter().map(|event| &event.event_id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), page.events.len(), "an event is told twice");

    // A watcher who starts behind the first event sees the second first.
    let request = WatchEventsRequest {
        after_cursor: page.events[0].cursor.clone(),
        ..Default::default()
    };
    let mut stream = events
        .watch_events(chain.request(request))
        .await
        .unwrap()
        .into_inner();
    let next = tokio::time::timeout(Duration::from_secs(10), stream.message()).await;
    let next = next
        .expect("it is told at once")
        .unwrap()
        .unwrap()
        .event
        .unwrap();
    assert_eq!(next.event_id, page.events[1].event_id);
}

async fn the_trails_are_intact(chain: &Chain, link: &str) {
    let lines = chain
        .json
        .get(&format!(
            "/v1/documentAuditEntries?resource={link}&pageSize=1000"
        ))
        .await;
    let lines = lines["entries"].as_array().cloned().unwrap_or_default();
    let kinds: Vec<_> = lines
        .iter()
        .filter_map(|line| line["actorKind"].as_str())
        .collect();
    assert!(
        kinds.contains(&"api_client") && kinds.contains(&"recipient"),
        "{kinds:?}"
    );
    for area in ["admin", "conversation", "patient", "template", "document"] {
        let path = format!("/v1/{area}AuditEntries");
        // A line is sealed within a second of what it tells.
        eventually(&format!("the sealing of the {area} trail"), async || {
            let page = chain.json.get(&format!("{path}?pageSize=1000")).await;
            let lines = page["entries"].as_array().cloned().unwrap_or_default();
            let sealed = lines
                .iter()
                .all(|line| line["hash"].as_str().is_some_and(|hash| hash.len() == 64));
            (sealed && (!lines.is_empty() || area == "template")).then_some(())
        })
        .await;
        let verdict = chain.json.get(&format!("{path}:verify")).await;
        assert_eq!(verdict["verdict"]["intact"], true, "{area}: {verdict}");
    }
}

#[tokio::test]
async fn a_repeated_request_makes_one_link() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let clinic = chain.clinic().await;
    let patient = chain.patient(&clinic).await;
    let document = chain.document(&clinic, b"agreement").await;
    let mut links = LinkServiceClient::new(chain.channel.clone());
    let request = pb::CreateLinkRequest {
        patient_id: patient.id.clone(),
        document_ids: vec![document],
        request_id: "5f3c9c5e-6b1c-4a53-9a3e-0d2f3a1c7e11".to_owned(),
        ..Default::default()
    };
    let mut made = Vec::new();
    for _ in 0..3 {
        let answer = links
            .create_link(chain.request(request.clone()))
            .await
            .unwrap();
        made.push(answer.into_inner().link.unwrap().link_id);
    }
    made.dedup();
    assert_eq!(made.len(), 1);
    chain.token_in_mail(&patient, 0).await;
    chain.wait_for_event("link.delivered", &made[0]).await;
    assert_eq!(chain.arrived(&patient.email).await.len(), 1);
}
