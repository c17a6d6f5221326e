//! Wrong codes, expiry, revocation, reissue, a deleted document.

use crate::suite::chain::Reachable;
use crate::suite::chain::fresh_number;
use crate::suite::patient::{Holder, wrong};
use crate::suite::sql::Sql;
use crate::suite::{Chain, Suite, eventually};
use bitewing_auth::Service;
use bitewing_rpc::failure::reason_of;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use tonic::{Code, Status};

/// A link on its way, and who holds it.
struct Sent {
    suite: Arc<Suite>,
    chain: Chain,
    patient: Reachable,
    document: String,
    link: String,
    holder: Holder,
}

impl Sent {
    async fn out() -> Self {
        let suite = Suite::shared().await;
        let chain = Chain::found(&suite.site).await;
        let clinic = chain.clinic().await;
        let patient = chain.patient(&clinic).await;
        let document = chain.document(&clinic, b"agreement").await;
        let link = chain.link(&patient, &document).await;
        let token = chain.token_in_mail(&patient, 0).await;
        let holder = Holder::of(&suite.site, &token);
        Self {
            suite,
            chain,
            patient,
            document,
            link,
            holder,
        }
    }

    /// What nobody can do over the API: moves time, for instance.
    async fn tamper(&self, sql: &str) {
        let mut admin =
            Sql::connect(&self.suite.databases().of(Service::SecureDocument).admin()).await;
        let organization: bitewing_core::OrganizationId = self.chain.organization.parse().unwrap();
        admin
            .run(format!(
                "{sql} WHERE organization_id = '{}'",
                organization.uuid()
            ))
            .await
            .unwrap();
        admin.close().await;
    }

    /// Gives the clinic a mailbox, and waits until it is known where links are locked.
    async fn front_desk(&self) -> String {
        let clinic = self.chain.look_at(&self.link).await["clinicId"].clone();
        let clinic = clinic.as_str().unwrap();
        let desk = format!("desk-{}@example.org", fresh_number());
        let path = format!("/v1/clinics/{clinic}");
        let card = json!({ "email": desk });
        self.chain.json.call(Method::PATCH, &path, card).await;
        let databases = self.suite.databases();
        let query = format!("SELECT count(*) FROM clinics WHERE email = '{desk}'");
        eventually("the mailbox of the clinic", async || {
            let mut admin = Sql::connect(&databases.of(Service::SecureDocument).admin()).await;
            let known = admin.number(query.clone()).await.unwrap();
            admin.close().await;
            (known == 1).then_some(())
        })
        .await;
        desk
    }

    /// Lets the cool-down between two codes pass.
    async fn let_an_hour_pass(&self) {
        let sql = "UPDATE challenges SET sent_at = ARRAY(SELECT t - interval '1 hour' FROM unnest(sent_at) t)";
        self.tamper(sql).await;
    }

    /// Every answer to a holder is that of a link that never was.
    async fn is_gone(&mut self) {
        let mut stranger = Holder::of(&self.suite.site, &"A".repeat(64));
        let never = [
            stranger.open().await.err(),
            stranger.send_code().await.err(),
            stranger.verify("AAAA", "000000").await.err(),
        ];
        let mut holder = self.holder.elsewhere();
        let gone = [
            holder.open().await.err(),
            holder.send_code().await.err(),
            holder.verify("AAAA", "000000").await.err(),
        ];
        for (gone, never) in gone.into_iter().zip(never) {
            let (gone, never) = (gone.expect("it is gone"), never.expect("it never was"));
            assert_eq!(refusal(&gone), (Code::NotFound, "LINK_GONE".to_owned()));
            assert_eq!(
                (gone.code(), gone.message(), gone.details()),
                (never.code(), never.message(), never.details())
            );
        }
    }
}

fn refusal(status: &Status) -> (Code, String) {
    (status.code(), reason_of(status).unwrap_or_default())
}

#[tokio::test]
async fn wrong_codes_lock_the_link_and_only_a_reissue_helps() {
    let mut sent = Sent::out().await;
    let desk = sent.front_desk().await;
    let mut wrongs = 0;
    // Two codes, five guesses each, from two addresses: the count goes on across codes (NIST SP
    // 800-63B-4 3.1.3.2).
    for round in 0..2 {
        let mut holder = sent.holder.elsewhere();
        let challenge = holder.send_code().await.unwrap().challenge_token;
        let code = sent.chain.code_on_phone(&sent.patient, round).await;
        for nth in 0..5 {
            let refused = holder
                .verify(&challenge, &wrong(&code, nth))
                .await
                .err()
                .unwrap();
            wrongs += 1;
            let expected = if wrongs == 10 {
                "LINK_GONE"
            } else {
                "CODE_WRONG"
            };
            let (_, reason) = refusal(&refused);
            assert!(
                reason == expected || wrongs == 10 && reason == "CODE_WRONG",
                "{wrongs}: {reason}"
            );
        }
        // The code is dead now, even for who types it right.
        assert!(holder.verify(&challenge, &code).await.is_err());
        sent.let_an_hour_pass().await;
    }
    sent.chain
        .wait_for_state(&sent.link, "LINK_STATE_LOCKED")
        .await;
    sent.is_gone().await;
    sent.chain.wait_for_event("link.locked", &sent.link).await;
    let told = sent.chain.arrival(&desk, 0).await;
    assert!(told.contains(&sent.link) && !told.contains("Anne"));

    let answer = sent
        .chain
        .json
        .post(&format!("/v1/links/{}:reissue", sent.link), json!({}))
        .await;
    assert_eq!(answer["link"]["reissuedFrom"], sent.link);
    let token = sent.chain.token_in_mail(&sent.patient, 1).await;
    assert_ne!(token, sent.holder.token);
    let mut holder = Holder::of(&sent.suite.site, &token);
    let session = holder.unlock(&sent.chain, &sent.patient).await;
    assert_eq!(
        holder.download(&session, &sent.document, None).await,
        (reqwest::StatusCode::OK, b"agreement".to_vec())
    );
    sent.is_gone().await;
}

#[tokio::test]
async fn five_wrong_guesses_stop_one_address_and_not_the_patient() {
    let sent = Sent::out().await;
    let mut attacker = sent.holder.elsewhere();
    let challenge = attacker.send_code().await.unwrap().challenge_token;
    let code = sent.chain.code_on_phone(&sent.patient, 0).await;
    for nth in 0..5 {
        attacker
            .verify(&challenge, &wrong(&code, nth))
            .await
            .err()
            .unwrap();
    }
    sent.let_an_hour_pass().await;
    let refused = attacker.send_code().await.err();
    assert!(
        refused
            .as_ref()
            .is_none_or(|refused| refused.code() == Code::ResourceExhausted),
        "{refused:?}"
    );
    sent.let_an_hour_pass().await;
    let mut patient = sent.holder.elsewhere();
    let session = patient.unlock(&sent.chain, &sent.patient).await;
    assert_eq!(patient.files(&session).await.unwrap().len(), 1);
}

#[tokio::test]
async fn another_code_cannot_be_had_at_once() {
    let mut sent = Sent::out().await;
    let first = sent.holder.send_code().await.unwrap();
    let code = sent.chain.code_on_phone(&sent.patient, 0).await;
    let refused = sent.holder.elsewhere().send_code().await.err().unwrap();
    assert_eq!(
        refusal(&refused),
        (Code::ResourceExhausted, "CODE_TOO_SOON".to_owned())
    );
    // Who asked again has not overwritten the patient's code.
    sent.holder
        .verify(&first.challenge_token, &code)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_code_belongs_to_who_asked_for_it() {
    let mut sent = Sent::out().await;
    let challenge = sent.holder.send_code().await.unwrap().challenge_token;
    let code = sent.chain.code_on_phone(&sent.patient, 0).await;
    let refused = sent
        .holder
        .elsewhere()
        .verify(&"A".repeat(challenge.len()), &code)
        .await
        .err()
        .unwrap();
    assert_eq!(refused.code(), Code::Unauthenticated);
    sent.holder.verify(&challenge, &code).await.unwrap();
    // A code works once.
    assert!(sent.holder.verify(&challenge, &code).await.is_err());
}

#[tokio::test]
async fn an_expired_code_unlocks_nothing() {
    let mut sent = Sent::out().await;
    let challenge = sent.holder.send_code().await.unwrap().challenge_token;
    let code = sent.chain.code_on_phone(&sent.patient, 0).await;
    sent.tamper("UPDATE challenges SET expires_at = clock_timestamp() - interval '1 second'")
        .await;
    let refused = sent.holder.verify(&challenge, &code).await.err().unwrap();
    assert_eq!(
        refusal(&refused),
        (Code::Unauthenticated, "CODE_EXPIRED".to_owned())
    );
}

#[tokio::test]
async fn an_expired_link_is_gone_and_so_are_its_sessions() {
    let mut sent = Sent::out().await;
    let session = sent.holder.unlock(&sent.chain, &sent.patient).await;
    assert_eq!(
        sent.holder.download(&session, &sent.document, None).await.0,
        200
    );
    sent.tamper("UPDATE links SET expires_at = clock_timestamp() - interval '1 second'")
        .await;
    sent.is_gone().await;
    assert_eq!(
        sent.holder.files(&session).await.err().unwrap().code(),
        Code::Unauthenticated
    );
    assert_eq!(
        sent.holder.download(&session, &sent.document, None).await.0,
        401
    );
}

#[tokio::test]
async fn a_revoked_link_is_gone_and_so_are_its_sessions() {
    let mut sent = Sent::out().await;
    let session = sent.holder.unlock(&sent.chain, &sent.patient).await;
    assert_eq!(
        sent.holder.download(&session, &sent.document, None).await.0,
        200
    );
    let answer = sent
        .chain
        .json
        .post(&format!("/v1/links/{}:revoke", sent.link), json!({}))
        .await;
    assert_eq!(answer["link"]["state"], "LINK_STATE_REVOKED");
    sent.is_gone().await;
    assert_eq!(
        sent.holder.files(&session).await.err().unwrap().code(),
        Code::Unauthenticated
    );
    assert_eq!(
        sent.holder.download(&session, &sent.document, None).await.0,
        401
    );
    sent.chain.wait_for_event("link.revoked", &sent.link).await;
}

#[tokio::test]
async fn a_deleted_document_takes_its_links_and_bytes_with_it() {
    let mut sent = Sent::out().await;
    let session = sent.holder.unlock(&sent.chain, &sent.patient).await;
    assert_eq!(
        sent.holder.download(&session, &sent.document, None).await.0,
        200
    );
    let path = format!("/v1/documents/{}", sent.document);
    let answer = sent
        .chain
        .json
        .call(Method::DELETE, &path, Value::Null)
        .await;
    assert_eq!(answer["document"]["state"], "DOCUMENT_STATE_SHREDDED");
    sent.is_gone().await;
    assert_ne!(
        sent.holder.download(&session, &sent.document, None).await.0,
        200
    );
    let download = sent
        .chain
        .json
        .attempt(
            Method::GET,
            &format!("/v1/downloads/{}", sent.document),
            Value::Null,
        )
        .await;
    assert!((400..500).contains(&download.status), "{}", download.text);
    let mut admin = Sql::connect(&sent.suite.databases().of(Service::SecureDocument).admin()).await;
    let document: bitewing_core::DocumentId = sent.document.parse().unwrap();
    let keys = format!(
        "SELECT count(*) FROM document_keys WHERE document_id = '{}'",
        document.uuid()
    );
    assert_eq!(
        admin.number(keys).await.unwrap(),
        0,
        "the key is still there"
    );
    admin.close().await;
}

#[tokio::test]
async fn what_cannot_be_sent_says_why() {
    let sent = Sent::out().await;
    let chain = &sent.chain;
    let clinic = chain.clinic().await;
    let refused = async |request: Value| {
        let answer = chain.json.attempt(Method::POST, "/v1/links", request).await;
        (answer.status, answer.reason().to_owned())
    };
    let link = |patient: &str| json!({ "patientId": patient, "documentIds": [sent.document] });
    let bare = async |points: Value, silent: bool| {
        let patient = json!({ "patient": {
            "clinicId": clinic, "givenName": "Jean", "familyName": "Roy", "contactPoints": points,
            "doNotContact": silent,
        }});
        crate::suite::json::text(
            &chain.json.post("/v1/patients", patient).await["patient"],
            "patientId",
        )
    };
    let mail = json!({ "kind": "CONTACT_POINT_KIND_EMAIL", "value": "jean.roy@example.org" });
    let phone = |value: &str| json!({ "kind": "CONTACT_POINT_KIND_PHONE", "value": value, "lineType": "LINE_TYPE_MOBILE" });
    let cases = [
        (json!([phone("+15148739999")]), false, "NO_EMAIL"),
        (json!([mail]), false, "NO_PHONE"),
        (
            json!([mail, phone("+33612345678")]),
            false,
            "REGION_NOT_ALLOWED",
        ),
        (json!([mail, phone("+15148739998")]), true, "DO_NOT_CONTACT"),
    ];
    for (points, silent, reason) in cases {
        let patient = bare(points, silent).await;
        assert_eq!(refused(link(&patient)).await, (400, reason.to_owned()));
    }
    let announcement = json!({
        "clinicId": clinic, "fileName": "Plan.txt", "mediaType": "text/plain", "size": "8",
    });
    let upload = chain.json.post("/v1/uploads", announcement).await;
    let unfinished =
        json!({ "patientId": sent.patient.id, "documentIds": [upload["document"]["documentId"]] });
    assert_eq!(
        refused(unfinished).await,
        (400, "DOCUMENT_NOT_READY".to_owned())
    );
}

#[tokio::test]
async fn a_corrected_recipient_gets_the_link_and_the_code_and_the_old_addresses_learn_no_more_than_that()
 {
    let mut sent = Sent::out().await;
    let number = fresh_number();
    let corrected = Reachable {
        id: sent.patient.id.clone(),
        email: format!("corrected-{number}@example.org"),
        phone: format!("+1514{}{:04}", 230 + number / 10_000, number % 10_000),
    };
    let correction = json!({
        "email": corrected.email, "emailAgain": corrected.email,
        "phone": corrected.phone, "phoneAgain": corrected.phone,
    });
    let path = format!("/v1/links/{}:correctRecipient", sent.link);
    let link = sent.chain.json.post(&path, correction).await["link"].clone();
    assert_eq!(link["reissuedFrom"], sent.link);
    sent.is_gone().await;

    let token = sent.chain.token_in_mail(&corrected, 0).await;
    let mut holder = Holder::of(&sent.suite.site, &token);
    let session = holder.unlock(&sent.chain, &corrected).await;
    assert_eq!(
        holder.download(&session, &sent.document, None).await,
        (reqwest::StatusCode::OK, b"agreement".to_vec())
    );
    for (address, seen) in [(&sent.patient.email, 1), (&sent.patient.phone, 0)] {
        let told = sent.chain.arrival(address, seen).await;
        assert!(!told.contains(&corrected.email) && !told.contains(&corrected.phone[8..]));
        assert!(!told.contains("/d#") && !told.contains("Anne"));
    }
    let receipts = sent.chain.look_at(link["linkId"].as_str().unwrap()).await["receipts"].clone();
    let kinds: Vec<_> = receipts
        .as_array()
        .unwrap()
        .iter()
        .map(|receipt| receipt["kind"].as_str().unwrap().to_owned())
        .collect();
    assert!(kinds.contains(&"LINK_RECEIPT_KIND_UNLOCKED".to_owned()));
}
