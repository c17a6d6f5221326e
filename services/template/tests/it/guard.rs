//! The guard as an API: verdicts, policies, feedback.

use crate::harness::{Harness, bytes, paths, reason, violations};
use bitewing_auth::{Actor, ActorKind, Caller, Clinics, Role};
use bitewing_core::{ClinicId, Ids as _, SystemIds, UserId};
use bitewing_guard::corpus::{Expectation, Message};
use bitewing_proto::template as pb;
use bitewing_proto::template::guard_service_client::GuardServiceClient;
use bitewing_testkit::TestCaller;
use tonic::transport::Channel;
use tonic::{Code, Status};

const DOSE: &str = "Hello Ana, this is Rita. Please take 400 mg ibuprofen twice a day.";

fn client(h: &Harness) -> GuardServiceClient<Channel> {
    GuardServiceClient::new(h.channel.clone())
}

fn user(h: &Harness, role: Role) -> Caller {
    let actor = Actor {
        kind: ActorKind::User,
        id: UserId::from_uuid(SystemIds.next()).to_string(),
    };
    let organization = h.caller.organization();
    Caller::verified(organization, actor, Clinics::All, vec![role], Vec::new())
}

fn clinic() -> String {
    ClinicId::from_uuid(SystemIds.next()).to_string()
}

async fn check_as(
    h: &Harness,
    caller: &Caller,
    request: pb::CheckMessageRequest,
) -> Result<pb::GuardVerdict, Status> {
    let request = h.request_as(caller, request);
    let answer = client(h).check_message(request).await?;
    Ok(answer.into_inner().verdict.unwrap())
}

async fn check(h: &Harness, clinic: &str, text: &str) -> Result<pb::GuardVerdict, Status> {
    let request = pb::CheckMessageRequest {
        text: text.to_owned(),
        clinic_id: clinic.to_owned(),
        ..Default::default()
    };
    check_as(h, &h.caller, request).await
}

async fn write_as(
    h: &Harness,
    caller: &Caller,
    policy: pb::GuardPolicy,
    validate_only: bool,
) -> Result<pb::GuardPolicy, Status> {
    let request = pb::UpdateGuardPolicyRequest {
        policy: Some(policy),
        validate_only,
    };
    let request = h.request_as(caller, request);
    let answer = client(h).update_guard_policy(request).await?;
    Ok(answer.into_inner().policy.unwrap())
}

async fn write(h: &Harness, clinic: &str, toml: &str) -> Result<pb::GuardPolicy, Status> {
    let policy = pb::GuardPolicy {
        clinic_id: clinic.to_owned(),
        toml: toml.to_owned(),
        ..Default::default()
    };
    write_as(h, &h.caller, policy, false).await
}

async fn get(h: &Harness, caller: &Caller, clinic: &str) -> pb::GuardPolicy {
    let request = pb::GetGuardPolicyRequest {
        clinic_id: clinic.to_owned(),
    };
    let request = h.request_as(caller, request);
    let answer = client(h).get_guard_policy(request).await.unwrap();
    answer.into_inner().policy.unwrap()
}

fn phrase(action: &str) -> String {
    format!(
        "schema = 1\nversion = \"1\"\n[[phrase]]\nid = \"free\"\nwords = [\"for free\"]\naction = \"{action}\"\n"
    )
}

fn rules(verdict: &pb::GuardVerdict) -> Vec<&str> {
    verdict
        .findings
        .iter()
        .map(|found| found.rule.as_str())
        .collect()
}

#[tokio::test]
async fn a_verdict_explains_itself_in_the_language_asked_for() {
    let h = Harness::start().await;
    let request = pb::CheckMessageRequest {
        text: DOSE.to_owned(),
        explain_in: "it-CH".to_owned(),
        ..Default::default()
    };
    let verdict = check_as(&h, &h.caller, request).await.unwrap();
    assert_eq!(verdict.action(), pb::GuardAction::RequireApproval);
    assert_eq!(verdict.approver(), pb::GuardRole::Dentist);
    assert_eq!(verdict.language, "en");
    assert!(!verdict.model_version.is_empty() && !verdict.policy_version.is_empty());
    let drug = verdict
        .findings
        .iter()
        .find(|found| found.rule == "clinical.drug")
        .unwrap();
    assert!(drug.explanation.contains("dentista"));
    let span = drug.span.as_ref().unwrap();
    assert_eq!(&DOSE[span.start as usize..span.end as usize], "ibuprofen");
}

#[tokio::test]
async fn a_user_sees_what_they_may_send_and_a_program_what_it_asks_for() {
    let h = Harness::start().await;
    let request = |role: pb::GuardRole| pb::CheckMessageRequest {
        text: DOSE.to_owned(),
        operator_role: role.into(),
        ..Default::default()
    };
    for role in [Role::Owner, Role::Manager, Role::Dentist, Role::Secretary] {
        let caller = user(&h, role);
        let verdict = check_as(&h, &caller, request(pb::GuardRole::Dentist))
            .await
            .unwrap();
        let held = rules(&verdict).contains(&"clinical.drug");
        assert_eq!(held, role != Role::Dentist, "{role:?}");
    }
    let verdict = check_as(&h, &h.caller, request(pb::GuardRole::Dentist))
        .await
        .unwrap();
    assert!(!rules(&verdict).contains(&"clinical.drug"));
}

#[tokio::test]
async fn a_fever_is_urgent_and_says_what_has_to_happen() {
    let h = Harness::start().await;
    let request = pb::AnalyzeInboundRequest {
        text: "J'ai 39 de fièvre et la joue très enflée depuis l'extraction".to_owned(),
        language: "fr-CA".to_owned(),
        days_since_procedure: Some(1),
        explain_in: "fr".to_owned(),
    };
    let answer = client(&h)
        .analyze_inbound(h.request(request))
        .await
        .unwrap();
    let analysis = answer.into_inner().analysis.unwrap();
    assert_eq!(analysis.language, "fr");
    assert_eq!(analysis.urgency(), pb::GuardUrgency::Urgent);
    let outcomes: Vec<_> = analysis.outcomes().collect();
    for wanted in [
        pb::GuardOutcome::PageOnCall,
        pb::GuardOutcome::AskToComeIn,
        pb::GuardOutcome::NotifyDentist,
        pb::GuardOutcome::PersonFirst,
    ] {
        assert!(outcomes.contains(&wanted), "{wanted:?}");
    }
    let request = pb::CheckLanguageRequest {
        text: "Où se trouve votre cabinet, s'il vous plaît ?".to_owned(),
        hint: String::new(),
    };
    let answer = client(&h).check_language(h.request(request)).await.unwrap();
    assert_eq!(answer.into_inner().language, "fr");
}

#[tokio::test]
async fn every_fault_of_a_text_and_its_context_is_named() {
    let h = Harness::start().await;
    let refused = check(&h, "cln_1", &"a".repeat(1_000_000))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["clinic_id", "text"]);
    let refused = check(&h, "", "\u{200b}").await.err().unwrap();
    assert_eq!(paths(&refused), ["text"]);
    let request = pb::CheckMessageRequest {
        text: "Hello".to_owned(),
        operator_role: 99,
        context: Some(pb::GuardContext {
            region: "Brazil".to_owned(),
            previous: vec!["x".to_owned(); 21],
            ..Default::default()
        }),
        ..Default::default()
    };
    let refused = check_as(&h, &h.caller, request).await.err().unwrap();
    let wanted = ["context.region", "context.previous", "operator_role"];
    assert_eq!(paths(&refused), wanted);
    let request = pb::AnalyzeInboundRequest {
        text: String::new(),
        language: "klingon-x-y-z".to_owned(),
        days_since_procedure: Some(-1),
        ..Default::default()
    };
    let refused = client(&h).analyze_inbound(h.request(request)).await;
    let wanted = ["text", "language", "days_since_procedure"];
    assert_eq!(paths(&refused.err().unwrap()), wanted);
}

#[tokio::test]
async fn a_clinics_layer_lies_over_the_chains_and_over_nobody_elses() {
    let h = Harness::start().await;
    let (one, two) = (clinic(), clinic());
    let text = "Hello Ana, this is Rita. The first visit is for free.";
    let base = get(&h, &h.caller, "").await;
    assert_eq!((base.version, base.toml.as_str()), (0, ""));
    assert!(
        base.rules
            .iter()
            .any(|rule| rule.name == "secret.card" && rule.floor)
    );
    write(&h, "", &phrase("warn")).await.unwrap();
    write(
        &h,
        &one,
        &phrase("block").replace("\"free\"", "\"free_here\""),
    )
    .await
    .unwrap();
    let here = check(&h, &one, text).await.unwrap();
    assert_eq!(rules(&here), ["phrase.free", "phrase.free_here"]);
    assert_eq!(here.action(), pb::GuardAction::Block);
    let there = check(&h, &two, text).await.unwrap();
    assert_eq!(rules(&there), ["phrase.free"]);
    assert_eq!(
        get(&h, &h.caller, &one).await.effective_version,
        here.policy_version
    );
    // Another chain, even by the name of this clinic, has the base.
    let stranger = TestCaller::fresh();
    let foreign = get(&h, &stranger, &one).await;
    assert_eq!(
        (foreign.toml.as_str(), foreign.effective_version),
        ("", base.effective_version)
    );
    let policy = pb::GuardPolicy {
        clinic_id: one.clone(),
        toml: phrase("allow"),
        ..Default::default()
    };
    write_as(&h, &stranger, policy, false).await.unwrap();
    let still = check(&h, &one, text).await.unwrap();
    assert_eq!(still.policy_version, here.policy_version);
    // A caller of another clinic does not learn that this one is there.
    let elsewhere = TestCaller::within(&h.caller, &[two.parse().unwrap()]);
    let request = |clinic: &str| {
        let request = pb::GetGuardPolicyRequest {
            clinic_id: clinic.to_owned(),
        };
        h.request_as(&elsewhere, request)
    };
    let hidden = client(&h)
        .get_guard_policy(request(&one))
        .await
        .err()
        .unwrap();
    let absent = client(&h)
        .get_guard_policy(request(&clinic()))
        .await
        .err()
        .unwrap();
    assert_eq!(bytes(&hidden), bytes(&absent));
    let whole = pb::GuardPolicy {
        toml: phrase("allow"),
        ..Default::default()
    };
    let refused = write_as(&h, &elsewhere, whole, false).await.err().unwrap();
    assert_eq!(paths(&refused), ["policy.clinic_id"]);
}

#[tokio::test]
async fn a_floor_is_never_loosened_and_the_place_is_named() {
    let h = Harness::start().await;
    let loose = "schema = 1\nversion = \"1\"\n[rule.\"secret.card\"]\naction = \"warn\"\n";
    for clinic in [String::new(), clinic()] {
        let refused = write(&h, &clinic, loose).await.err().unwrap();
        let wanted = (Code::InvalidArgument, "GUARD_POLICY_INVALID".to_owned());
        assert_eq!(reason(&refused), wanted);
        let (field, told) = &violations(&refused)[0];
        assert_eq!(field, "policy.toml");
        assert!(
            told.starts_with("line 4, column 10: secret.card is a floor"),
            "{told}"
        );
        assert_eq!(get(&h, &h.caller, &clinic).await.version, 0);
    }
    // A floor of the chain binds its clinics.
    let floor =
        "schema = 1\nversion = \"1\"\n[rule.\"text.repeated\"]\naction = \"block\"\nfloor = true\n";
    write(&h, "", floor).await.unwrap();
    let below = floor.replace("\"block\"\nfloor = true", "\"allow\"");
    let refused = write(&h, &clinic(), &below).await.err().unwrap();
    assert_eq!(reason(&refused).1, "GUARD_POLICY_INVALID");
}

#[tokio::test]
async fn nonsense_is_refused_with_its_place_and_nothing_is_kept() {
    let h = Harness::start().await;
    let head = "schema = 1\nversion = \"1\"\n";
    for (toml, wanted) in [
        ("not toml".to_owned(), "line 1, column "),
        (format!("{head}[rul]\n"), "line 3, column 2: unknown field"),
        (
            format!("{head}[rule.\"emoji.heart\"]\naction = \"warn\"\n"),
            "line 3, column 7: unknown rule (did you mean `emoji.hearts`?)",
        ),
        (
            format!("{head}[[pattern]]\nid = \"x\"\nregex = \"(?=a)\"\naction = \"warn\"\n"),
            "line 5, column 9: not a pattern",
        ),
        (
            format!("{head}[[pattern]]\nid = \"x\"\nregex = \"a*\"\naction = \"warn\"\n"),
            "line 5, column 9: a pattern that matches nothing",
        ),
        (
            "schema = 2\nversion = \"1\"\n".to_owned(),
            "line 1, column 10: unknown schema",
        ),
        (
            "#".repeat(1_000_000),
            "line 1, column 1: a policy has at most 65536 bytes",
        ),
    ] {
        let refused = write(&h, "", &toml).await.err().unwrap();
        assert_eq!(reason(&refused).1, "GUARD_POLICY_INVALID");
        let (field, told) = &violations(&refused)[0];
        assert_eq!(field, "policy.toml");
        assert!(told.starts_with(wanted), "{told}");
    }
    assert_eq!(get(&h, &h.caller, "").await.version, 0);
}

#[tokio::test]
async fn versions_are_kept_minded_and_listed_page_by_page() {
    let h = Harness::start().await;
    let first = write(&h, "", &phrase("warn")).await.unwrap();
    assert_eq!((first.version, first.etag.as_str()), (1, "\"1\""));
    let same = write(&h, "", &phrase("warn")).await.unwrap();
    assert!(same == first, "the same words are no new version");
    let tried = write_as(
        &h,
        &h.caller,
        pb::GuardPolicy {
            toml: phrase("block"),
            ..Default::default()
        },
        true,
    )
    .await
    .unwrap();
    assert_ne!(tried.effective_version, first.effective_version);
    assert_eq!(get(&h, &h.caller, "").await.version, 1);
    let second = write(&h, "", &phrase("block")).await.unwrap();
    assert_eq!(second.effective_version, tried.effective_version);
    let stale = pb::GuardPolicy {
        toml: phrase("allow"),
        etag: first.etag,
        ..Default::default()
    };
    let refused = write_as(&h, &h.caller, stale, false).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::Aborted, "ETAG_MISMATCH".to_owned())
    );
    let gone = write(&h, "", "").await.unwrap();
    assert_eq!((gone.version, gone.toml.as_str()), (3, ""));

    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let request = pb::ListGuardPolicyVersionsRequest {
            page_size: 2,
            page_token: token,
            ..Default::default()
        };
        let request = h.request(request);
        let page = client(&h)
            .list_guard_policy_versions(request)
            .await
            .unwrap();
        let page = page.into_inner();
        seen.extend(page.versions.into_iter().map(|one| (one.version, one.toml)));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let wanted = [
        (3, String::new()),
        (2, phrase("block")),
        (1, phrase("warn")),
    ];
    assert_eq!(seen, wanted);
    let told: Vec<_> = h
        .events()
        .await
        .into_iter()
        .map(|event| event.event_type)
        .collect();
    assert!(!told.is_empty() && told.iter().all(|event| event == "guard_policy.updated"));
}

fn feedback(clinic: &str, label: pb::GuardLabel) -> pb::CreateGuardFeedbackRequest {
    pb::CreateGuardFeedbackRequest {
        clinic_id: clinic.to_owned(),
        text: "Maybe read your letter before you call, Ana Pereira.".to_owned(),
        operator_role: pb::GuardRole::Reception.into(),
        label: label.into(),
        judgement: pb::GuardJudgement::Missed.into(),
        request_id: SystemIds.next().to_string(),
        ..Default::default()
    }
}

async fn say(h: &Harness, request: pb::CreateGuardFeedbackRequest) -> pb::GuardFeedback {
    let request = h.request_as(&user(h, Role::Dentist), request);
    let answer = client(h).create_guard_feedback(request).await.unwrap();
    answer.into_inner().feedback.unwrap()
}

#[tokio::test]
async fn what_a_dentist_says_is_exported_as_the_corpus_reads_it() {
    let h = Harness::start().await;
    let here = clinic();
    let rude = say(&h, feedback(&here, pb::GuardLabel::Rude)).await;
    say(&h, feedback(&here, pb::GuardLabel::Angry)).await;
    say(&h, feedback(&clinic(), pb::GuardLabel::Urgent)).await;
    let (mut lines, mut token) = (Vec::new(), String::new());
    loop {
        let request = pb::ExportGuardFeedbackRequest {
            clinic_id: here.clone(),
            page_size: 1,
            page_token: token,
        };
        let request = h.request_as(&user(&h, Role::Owner), request);
        // Page tokens are bound to what a caller sees, not to who they are.
        let page = client(&h)
            .export_guard_feedback(request)
            .await
            .unwrap()
            .into_inner();
        lines.extend(page.lines);
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(lines.len(), 2);
    let messages: Vec<Message> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(messages[0].id, rude.feedback_id);
    assert!(matches!(&messages[0].expect, Expectation::Out(expect) if expect.labels.len() == 1));
    assert!(matches!(&messages[1].expect, Expectation::In(_)));
    assert!(messages.iter().all(|message| message.author == here));
    // Nothing of it rests in clear, and the trail does not repeat it.
    for query in [
        "SELECT count(*) FROM guard_feedback WHERE position('Pereira'::bytea IN message) > 0",
        "SELECT count(*) FROM store.audit_entries WHERE details::text LIKE '%Pereira%'",
    ] {
        assert_eq!(h.count(query).await, 0, "{query}");
    }
    let exports =
        "SELECT count(*) FROM store.audit_entries WHERE action = 'guard_feedback.exported'";
    assert_eq!(h.count(exports).await, 2);
}

#[tokio::test]
async fn feedback_is_listed_without_texts_and_forgotten_when_asked() {
    let h = &Harness::start().await;
    let (here, there) = (clinic(), clinic());
    let request = feedback(&here, pb::GuardLabel::Rude);
    let first = say(h, request.clone()).await;
    say(h, feedback(&there, pb::GuardLabel::OffTopic)).await;
    let list = |caller: Caller, label: pb::GuardLabel| {
        let request = pb::ListGuardFeedbackRequest {
            label: label.into(),
            ..Default::default()
        };
        let request = h.request_as(&caller, request);
        async move {
            let answer = client(h).list_guard_feedback(request).await.unwrap();
            answer.into_inner().feedback
        }
    };
    let all = list(h.caller.clone(), pb::GuardLabel::Unspecified).await;
    assert_eq!(all.len(), 2);
    assert!(list(h.caller.clone(), pb::GuardLabel::Rude).await == [first.clone()]);
    let elsewhere = TestCaller::within(&h.caller, &[there.parse().unwrap()]);
    assert_eq!(
        list(elsewhere.clone(), pb::GuardLabel::Unspecified)
            .await
            .len(),
        1
    );
    assert!(
        list(TestCaller::fresh(), pb::GuardLabel::Unspecified)
            .await
            .is_empty()
    );

    let delete = |caller: &Caller| {
        let request = pb::DeleteGuardFeedbackRequest {
            feedback_id: first.feedback_id.clone(),
        };
        h.request_as(caller, request)
    };
    for caller in [elsewhere, TestCaller::fresh()] {
        let refused = client(h)
            .delete_guard_feedback(delete(&caller))
            .await
            .err()
            .unwrap();
        assert_eq!(
            reason(&refused),
            (Code::NotFound, "GUARD_FEEDBACK_NOT_FOUND".to_owned())
        );
    }
    client(h)
        .delete_guard_feedback(delete(&h.caller))
        .await
        .unwrap();
    assert_eq!(h.count("SELECT count(*) FROM guard_feedback").await, 1);
}

#[tokio::test]
async fn a_repeated_feedback_is_kept_once_and_a_bad_one_is_named() {
    let h = Harness::start().await;
    let dentist = user(&h, Role::Dentist);
    let request = feedback(&clinic(), pb::GuardLabel::Urgent);
    let mut kept = Vec::new();
    for _ in 0..2 {
        let request = h.request_as(&dentist, request.clone());
        let answer = client(&h).create_guard_feedback(request).await.unwrap();
        kept.push(answer.into_inner().feedback.unwrap());
    }
    assert!(kept[0] == kept[1]);
    assert_eq!(h.count("SELECT count(*) FROM guard_feedback").await, 1);
    let bad = pb::CreateGuardFeedbackRequest {
        text: String::new(),
        judgement: 0,
        label: 77,
        clinic_id: String::new(),
        request_id: String::new(),
        ..request
    };
    let refused = client(&h)
        .create_guard_feedback(h.request_as(&dentist, bad))
        .await;
    let wanted = ["clinic_id", "text", "label", "judgement"];
    assert_eq!(paths(&refused.err().unwrap()), wanted);
}

#[tokio::test]
async fn what_was_kept_long_enough_is_forgotten_when_a_process_starts() {
    let h = Harness::start().await;
    say(&h, feedback(&clinic(), pb::GuardLabel::Rude)).await;
    say(&h, feedback(&clinic(), pb::GuardLabel::Angry)).await;
    h.tamper("UPDATE guard_feedback SET expires_at = now() - interval '1 second' WHERE label = 1")
        .await;
    let again = h.another_process().await;
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    while h.count("SELECT count(*) FROM guard_feedback").await != 1 {
        assert!(tokio::time::Instant::now() < deadline, "it is still there");
        tokio::task::yield_now().await;
    }
    assert_eq!(
        h.count("SELECT count(*) FROM guard_feedback WHERE label = 6")
            .await,
        1
    );
    drop(again);
}
