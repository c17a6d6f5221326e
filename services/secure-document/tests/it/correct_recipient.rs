//! Another address is another link: the old one ends in the same moment, and its addresses are told.

use crate::harness::{HOME, Harness, paths, point, until, why};
use crate::peers::Letter;
use bitewing_core::{ClinicId, Ids as _, SystemIds};
use bitewing_proto::conversation::Channel;
use bitewing_proto::document as pb;
use bitewing_proto::document::link_service_client::LinkServiceClient;
use bitewing_proto::patient as patient_pb;
use bitewing_proto::template::TemplateKind;
use bitewing_testkit::TestCaller;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tonic::Status;

impl Harness {
    async fn correct(&self, request: pb::CorrectRecipientRequest) -> Result<pb::Link, Status> {
        let answer = self
            .links()
            .correct_recipient(self.request(request))
            .await?;
        Ok(answer.into_inner().link.unwrap())
    }

    /// The words that went to the addresses of a replaced link.
    async fn notices(&self, link: &pb::Link) -> Vec<Letter> {
        let waiting = "SELECT count(*) FROM store.job WHERE kind = 'tell_replaced'";
        until(async || (self.count(waiting).await == 0).then_some(())).await;
        let prefix = format!("{}/replaced/", link.link_id);
        let letters = self.conversation.letters().into_iter();
        letters
            .filter(|letter| letter.request.request_id.starts_with(&prefix))
            .collect()
    }
}

fn to_email(link: &pb::Link, email: &str) -> pb::CorrectRecipientRequest {
    pb::CorrectRecipientRequest {
        link_id: link.link_id.clone(),
        email: email.to_owned(),
        email_again: email.to_owned(),
        request_id: SystemIds.next().to_string(),
        ..Default::default()
    }
}

fn to_phone(link: &pb::Link, phone: &str) -> pb::CorrectRecipientRequest {
    pb::CorrectRecipientRequest {
        link_id: link.link_id.clone(),
        phone: phone.to_owned(),
        phone_again: phone.to_owned(),
        request_id: SystemIds.next().to_string(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_corrected_address_gets_a_new_link_and_the_old_link_opens_nothing() {
    let h = Harness::start().await;
    let (old, token) = h.linked().await;
    let mut stranger = h.holder(&token, HOME);
    let session = h.unlocked(&mut stranger).await.session_token;

    let request = to_email(&old, "anne@example.net");
    let new = h.correct(request.clone()).await.unwrap();
    assert_eq!(h.correct(request).await.unwrap().link_id, new.link_id);
    assert_eq!(new.reissued_from, old.link_id);
    assert_eq!(new.document_ids, old.document_ids);
    assert_eq!(
        (new.email_hint.as_str(), new.phone_hint.as_str()),
        ("a•••@example.net", "78")
    );
    let old = h.link(&old.link_id).await;
    assert_eq!(
        (old.state(), old.reason.as_str()),
        (pb::LinkState::Revoked, "RECIPIENT_CORRECTED")
    );
    assert_eq!(why(stranger.open(&h).await), "LINK_GONE");
    assert_eq!(why(stranger.files(&h, &session).await), "SESSION_ENDED");
    let letter = h.letter(&new.link_id).await.request;
    assert_eq!(letter.address, "anne@example.net");
    let fresh = h.token(&new).await;
    assert_ne!(fresh, token);
    assert!(h.holder(&fresh, HOME).open(&h).await.is_ok());
}

#[tokio::test]
async fn the_addresses_used_so_far_are_told_and_learn_nothing_of_the_new_ones() {
    let h = Harness::start().await;
    let (old, _) = h.linked().await;
    let new = h.correct(to_phone(&old, "(514) 873-9999")).await.unwrap();
    assert_eq!(new.phone_hint, "99");
    let mut notices = h.notices(&old).await;
    notices.sort_by_key(|notice| notice.request.channel);
    let went: Vec<_> = notices
        .iter()
        .map(|notice| (notice.request.channel(), notice.request.address.as_str()))
        .collect();
    assert_eq!(
        went,
        [
            (Channel::Sms, "+15148735678"),
            (Channel::Email, "anne.cote@example.org")
        ]
    );
    for notice in &notices {
        let request = &notice.request;
        assert_eq!(request.kind(), TemplateKind::DocumentReplaced);
        assert_eq!(
            (request.language.as_str(), request.secret.as_str()),
            ("fr", "")
        );
        let mut said: Vec<_> = request.variables.keys().map(String::as_str).collect();
        said.sort_unstable();
        assert_eq!(said, ["clinic_name", "clinic_phone", "organization_name"]);
        let values = format!("{:?}", request.variables);
        assert!(!values.contains("Anne") && !values.contains("9999"));
    }
}

#[tokio::test]
async fn a_mailbox_that_bounced_and_a_landline_are_spared() {
    let h = Harness::start().await;
    h.put_patient(|patient| {
        patient.contact_points[1].set_line_type(patient_pb::LineType::Landline);
    });
    let (old, _) = h.linked().await;
    h.sql("UPDATE links SET delivery = 4").await;
    let new = h.correct(to_email(&old, "anne@example.net")).await.unwrap();
    assert_eq!(
        new.code_channel(),
        pb::CodeChannel::Voice,
        "the phone stays, and is called as before"
    );
    assert!(h.notices(&old).await.is_empty());
}

#[tokio::test]
async fn what_is_typed_once_or_differently_is_refused() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let refused = async |request| paths(&h.correct(request).await.err().unwrap());
    assert_eq!(
        refused(pb::CorrectRecipientRequest {
            link_id: link.link_id.clone(),
            ..Default::default()
        })
        .await,
        ["email", "phone"]
    );
    assert_eq!(
        refused(pb::CorrectRecipientRequest {
            email_again: "ann@example.net".to_owned(),
            ..to_email(&link, "anne@example.net")
        })
        .await,
        ["email_again"]
    );
    assert_eq!(
        refused(pb::CorrectRecipientRequest {
            phone_again: String::new(),
            ..to_phone(&link, "514 873 9999")
        })
        .await,
        ["phone_again"]
    );
    assert_eq!(refused(to_email(&link, "anne@")).await, ["email"]);
    assert_eq!(refused(to_phone(&link, "12345")).await, ["phone"]);
    assert_eq!(
        refused(pb::CorrectRecipientRequest {
            link_id: "x".to_owned(),
            code_channel: 7,
            request_id: "y".to_owned(),
            ..to_email(&link, "anne@example.net")
        })
        .await,
        ["link_id", "code_channel", "request_id"]
    );
    let same = h.correct(to_email(&link, "Anne.Cote@example.org")).await;
    assert_eq!(why(same), "NOTHING_TO_CORRECT");
    let abroad = h.correct(to_phone(&link, "+33612345678")).await;
    assert_eq!(why(abroad), "REGION_NOT_ALLOWED");
    assert!(h.holder(&token, HOME).open(&h).await.is_ok());
}

#[tokio::test]
async fn corrections_at_once_on_two_instances_leave_one_link_that_opens() {
    let h = Harness::start().await;
    let (old, _) = h.linked().await;
    let second = LinkServiceClient::new(h.second_instance().await);
    let corrections = (0..6).map(|number| {
        let mut links = if number % 2 == 0 {
            h.links()
        } else {
            second.clone()
        };
        let request = h.request(to_email(&old, &format!("anne{number}@example.net")));
        async move { links.correct_recipient(request).await.map(|_| ()) }
    });
    let answers: Vec<_> = corrections.collect::<FuturesUnordered<_>>().collect().await;
    assert!(answers.iter().all(Result::is_ok));
    let open = "SELECT count(*) FROM links WHERE state = 1";
    assert_eq!(h.count(open).await, 1);
    assert_eq!(h.count("SELECT count(*) FROM links").await, 7);
}

#[tokio::test]
async fn reissuing_a_link_ends_the_one_that_was_corrected_before() {
    let h = Harness::start().await;
    let (old, _) = h.linked().await;
    let corrected = h.correct(to_email(&old, "anne@example.net")).await.unwrap();
    let request = pb::ReissueLinkRequest {
        link_id: old.link_id.clone(),
        ..Default::default()
    };
    h.links().reissue_link(h.request(request)).await.unwrap();
    let corrected = h.link(&corrected.link_id).await;
    assert_eq!(
        (corrected.state(), corrected.reason.as_str()),
        (pb::LinkState::Revoked, "REISSUED")
    );
}

#[tokio::test]
async fn only_who_may_send_links_of_this_clinic_corrects_them() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let elsewhere = TestCaller::within(&h.caller, &[ClinicId::from_uuid(SystemIds.next())]);
    let mut reader = h.caller.clone();
    reader.scopes = vec!["links.read".to_owned()];
    for (caller, reason) in [
        (&TestCaller::fresh(), "LINK_NOT_FOUND"),
        (&elsewhere, "LINK_NOT_FOUND"),
        (&reader, "FORBIDDEN"),
    ] {
        let request = h.request_as(caller, to_email(&link, "anne@example.net"));
        assert_eq!(why(h.links().correct_recipient(request).await), reason);
    }
    assert!(h.holder(&token, HOME).open(&h).await.is_ok());
}

#[tokio::test]
async fn a_patient_who_must_not_be_contacted_gets_no_corrected_link() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    h.put_patient(|patient| {
        patient.do_not_contact = true;
        patient.contact_points[0] = point(patient_pb::ContactPointKind::Email, "x@example.org");
    });
    let refused = h.correct(to_email(&link, "anne@example.net")).await;
    assert_eq!(why(refused), "DO_NOT_CONTACT");
    assert!(h.holder(&token, HOME).open(&h).await.is_ok());
}

#[tokio::test]
async fn a_correction_is_written_down_with_who_was_told() {
    let h = Harness::start().await;
    let (old, _) = h.linked().await;
    let new = h.correct(to_email(&old, "anne@example.net")).await.unwrap();
    let request = pb::ListDocumentAuditEntriesRequest {
        resource: new.link_id.clone(),
        ..Default::default()
    };
    let answer = h
        .audit()
        .list_document_audit_entries(h.request(request))
        .await
        .unwrap();
    let entries = answer.into_inner().entries;
    let line = entries
        .iter()
        .find(|entry| entry.action == "link.recipient_corrected")
        .unwrap();
    assert_eq!(line.actor_kind, "api_client");
    let details = line.details.as_ref().unwrap();
    let told = details.fields["told"].kind.clone();
    let Some(prost_types::value::Kind::ListValue(told)) = told else {
        panic!("a list");
    };
    assert_eq!(told.values.len(), 2);
    let changed = details.fields["email_changed"].kind.clone();
    assert_eq!(changed, Some(prost_types::value::Kind::BoolValue(true)));
    let written = format!("{details:?}");
    assert!(!written.contains("example"), "no address is written down");
}
