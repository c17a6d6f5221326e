use crate::harness::{HOME, Harness, point, until, why};
use bitewing_core::{Ids as _, SystemIds};
use bitewing_proto::document as pb;
use bitewing_proto::patient as patient_pb;
use serde_json::json;

impl Harness {
    /// An event about the e-mail of a link, in conversation's feed.
    async fn mail(&self, link: &pb::Link, state: &str, reason: &str) {
        let message = self.letter(&link.link_id).await.message_id;
        let payload =
            json!({ "clinic_id": link.clinic_id, "patient_id": link.patient_id, "reason": reason });
        self.conversation.feed.push(
            self.caller.organization(),
            &format!("message.{state}"),
            message,
            payload,
        );
    }

    async fn delivered(&self, link: &pb::Link, wanted: pb::LinkDelivery) {
        until(async || (self.link(&link.link_id).await.delivery() == wanted).then_some(())).await;
    }

    /// Waits until the link knows its message.
    async fn carried(&self) {
        let query = "SELECT count(*) FROM links WHERE message_id IS NULL";
        until(async || (self.count(query).await == 0).then_some(())).await;
    }
}

#[tokio::test]
async fn the_mail_is_followed_until_it_arrives() {
    let h = Harness::start().await;
    let (link, _) = h.linked().await;
    assert_eq!(link.delivery(), pb::LinkDelivery::Queued);
    h.carried().await;
    h.mail(&link, "accepted", "").await;
    h.delivered(&link, pb::LinkDelivery::Accepted).await;
    h.mail(&link, "delivered", "").await;
    h.delivered(&link, pb::LinkDelivery::Delivered).await;
    // What is told late changes nothing.
    h.mail(&link, "accepted", "").await;
    h.mail(&link, "failed", "X").await;
    let marker = h.conversation.feed.add_clinic(h.caller.organization());
    let query = format!(
        "SELECT count(*) FROM clinics WHERE id = '{}'",
        marker.uuid()
    );
    until(async || (h.count(&query).await == 1).then_some(())).await;
    assert_eq!(
        h.link(&link.link_id).await.delivery(),
        pb::LinkDelivery::Delivered
    );
    assert_eq!(
        h.events(&link.link_id).await,
        ["link.issued", "link.sent", "link.delivered"]
    );
}

#[tokio::test]
async fn a_mail_that_bounced_is_shown() {
    let h = Harness::start().await;
    let (link, _) = h.linked().await;
    h.carried().await;
    h.mail(&link, "failed", "MAILBOX_UNKNOWN").await;
    h.delivered(&link, pb::LinkDelivery::Bounced).await;
    assert_eq!(
        h.events(&link.link_id).await,
        ["link.issued", "link.bounced"]
    );
}

#[tokio::test]
async fn events_that_came_too_early_are_asked_for_later() {
    let h = Harness::start().await;
    let (link, _) = h.linked().await;
    h.carried().await;
    h.sql("UPDATE store.job SET run_at = now() WHERE kind = 'follow_link'")
        .await;
    h.delivered(&link, pb::LinkDelivery::Delivered).await;
}

#[tokio::test]
async fn a_link_that_cannot_be_handed_over_bounces_and_its_token_goes() {
    let h = Harness::start().await;
    h.conversation.refuse(true);
    let document = h.ready().await;
    let link = h.create_link(h.link_request(&[&document])).await.unwrap();
    h.sql("UPDATE store.job SET max_attempts = 1 WHERE kind = 'deliver_link'")
        .await;
    until(async || {
        h.sql("UPDATE store.job SET run_at = now() WHERE kind = 'deliver_link' AND state = 0")
            .await;
        (h.link(&link.link_id).await.delivery() == pb::LinkDelivery::Bounced).then_some(())
    })
    .await;
    assert_eq!(
        h.count("SELECT count(*) FROM store.job WHERE kind = 'deliver_link'")
            .await,
        0
    );
}

#[tokio::test]
async fn a_reissued_link_goes_to_the_address_the_patient_has_now() {
    let h = Harness::start().await;
    let (old, token) = h.linked().await;
    let corrected = point(patient_pb::ContactPointKind::Email, "anne@example.net");
    h.put_patient(|patient| patient.contact_points[0] = corrected);
    let request = pb::ReissueLinkRequest {
        link_id: old.link_id.clone(),
        request_id: SystemIds.next().to_string(),
    };
    let reissue = async || {
        let answer = h
            .links()
            .reissue_link(h.request(request.clone()))
            .await
            .unwrap();
        answer.into_inner().link.unwrap()
    };
    let new = reissue().await;
    assert_eq!(reissue().await.link_id, new.link_id);
    assert_eq!(new.reissued_from, old.link_id);
    assert_eq!(new.email_hint, "a•••@example.net");
    assert_eq!(new.document_ids, old.document_ids);
    assert_eq!(
        h.letter(&new.link_id).await.request.address,
        "anne@example.net"
    );
    let old = h.link(&old.link_id).await;
    assert_eq!(
        (old.state(), old.reason.as_str()),
        (pb::LinkState::Revoked, "REISSUED")
    );
    assert_eq!(why(h.holder(&token, HOME).open(&h).await), "LINK_GONE");
    let mut anne = h.holder(&h.token(&new).await, HOME);
    assert!(anne.open(&h).await.is_ok());
}

#[tokio::test]
async fn a_reissue_that_cannot_be_made_leaves_the_old_link() {
    let h = Harness::start().await;
    let (old, token) = h.linked().await;
    h.put_patient(|patient| patient.do_not_contact = true);
    let request = pb::ReissueLinkRequest {
        link_id: old.link_id.clone(),
        ..Default::default()
    };
    assert_eq!(
        why(h.links().reissue_link(h.request(request)).await),
        "DO_NOT_CONTACT"
    );
    assert!(h.holder(&token, HOME).open(&h).await.is_ok());
}

#[tokio::test]
async fn revoking_twice_is_revoking_once() {
    let h = Harness::start().await;
    let (link, _) = h.linked().await;
    for _ in 0..2 {
        let request = pb::RevokeLinkRequest {
            link_id: link.link_id.clone(),
        };
        let answer = h
            .links()
            .revoke_link(h.request(request))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(answer.link.unwrap().state(), pb::LinkState::Revoked);
    }
    assert_eq!(
        h.events(&link.link_id).await,
        ["link.issued", "link.revoked"]
    );
}
