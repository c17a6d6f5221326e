//! What a clinic learns of what became of a link.

use crate::harness::{ELSEWHERE, HOME, Harness, until, wrong};
use bitewing_proto::document as pb;
use bitewing_proto::document::LinkReceiptKind as Kind;
use bitewing_proto::template::TemplateKind;
use reqwest::Method;
use serde_json::json;

impl Harness {
    async fn receipts(&self, link: &pb::Link) -> Vec<pb::LinkReceipt> {
        self.link(&link.link_id).await.receipts
    }

    /// An event about a message, in conversation's feed.
    fn about_message(&self, message: String, what: &str, reason: &str) {
        let payload = json!({ "clinic_id": self.clinic.to_string(), "reason": reason });
        let event = format!("message.{what}");
        let organization = self.caller.organization();
        self.conversation
            .feed
            .push(organization, &event, message, payload);
    }

    /// Gives the clinic an address, and waits until it is known.
    async fn clinic_mail(&self, email: &str) {
        let payload = json!({
            "display_name": "Clinique du Parc", "phone": "+15148731234", "region": "CA",
            "language": "fr", "time_zone": "America/Montreal", "email": email,
        });
        let (organization, clinic) = (self.caller.organization(), self.clinic.to_string());
        self.conversation
            .feed
            .push(organization, "clinic.updated", clinic, payload);
        let query = format!("SELECT count(*) FROM clinics WHERE email = '{email}'");
        until(async || (self.count(&query).await == 1).then_some(())).await;
    }

    /// Ten wrong codes, from two addresses.
    async fn locked(&self, token: &str) {
        let mut address = 0;
        for holder in [HOME, ELSEWHERE] {
            let mut anne = self.holder(token, holder);
            let (challenge, code) = self.challenged(&mut anne).await;
            for _ in 0..5 {
                address += 1;
                anne.address = format!("192.0.2.{address}");
                let _ = anne.verify(self, &challenge, &wrong(&code)).await;
            }
            self.pass(2).await;
        }
    }
}

fn kinds(receipts: &[pb::LinkReceipt]) -> Vec<Kind> {
    receipts.iter().map(pb::LinkReceipt::kind).collect()
}

#[tokio::test]
async fn a_link_tells_its_whole_story_in_order() {
    let h = Harness::start().await;
    let (one, other) = (h.ready().await, h.ready().await);
    let link = h
        .create_link(h.link_request(&[&one, &other]))
        .await
        .unwrap();
    let token = h.token(&link).await;
    let letter = h.letter(&link.link_id).await;
    until(async || {
        let carried = "SELECT count(*) FROM links WHERE message_id IS NOT NULL";
        (h.count(carried).await == 1).then_some(())
    })
    .await;
    h.about_message(letter.message_id, "delivered", "");
    until(async || (h.receipts(&link).await.len() == 3).then_some(())).await;

    let mut anne = h.holder(&token, HOME);
    for _ in 0..3 {
        anne.open(&h).await.unwrap();
    }
    let (challenge, code) = h.challenged(&mut anne).await;
    let code_message = h.codes(1).await.remove(0).message_id;
    until(async || (h.count("SELECT count(*) FROM code_messages").await == 1).then_some(())).await;
    h.about_message(code_message.clone(), "sent", "");
    h.about_message(code_message.clone(), "delivered", "");
    // Told late, and the other way round: what arrived stays arrived.
    h.about_message(code_message, "undelivered", "X");
    until(async || {
        let receipts = h.receipts(&link).await;
        kinds(&receipts)
            .contains(&Kind::CodeDelivered)
            .then_some(())
    })
    .await;
    let session = anne.verify(&h, &challenge, &code).await.unwrap();
    for document in [&one, &other] {
        let path = format!("/d/files/{}", document.document_id);
        let request = h
            .http(Method::GET, &path, None)
            .header("x-session-token", &session.session_token)
            .header("x-forwarded-for", HOME);
        request.send().await.unwrap().bytes().await.unwrap();
    }
    until(async || (h.link(&link.link_id).await.state() == pb::LinkState::Completed).then_some(()))
        .await;

    let receipts = h.receipts(&link).await;
    assert_eq!(
        kinds(&receipts),
        [
            Kind::Issued,
            Kind::Sent,
            Kind::Delivered,
            Kind::Opened,
            Kind::CodeSent,
            Kind::CodeDelivered,
            Kind::Unlocked,
            Kind::Downloaded,
            Kind::Downloaded,
            Kind::Completed,
        ]
    );
    assert_eq!(receipts[3].count, 1, "openings within a minute count once");
    assert_eq!(receipts[4].channel(), pb::CodeChannel::Sms);
    let documents: Vec<_> = receipts[7..9]
        .iter()
        .map(|receipt| receipt.document_id.clone())
        .collect();
    assert_eq!(documents, link.document_ids);
    for receipt in &receipts[6..] {
        assert_eq!(receipt.network, "203.0.113.0/24", "never a whole address");
        assert!(receipt.time.is_some());
    }
    let told = h.events(&link.link_id).await;
    assert_eq!(
        told,
        [
            "link.issued",
            "link.sent",
            "link.delivered",
            "link.opened",
            "link.code_sent",
            "link.code_delivered",
            "link.unlocked",
            "link.downloaded",
            "link.downloaded",
            "link.completed"
        ]
    );
}

#[tokio::test]
async fn a_code_that_did_not_arrive_is_told_with_the_reason() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    h.challenged(&mut h.holder(&token, HOME)).await;
    let message = h.codes(1).await.remove(0).message_id;
    until(async || (h.count("SELECT count(*) FROM code_messages").await == 1).then_some(())).await;
    h.about_message(message, "failed", "LANDLINE");
    let failed = until(async || {
        let mut receipts = h.receipts(&link).await.into_iter();
        receipts.find(|receipt| receipt.kind() == Kind::CodeFailed)
    })
    .await;
    assert_eq!(failed.reason, "LANDLINE");
    assert_eq!(failed.channel(), pb::CodeChannel::Sms);
}

#[tokio::test]
async fn what_became_of_a_code_is_asked_for_where_its_events_came_too_early() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    h.challenged(&mut h.holder(&token, HOME)).await;
    until(async || {
        h.sql("UPDATE store.job SET run_at = now() WHERE kind = 'follow_code' AND state = 0")
            .await;
        let receipts = h.receipts(&link).await;
        kinds(&receipts)
            .contains(&Kind::CodeDelivered)
            .then_some(())
    })
    .await;
}

#[tokio::test]
async fn openings_are_counted_once_a_minute_and_told_once() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let mut anne = h.holder(&token, HOME);
    for _ in 0..3 {
        for _ in 0..10 {
            anne.open(&h).await.unwrap();
        }
        h.sql("UPDATE receipts SET last_at = last_at - interval '61 seconds'")
            .await;
    }
    let receipts = h.receipts(&link).await;
    assert_eq!(kinds(&receipts), [Kind::Issued, Kind::Opened]);
    assert_eq!(receipts[1].count, 3);
    assert_eq!(
        h.events(&link.link_id).await,
        ["link.issued", "link.opened"]
    );
    assert_eq!(h.link(&link.link_id).await.state(), pb::LinkState::Issued);
}

#[tokio::test]
async fn the_tenth_wrong_code_locks_the_link_and_tells_the_clinic_without_a_name() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    h.clinic_mail("accueil@parc.example").await;
    h.locked(&token).await;
    let receipts = h.receipts(&link).await;
    let wrong_codes = receipts
        .iter()
        .find(|receipt| receipt.kind() == Kind::CodeWrong)
        .unwrap();
    assert_eq!(wrong_codes.count, 10);
    let locked = receipts.last().unwrap();
    assert_eq!(
        (locked.kind(), locked.reason.as_str()),
        (Kind::Locked, "TOO_MANY_WRONG_CODES")
    );
    let letter = h.letter(&format!("{}/locked", link.link_id)).await.request;
    assert_eq!(letter.kind(), TemplateKind::DocumentLocked);
    assert_eq!(
        (letter.address.as_str(), letter.language.as_str()),
        ("accueil@parc.example", "fr")
    );
    assert_eq!(letter.secret, "");
    assert_eq!(letter.variables["link_id"], link.link_id);
    let written = format!("{:?}", letter.variables);
    assert!(!written.contains("Anne") && !written.contains("514873567"));
    // One click makes a new link, for the same documents.
    let request = pb::ReissueLinkRequest {
        link_id: link.link_id.clone(),
        ..Default::default()
    };
    let again = h.links().reissue_link(h.request(request)).await.unwrap();
    assert_eq!(
        again.into_inner().link.unwrap().document_ids,
        link.document_ids
    );
}

#[tokio::test]
async fn a_clinic_without_an_address_is_told_by_the_event_alone() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    h.locked(&token).await;
    let waiting = "SELECT count(*) FROM store.job WHERE kind = 'tell_locked'";
    until(async || (h.count(waiting).await == 0).then_some(())).await;
    assert!(
        h.events(&link.link_id)
            .await
            .contains(&"link.locked".to_owned())
    );
    let letters = h.conversation.letters();
    assert!(
        letters
            .iter()
            .all(|letter| letter.request.kind() != TemplateKind::DocumentLocked)
    );
}

#[tokio::test]
async fn links_are_listed_by_state_and_by_what_became_of_their_mail() {
    let h = Harness::start().await;
    let (locked, token) = h.linked().await;
    h.locked(&token).await;
    let (issued, _) = h.linked().await;
    h.sql(&format!(
        "UPDATE links SET delivery = 4 WHERE id <> '{}'",
        locked
            .link_id
            .parse::<bitewing_core::LinkId>()
            .unwrap()
            .uuid()
    ))
    .await;
    let list = async |request: pb::ListLinksRequest| {
        let answer = h.links().list_links(h.request(request)).await.unwrap();
        let links = answer.into_inner().links.into_iter();
        links.map(|link| link.link_id).collect::<Vec<_>>()
    };
    let mut wanted = pb::ListLinksRequest::default();
    wanted.set_state(pb::LinkState::Locked);
    assert_eq!(list(wanted).await, [locked.link_id]);
    let mut wanted = pb::ListLinksRequest::default();
    wanted.set_delivery(pb::LinkDelivery::Bounced);
    assert_eq!(list(wanted.clone()).await, [issued.link_id]);
    wanted.set_state(pb::LinkState::Expired);
    assert!(list(wanted).await.is_empty());
}

#[tokio::test]
async fn dates_are_written_as_the_patient_reads_them_by_the_clinics_clock() {
    let h = Harness::start().await;
    h.clinic_mail("accueil@parc.example").await;
    let document = h.ready().await;
    for (language, wanted) in [
        ("fr", "12 janvier 2030 à 21 h 30"),
        ("ru", "12 января 2030 г., 21:30"),
    ] {
        h.put_patient(|patient| language.clone_into(&mut patient.language));
        h.conversation.refuse(true);
        let link = h.create_link(h.link_request(&[&document])).await.unwrap();
        let tried = "SELECT count(*) FROM store.job
                     WHERE kind = 'deliver_link' AND state = 0 AND attempt > 0";
        until(async || (h.count(tried).await == 1).then_some(())).await;
        h.sql("UPDATE links SET expires_at = '2030-01-13 02:30+00' WHERE state = 1")
            .await;
        h.conversation.refuse(false);
        h.sql("UPDATE store.job SET run_at = now() WHERE kind = 'deliver_link' AND state = 0")
            .await;
        let letter = h.letter(&link.link_id).await.request;
        assert_eq!(letter.variables["expires_on"], wanted);
    }
}

#[tokio::test]
async fn a_code_nobody_will_send_is_told_at_once() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    h.conversation.call_only();
    let mut anne = h.holder(&token, HOME);
    anne.send_code(&h, pb::CodeChannel::Sms).await.unwrap();
    let failed = until(async || {
        let mut receipts = h.receipts(&link).await.into_iter();
        receipts.find(|receipt| receipt.kind() == Kind::CodeFailed)
    })
    .await;
    assert_eq!(failed.reason, "PHONE_IS_LANDLINE");
    let waiting = "SELECT count(*) FROM store.job WHERE kind = 'send_code'";
    assert_eq!(
        (h.conversation.texts_refused(), h.count(waiting).await),
        (1, 0)
    );
    h.pass(2).await;
    anne.send_code(&h, pb::CodeChannel::Voice).await.unwrap();
    assert_eq!(h.codes(1).await.len(), 1, "a call goes");
}

#[tokio::test]
async fn a_code_refused_at_the_last_of_its_tries_is_told_too() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    h.conversation.refuse(true);
    let mut anne = h.holder(&token, HOME);
    anne.send_code(&h, pb::CodeChannel::Sms).await.unwrap();
    let tried =
        "SELECT count(*) FROM store.job WHERE kind = 'send_code' AND state = 0 AND attempt > 0";
    until(async || (h.count(tried).await == 1).then_some(())).await;
    h.conversation.call_only();
    h.conversation.refuse(false);
    h.sql(
        "UPDATE store.job SET max_attempts = attempt + 1, run_at = now() WHERE kind = 'send_code'",
    )
    .await;
    let failed = until(async || {
        let mut receipts = h.receipts(&link).await.into_iter();
        receipts.find(|receipt| receipt.kind() == Kind::CodeFailed)
    })
    .await;
    assert_eq!(failed.reason, "PHONE_IS_LANDLINE");
}
