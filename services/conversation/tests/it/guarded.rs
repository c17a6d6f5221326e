//! What people write to patients, and what the guard makes of it.

use crate::harness::{Harness, bytes, paths, reason};
use bitewing_auth::{Actor, ActorKind, Caller, Clinics, Role};
use bitewing_core::{Ids as _, OrganizationId, SystemIds, UserId};
use bitewing_proto::conversation as pb;
use bitewing_proto::template::{GuardAction, GuardContext, GuardRole, GuardVerdict};
use bitewing_testkit::TestCaller;
use tonic::{Code, Status};

/// Nothing to say about it.
const PLAIN: &str = "Hello Ana, this is Rita from Clinic Riverside. Your appointment is tomorrow at 10:30. See you then!";
/// A dose, which is the dentist's to name.
const DOSE: &str =
    "Hello Ana, this is Rita from Clinic Riverside. Please take 400 mg ibuprofen twice a day.";
/// A floor of the policy: nobody sends card numbers.
const CARD: &str =
    "Hello Ana, this is Rita from Clinic Riverside. We have your card 4111 1111 1111 1111 on file.";
/// A block a chain could have decided otherwise.
const UPSET: &str = "Hello Ana, this is Rita from Clinic Riverside. You did not come again 😡";

/// Who may write at all; an auditor reads.
const STAFF: [Role; 4] = [Role::Owner, Role::Manager, Role::Dentist, Role::Secretary];

/// A member of staff of an organization.
pub(crate) fn user(organization: OrganizationId, roles: &[Role]) -> Caller {
    let actor = Actor {
        kind: ActorKind::User,
        id: UserId::from_uuid(SystemIds.next()).to_string(),
    };
    Caller::verified(
        organization,
        actor,
        Clinics::All,
        roles.to_vec(),
        Vec::new(),
    )
}

fn written(h: &Harness, text: &str) -> pb::SendMessageRequest {
    pb::SendMessageRequest {
        clinic_id: h.clinic.clinic_id.clone(),
        channel: pb::Channel::Sms.into(),
        address: "(514) 873-1234".to_owned(),
        text: text.to_owned(),
        context: Some(GuardContext {
            language: "en".to_owned(),
            patient_first_name: "Ana".to_owned(),
            operator_name: "Rita".to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    }
}

async fn send_as(
    h: &Harness,
    caller: &Caller,
    request: pb::SendMessageRequest,
) -> Result<(pb::Message, GuardVerdict), Status> {
    let request = h.request_as(caller, request);
    let answer = h.messages().send_message(request).await?.into_inner();
    Ok((answer.message.unwrap_or_default(), answer.verdict.unwrap()))
}

async fn check(h: &Harness, id: &str) -> Result<pb::GetMessageCheckResponse, Status> {
    let request = pb::GetMessageCheckRequest {
        message_id: id.to_owned(),
        explain_in: "fr".to_owned(),
    };
    let request = h.request(request);
    Ok(h.messages().get_message_check(request).await?.into_inner())
}

async fn approve(h: &Harness, caller: &Caller, id: &str) -> Result<pb::Message, Status> {
    let request = pb::ApproveMessageRequest {
        message_id: id.to_owned(),
        reason: String::new(),
    };
    let request = h.request_as(caller, request);
    let answer = h.messages().approve_message(request).await?;
    Ok(answer.into_inner().message.unwrap())
}

async fn reject(h: &Harness, caller: &Caller, id: &str, why: &str) -> Result<pb::Message, Status> {
    let request = pb::RejectMessageRequest {
        message_id: id.to_owned(),
        reason: why.to_owned(),
    };
    let request = h.request_as(caller, request);
    let answer = h.messages().reject_message(request).await?;
    Ok(answer.into_inner().message.unwrap())
}

/// A dose of the front desk's, which waits.
async fn waiting(h: &Harness) -> (Caller, String) {
    let secretary = user(h.caller.organization(), &[Role::Secretary]);
    let (message, _) = send_as(h, &secretary, written(h, DOSE)).await.unwrap();
    assert_eq!(message.state(), pb::MessageState::Held);
    (secretary, message.message_id)
}

#[tokio::test]
async fn a_plain_message_arrives_word_for_word() {
    let h = Harness::start().await;
    let secretary = user(h.caller.organization(), &[Role::Secretary]);
    let (message, verdict) = send_as(&h, &secretary, written(&h, PLAIN)).await.unwrap();
    assert_eq!(
        verdict.action(),
        GuardAction::Allow,
        "{:?}",
        rules(&verdict)
    );
    h.wait_for(&message.message_id, pb::MessageState::Delivered)
        .await;
    let arrived = h.arrived().await;
    assert_eq!(arrived.len(), 1);
    assert_eq!(arrived[0].text, PLAIN);
    let kept = check(&h, &message.message_id).await.unwrap();
    assert_eq!(kept.decision(), pb::MessageDecision::Sent);
    assert_eq!(
        (kept.author, kept.text),
        (secretary.actor.id.clone(), String::new())
    );
}

fn rules(verdict: &GuardVerdict) -> Vec<&str> {
    verdict
        .findings
        .iter()
        .map(|found| found.rule.as_str())
        .collect()
}

#[tokio::test]
async fn an_e_mail_is_judged_with_its_subject() {
    let h = Harness::start().await;
    let request = pb::SendMessageRequest {
        channel: pb::Channel::Email.into(),
        address: "ana@example.org".to_owned(),
        subject: "Your card 4111 1111 1111 1111".to_owned(),
        ..written(&h, PLAIN)
    };
    let refused = send_as(&h, &h.caller, request.clone()).await.err().unwrap();
    assert_eq!(reason(&refused).1, "GUARD_BLOCKED");
    let request = pb::SendMessageRequest {
        subject: "Your appointment".to_owned(),
        ..request
    };
    let (message, _) = send_as(&h, &h.caller, request).await.unwrap();
    h.wait_for(&message.message_id, pb::MessageState::Delivered)
        .await;
    assert_eq!(h.arrived().await[0].subject, "Your appointment");
}

#[tokio::test]
async fn what_only_a_dentist_may_say_waits_for_one() {
    let h = Harness::start().await;
    let (secretary, id) = waiting(&h).await;
    let organization = h.caller.organization();
    let held = h.get(&id).await.unwrap();
    assert_eq!(held.reason, "NEEDS_DENTIST");
    let shown = check(&h, &id).await.unwrap();
    assert_eq!(shown.text, DOSE);
    assert_eq!(shown.decision(), pb::MessageDecision::Waiting);
    let verdict = shown.verdict.unwrap();
    assert_eq!(verdict.approver(), GuardRole::Dentist);
    let drug = verdict
        .findings
        .iter()
        .find(|found| found.rule == "clinical.drug");
    assert!(
        drug.unwrap().explanation.contains("dentiste"),
        "in the reader's language"
    );
    // Who may agree, and who may not.
    for role in [Role::Owner, Role::Manager] {
        let refused = approve(&h, &user(organization, &[role]), &id)
            .await
            .err()
            .unwrap();
        let wanted = (Code::PermissionDenied, "GUARD_APPROVER_NEEDED".to_owned());
        assert_eq!(reason(&refused), wanted, "{role:?}");
    }
    let dentist = user(organization, &[Role::Dentist]);
    let approved = approve(&h, &dentist, &id).await.unwrap();
    assert_eq!(approved.state(), pb::MessageState::Queued);
    h.wait_for(&id, pb::MessageState::Delivered).await;
    assert_eq!(h.arrived().await[0].text, DOSE);
    let kept = check(&h, &id).await.unwrap();
    assert_eq!(kept.decision(), pb::MessageDecision::Approved);
    assert_eq!(
        (kept.author, kept.decider),
        (secretary.actor.id, dentist.actor.id.clone())
    );
    let again = approve(&h, &dentist, &id).await.err().unwrap();
    assert_eq!(
        reason(&again),
        (Code::FailedPrecondition, "MESSAGE_NOT_HELD".to_owned())
    );
    let told = h.events_of(&id, "message.delivered").await;
    assert_eq!(
        told,
        [
            "message.held",
            "message.approved",
            "message.accepted",
            "message.delivered"
        ]
    );
}

#[tokio::test]
async fn a_dentist_writes_what_a_dentist_may() {
    let h = Harness::start().await;
    let dentist = user(h.caller.organization(), &[Role::Dentist]);
    let (message, verdict) = send_as(&h, &dentist, written(&h, DOSE)).await.unwrap();
    assert!(!rules(&verdict).contains(&"clinical.drug"));
    assert_ne!(message.state(), pb::MessageState::Held);
    // A program is no dentist, whatever it has.
    let (message, _) = send_as(&h, &h.caller, written(&h, DOSE)).await.unwrap();
    assert_eq!(message.state(), pb::MessageState::Held);
}

#[tokio::test]
async fn a_rejected_message_never_leaves_and_its_words_are_gone() {
    let h = Harness::start().await;
    let (_, id) = waiting(&h).await;
    let dentist = user(h.caller.organization(), &[Role::Dentist]);
    let silent = reject(&h, &dentist, &id, "").await.err().unwrap();
    assert_eq!(paths(&silent), ["reason"]);
    let message = reject(&h, &dentist, &id, "ring her instead").await.unwrap();
    assert_eq!(message.state(), pb::MessageState::Failed);
    assert_eq!(message.reason, "REJECTED");
    let kept = check(&h, &id).await.unwrap();
    assert_eq!(kept.decision(), pb::MessageDecision::Rejected);
    assert_eq!(
        (kept.reason.as_str(), kept.text.as_str()),
        ("ring her instead", "")
    );
    let words = "SELECT count(*) FROM messages WHERE body IS NOT NULL";
    assert_eq!(h.count(words).await, 0);
    let told = h.events_of(&id, "message.failed").await;
    assert_eq!(told, ["message.held", "message.rejected", "message.failed"]);
    assert!(h.arrived().await.is_empty());
}

#[tokio::test]
async fn a_message_nobody_decided_about_expires() {
    let h = Harness::start().await;
    let secretary = user(h.caller.organization(), &[Role::Secretary]);
    let (message, _) = send_as(&h, &secretary, written(&h, DOSE)).await.unwrap();
    h.tamper(
        "UPDATE messages SET not_after = clock_timestamp();
         UPDATE store.job SET run_at = clock_timestamp()",
    )
    .await;
    let ended = h
        .wait_for(&message.message_id, pb::MessageState::Expired)
        .await;
    assert_eq!(ended.reason, "TOO_LATE");
    let dentist = user(h.caller.organization(), &[Role::Dentist]);
    let late = approve(&h, &dentist, &message.message_id)
        .await
        .err()
        .unwrap();
    assert_eq!(reason(&late).1, "MESSAGE_NOT_HELD");
    let words = "SELECT count(*) FROM messages WHERE body IS NOT NULL";
    assert_eq!(h.count(words).await, 0);
}

#[tokio::test]
async fn a_floor_that_blocks_is_overridden_by_nobody() {
    let h = Harness::start().await;
    let refused = send_as(&h, &h.caller, written(&h, CARD))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::FailedPrecondition, "GUARD_BLOCKED".to_owned())
    );
    let details = crate::harness::violations(&refused);
    let (field, told) = &details[0];
    assert_eq!(field, "text");
    assert!(told.starts_with("secret.card (UTF-16 units "), "{told}");
    assert!(!told.contains("4111"), "a refusal repeats nothing: {told}");
    let insisting = pb::SendMessageRequest {
        override_reason: "the patient asked for it".to_owned(),
        ..written(&h, CARD)
    };
    for role in STAFF {
        let caller = user(h.caller.organization(), &[role]);
        let refused = send_as(&h, &caller, insisting.clone()).await.err().unwrap();
        let wanted = (Code::PermissionDenied, "GUARD_OVERRIDE_REFUSED".to_owned());
        assert_eq!(reason(&refused), wanted, "{role:?}");
    }
    let auditor = user(h.caller.organization(), &[Role::Auditor]);
    let refused = send_as(&h, &auditor, insisting).await.err().unwrap();
    assert_eq!(reason(&refused).1, "FORBIDDEN");
    assert_eq!(h.count("SELECT count(*) FROM messages").await, 0);
    // One line for each try, with the rule and without the number.
    let lines = "SELECT count(*) FROM store.audit_entries WHERE action = 'message.blocked'
                 AND details::text LIKE '%secret.card%' AND details::text NOT LIKE '%4111%'";
    assert_eq!(h.count(lines).await, 5);
}

#[tokio::test]
async fn a_block_that_is_no_floor_is_overridden_by_who_answers_for_the_clinic() {
    let h = Harness::start().await;
    for role in STAFF {
        let caller = user(h.caller.organization(), &[role]);
        let plain = send_as(&h, &caller, written(&h, UPSET))
            .await
            .err()
            .unwrap();
        assert_eq!(reason(&plain).1, "GUARD_BLOCKED", "{role:?}");
        let insisting = pb::SendMessageRequest {
            override_reason: "agreed with her on the phone".to_owned(),
            ..written(&h, UPSET)
        };
        let answer = send_as(&h, &caller, insisting).await;
        let may = matches!(role, Role::Owner | Role::Manager | Role::Dentist);
        match answer {
            Ok((message, _)) => {
                assert!(may, "{role:?} may not");
                let kept = check(&h, &message.message_id).await.unwrap();
                assert_eq!(kept.decision(), pb::MessageDecision::Overridden);
                assert_eq!(kept.decider, caller.actor.id);
                assert_eq!(kept.reason, "agreed with her on the phone");
            }
            Err(refused) => {
                assert!(!may, "{role:?} may");
                assert_eq!(reason(&refused).1, "GUARD_OVERRIDE_REFUSED");
            }
        }
    }
    let lines = "SELECT count(*) FROM store.audit_entries WHERE action = 'message.overridden'
                 AND details::text LIKE '%emoji.upset%' AND details::text NOT LIKE '%phone%'";
    assert_eq!(h.count(lines).await, 3);
}

#[tokio::test]
async fn a_refusal_of_very_many_findings_still_fits_a_header() {
    let h = Harness::start().await;
    let hearts = format!("{PLAIN} {}", "❤ a ".repeat(360));
    let refused = send_as(&h, &h.caller, written(&h, &hearts)).await;
    let refused = refused.err().unwrap();
    assert_eq!(reason(&refused).1, "GUARD_BLOCKED");
    assert!(paths(&refused).len() <= 20);
}

#[tokio::test]
async fn a_look_ahead_shows_everything_and_keeps_nothing() {
    let h = Harness::start().await;
    for text in [PLAIN, DOSE, CARD, UPSET] {
        let request = pb::SendMessageRequest {
            validate_only: true,
            address: String::new(),
            ..written(&h, text)
        };
        let (message, verdict) = send_as(&h, &h.caller, request).await.unwrap();
        assert!(message.message_id.is_empty());
        assert_eq!(verdict.action() == GuardAction::Allow, text == PLAIN);
    }
    assert_eq!(h.count("SELECT count(*) FROM messages").await, 0);
    assert_eq!(h.count("SELECT count(*) FROM message_checks").await, 0);
}

#[tokio::test]
async fn a_repeated_request_sends_once_and_answers_the_same() {
    let h = Harness::start().await;
    let request = pb::SendMessageRequest {
        request_id: SystemIds.next().to_string(),
        ..written(&h, PLAIN)
    };
    let (first, _) = send_as(&h, &h.caller, request.clone()).await.unwrap();
    let (second, _) = send_as(&h, &h.caller, request.clone()).await.unwrap();
    assert_eq!(first.message_id, second.message_id);
    assert_eq!(h.count("SELECT count(*) FROM messages").await, 1);
    let other = pb::SendMessageRequest {
        text: UPSET.to_owned(),
        ..request
    };
    let refused = send_as(&h, &h.caller, other).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned())
    );
}

#[tokio::test]
async fn nobody_approves_their_own_words_or_those_of_others_chains() {
    let h = Harness::start().await;
    // A clinic whose policy has a manager agree to every plain word «refund».
    h.tell_policy(
        "schema = 1\nversion = \"1\"\n[[phrase]]\nid = \"refund\"\nwords = [\"refund\"]\naction = \"require_approval\"\napprover = \"manager\"\n",
    )
    .await;
    let organization = h.caller.organization();
    let manager = user(organization, &[Role::Manager]);
    let text = PLAIN.replace("See you then!", "You will get a refund.");
    let (message, verdict) = send_as(&h, &manager, written(&h, &text)).await.unwrap();
    assert_eq!(message.state(), pb::MessageState::Held);
    assert_eq!(rules(&verdict), ["phrase.refund"]);
    assert_eq!(message.reason, "NEEDS_MANAGER");
    let id = message.message_id;
    let own = approve(&h, &manager, &id).await.err().unwrap();
    assert_eq!(
        reason(&own),
        (Code::PermissionDenied, "GUARD_OWN_MESSAGE".to_owned())
    );
    let dentist = approve(&h, &user(organization, &[Role::Dentist]), &id)
        .await
        .err()
        .unwrap();
    assert_eq!(reason(&dentist).1, "GUARD_APPROVER_NEEDED");
    // A stranger, and a manager of another clinic, see what is not there.
    let absent = bitewing_core::MessageId::from_uuid(SystemIds.next()).to_string();
    let stranger = user(TestCaller::fresh().organization(), &[Role::Owner]);
    let foreign = approve(&h, &stranger, &id).await.err().unwrap();
    let missing = approve(&h, &stranger, &absent).await.err().unwrap();
    assert_eq!(bytes(&foreign), bytes(&missing));
    let mut elsewhere = user(organization, &[Role::Manager]);
    elsewhere.clinics = Clinics::Only(vec![bitewing_core::ClinicId::from_uuid(SystemIds.next())]);
    let hidden = reject(&h, &elsewhere, &id, "no").await.err().unwrap();
    assert_eq!(bytes(&hidden), bytes(&missing));
    let owner = user(organization, &[Role::Owner]);
    let approved = approve(&h, &owner, &id).await.unwrap();
    assert_eq!(approved.state(), pb::MessageState::Queued);
    h.wait_for(&id, pb::MessageState::Delivered).await;
}

#[tokio::test]
async fn a_change_of_the_policy_counts_from_the_next_message_on() {
    let h = Harness::start().await;
    let layer = |version: u32, action: &str| {
        format!(
            "schema = 1\nversion = \"{version}\"\n[[phrase]]\nid = \"bridge\"\nwords = [\"tomorrow\"]\naction = \"{action}\"\n"
        )
    };
    let (_, before) = send_as(&h, &h.caller, written(&h, PLAIN)).await.unwrap();
    h.tell_policy(&layer(1, "warn")).await;
    let (_, warned) = send_as(&h, &h.caller, written(&h, PLAIN)).await.unwrap();
    assert_eq!(rules(&warned), ["phrase.bridge"]);
    assert_ne!(before.policy_version, warned.policy_version);
    h.tell_policy(&layer(2, "block")).await;
    let blocked = send_as(&h, &h.caller, written(&h, PLAIN))
        .await
        .err()
        .unwrap();
    assert_eq!(reason(&blocked).1, "GUARD_BLOCKED");
    // The policy of one chain is nobody else's.
    let other = TestCaller::fresh();
    let clinic = h.create_clinic(&other).await;
    let request = pb::SendMessageRequest {
        clinic_id: clinic.clinic_id,
        ..written(&h, PLAIN)
    };
    let (_, elsewhere) = send_as(&h, &other, request).await.unwrap();
    assert_eq!(elsewhere.policy_version, before.policy_version);
    // And where the layer is taken away, the base applies again.
    h.tell_policy("").await;
    let (_, after) = send_as(&h, &h.caller, written(&h, PLAIN)).await.unwrap();
    assert_eq!(after.policy_version, before.policy_version);
}

#[tokio::test]
async fn an_answer_to_a_symptom_tells_the_dentist() {
    let h = Harness::start().await;
    let context = GuardContext {
        answers: "I have a fever of 39 and my cheek is very swollen since the extraction"
            .to_owned(),
        ..written(&h, "").context.unwrap()
    };
    let request = pb::SendMessageRequest {
        context: Some(context),
        ..written(
            &h,
            "Hello Ana, this is Rita from Clinic Riverside. Please come in today, we have an appointment for you at 16:00.",
        )
    };
    let (message, _) = send_as(&h, &h.caller, request).await.unwrap();
    let told = h.events_of(&message.message_id, "message.delivered").await;
    assert!(told.contains(&"dentist.notified".to_owned()), "{told:?}");
}

#[tokio::test]
async fn every_fault_of_a_request_is_named() {
    let h = Harness::start().await;
    let request = pb::SendMessageRequest {
        clinic_id: "cln_1".to_owned(),
        channel: pb::Channel::Voice.into(),
        subject: "a subject".to_owned(),
        text: "é".repeat(1_000_000),
        override_reason: "short".to_owned(),
        ..written(&h, "")
    };
    let refused = send_as(&h, &h.caller, request).await.err().unwrap();
    let wanted = ["clinic_id", "channel", "subject", "text", "override_reason"];
    assert_eq!(paths(&refused), wanted);
    let hidden = send_as(&h, &h.caller, written(&h, "\u{200b}\u{200d}"))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&hidden), ["text"]);
    let long = send_as(&h, &h.caller, written(&h, &"a".repeat(1_601)))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&long), ["text"]);
}
