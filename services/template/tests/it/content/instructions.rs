use super::{clerk, fresh_clinic, instructions, staff, told};
use crate::harness::{Harness, bytes, paths, reason};
use bitewing_auth::{Caller, Role};
use bitewing_core::{Ids as _, InstructionId, PatientId, SystemIds};
use bitewing_proto::template as pb;
use bitewing_testkit::TestCaller;
use tonic::{Code, Status};

pub(super) fn extraction() -> pb::Instruction {
    pb::Instruction {
        kind: pb::InstructionKind::Aftercare.into(),
        procedure: "extraction".to_owned(),
        locale: "en".to_owned(),
        title: "After your extraction".to_owned(),
        body: "Bite on the swab for half an hour.\nDo not rinse today.".to_owned(),
        ..Default::default()
    }
}

pub(super) async fn create(
    h: &Harness,
    instruction: pb::Instruction,
) -> Result<pb::Instruction, Status> {
    let request = pb::CreateInstructionRequest {
        instruction: Some(instruction),
        request_id: String::new(),
    };
    let answer = instructions(h)
        .create_instruction(h.request(request))
        .await?;
    Ok(answer.into_inner().instruction.unwrap())
}

async fn update(h: &Harness, id: &str, body: &str, etag: &str) -> Result<pb::Instruction, Status> {
    let request = pb::UpdateInstructionRequest {
        instruction_id: id.to_owned(),
        body: body.to_owned(),
        etag: etag.to_owned(),
        ..Default::default()
    };
    let answer = instructions(h)
        .update_instruction(h.request(request))
        .await?;
    Ok(answer.into_inner().instruction.unwrap())
}

pub(super) async fn approve(
    h: &Harness,
    who: &Caller,
    id: &str,
    by: &str,
) -> Result<pb::Instruction, Status> {
    let request = pb::ApproveInstructionRequest {
        instruction_id: id.to_owned(),
        signed_by: by.to_owned(),
        ..Default::default()
    };
    let answer = instructions(h)
        .approve_instruction(h.request_as(who, request))
        .await?;
    Ok(answer.into_inner().instruction.unwrap())
}

async fn issue(h: &Harness, id: &str, patient: PatientId) -> Result<pb::InstructionIssue, Status> {
    let request = pb::IssueInstructionRequest {
        instruction_id: id.to_owned(),
        patient_id: patient.to_string(),
        clinic_id: fresh_clinic().to_string(),
        request_id: String::new(),
    };
    let answer = instructions(h)
        .issue_instruction(h.request(request))
        .await?;
    Ok(answer.into_inner().issue.unwrap())
}

fn patient() -> PatientId {
    PatientId::from_uuid(SystemIds.next())
}

#[tokio::test]
async fn only_what_a_dentist_signed_is_given_to_patients() {
    let h = Harness::start().await;
    let draft = create(&h, extraction()).await.unwrap();
    let id = draft.instruction_id.as_str();
    assert_eq!(
        (draft.state(), draft.version),
        (pb::InstructionState::Draft, 1)
    );
    let refused = issue(&h, id, patient()).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (
            Code::FailedPrecondition,
            "INSTRUCTION_NOT_APPROVED".to_owned()
        )
    );
    let dentist = staff(&h, Role::Dentist);
    let signed = approve(&h, &dentist, id, "").await.unwrap();
    assert_eq!(signed.state(), pb::InstructionState::Approved);
    assert!(signed.decided_by.starts_with("user/usr_") && signed.decide_time.is_some());
    let refused = approve(&h, &dentist, id, "").await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::FailedPrecondition, "INSTRUCTION_NOT_DRAFT".to_owned())
    );
    let given = issue(&h, id, patient()).await.unwrap();
    assert_eq!(
        (given.version, given.wording_kind.as_str()),
        (1, "instructions")
    );
    assert_eq!((&given.title, &given.body), (&signed.title, &signed.body));
}

#[tokio::test]
async fn a_program_names_the_dentist_and_a_user_signs_for_themselves() {
    let h = Harness::start().await;
    let draft = create(&h, extraction()).await.unwrap();
    let id = draft.instruction_id.as_str();
    let refused = approve(&h, &h.caller, id, "").await.err().unwrap();
    assert_eq!(paths(&refused), ["signed_by"]);
    let refused = approve(&h, &staff(&h, Role::Dentist), id, "Dr. Roy")
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["signed_by"]);
    let signed = approve(&h, &h.caller, id, "Dr. Roy").await.unwrap();
    assert!(
        signed.decided_by.ends_with(": Dr. Roy")
            && signed.decided_by.starts_with("api_client/cli_")
    );
}

#[tokio::test]
async fn a_new_version_takes_over_once_it_is_signed() {
    let h = Harness::start().await;
    let draft = create(&h, extraction()).await.unwrap();
    let id = draft.instruction_id.as_str();
    // A draft is changed in place.
    let draft = update(&h, id, "Bite on the swab.", &draft.etag)
        .await
        .unwrap();
    assert_eq!(draft.version, 1);
    approve(&h, &h.caller, id, "Dr. Roy").await.unwrap();
    let refused = update(&h, id, "x", &draft.etag).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::Aborted, "ETAG_MISMATCH".to_owned())
    );
    let second = update(&h, id, "Bite gently.", "").await.unwrap();
    assert_eq!(
        (second.version, second.state()),
        (2, pb::InstructionState::Draft)
    );
    let before = issue(&h, id, patient()).await.unwrap();
    assert_eq!(
        (before.version, before.body.as_str()),
        (1, "Bite on the swab.")
    );
    approve(&h, &h.caller, id, "Dr. Roy").await.unwrap();
    assert_eq!(issue(&h, id, patient()).await.unwrap().version, 2);

    let request = pb::ListInstructionVersionsRequest {
        instruction_id: id.to_owned(),
        page_size: 1,
        page_token: String::new(),
    };
    let first = instructions(&h)
        .list_instruction_versions(h.request(request.clone()))
        .await
        .unwrap()
        .into_inner();
    let request = pb::ListInstructionVersionsRequest {
        page_token: first.next_page_token,
        ..request
    };
    let last = instructions(&h)
        .list_instruction_versions(h.request(request))
        .await
        .unwrap()
        .into_inner();
    let states: Vec<_> = [&first.instructions[0], &last.instructions[0]]
        .map(|one| (one.version, one.state()))
        .into();
    assert_eq!(
        states,
        [
            (2, pb::InstructionState::Approved),
            (1, pb::InstructionState::Replaced)
        ]
    );
    assert!(last.next_page_token.is_empty());
    let get = pb::GetInstructionRequest {
        instruction_id: id.to_owned(),
        version: 1,
    };
    let old = instructions(&h)
        .get_instruction(h.request(get))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(old.instruction.unwrap().body, "Bite on the swab.");
}

#[tokio::test]
async fn a_dentist_sends_back_or_takes_back() {
    let h = Harness::start().await;
    let draft = create(&h, extraction()).await.unwrap();
    let id = draft.instruction_id.as_str();
    let reject = |reason: &str| pb::RejectInstructionRequest {
        instruction_id: id.to_owned(),
        signed_by: "Dr. Roy".to_owned(),
        reason: reason.to_owned(),
        ..Default::default()
    };
    let refused = instructions(&h)
        .reject_instruction(h.request(reject("")))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["reason"]);
    let back = instructions(&h)
        .reject_instruction(h.request(reject("say for how long")))
        .await
        .unwrap();
    let back = back.into_inner().instruction.unwrap();
    assert_eq!(
        (back.state(), back.reject_reason.as_str()),
        (pb::InstructionState::Rejected, "say for how long")
    );
    let next = update(&h, id, "Bite on the swab for an hour.", "")
        .await
        .unwrap();
    assert_eq!((next.version, next.reject_reason.as_str()), (2, ""));
    approve(&h, &h.caller, id, "Dr. Roy").await.unwrap();
    let retire = pb::RetireInstructionRequest {
        instruction_id: id.to_owned(),
        etag: String::new(),
    };
    instructions(&h)
        .retire_instruction(h.request(retire.clone()))
        .await
        .unwrap();
    let refused = issue(&h, id, patient()).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (
            Code::FailedPrecondition,
            "INSTRUCTION_NOT_APPROVED".to_owned()
        )
    );
    let refused = instructions(&h)
        .retire_instruction(h.request(retire))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (
            Code::FailedPrecondition,
            "INSTRUCTION_NOT_APPROVED".to_owned()
        )
    );
    let told = told(&h, 5).await;
    let expected = ["created", "rejected", "updated", "approved", "retired"];
    assert_eq!(told, expected.map(|what| format!("instruction.{what}")));
}

#[tokio::test]
async fn it_is_known_who_read_which_version_and_when() {
    let h = Harness::start().await;
    let id = create(&h, extraction()).await.unwrap().instruction_id;
    approve(&h, &h.caller, &id, "Dr. Roy").await.unwrap();
    let (anne, ivan) = (patient(), patient());
    let annes = issue(&h, &id, anne).await.unwrap();
    issue(&h, &id, ivan).await.unwrap();
    let record = |kind: pb::InstructionReceiptKind, source: pb::InstructionReceiptSource| {
        pb::RecordInstructionReceiptRequest {
            issue_id: annes.issue_id.clone(),
            kind: kind.into(),
            source: source.into(),
            occur_time: None,
        }
    };
    use pb::InstructionReceiptKind::{Delivered, Read};
    use pb::InstructionReceiptSource::{Message, Portal};
    instructions(&h)
        .record_instruction_receipt(h.request(record(Delivered, Message)))
        .await
        .unwrap();
    h.test.clock.advance(time::Duration::minutes(5));
    let once = instructions(&h)
        .record_instruction_receipt(h.request(record(Read, Portal)))
        .await
        .unwrap();
    h.test.clock.advance(time::Duration::minutes(5));
    let again = instructions(&h)
        .record_instruction_receipt(h.request(record(Read, Portal)))
        .await
        .unwrap();
    let (once, again) = (
        once.into_inner().issue.unwrap(),
        again.into_inner().issue.unwrap(),
    );
    assert!(once == again, "the first word counts");
    let kinds: Vec<_> = again
        .receipts
        .iter()
        .map(|one| (one.kind(), one.source()))
        .collect();
    assert_eq!(kinds, [(Delivered, Message), (Read, Portal)]);
    assert_eq!(
        (again.version, again.body.as_str()),
        (1, extraction().body.as_str())
    );
    for (seconds, wrong) in [(-3_600_i64, true), (3_600, true)] {
        let mut request = record(Read, pb::InstructionReceiptSource::Staff);
        let issued = annes.issue_time.unwrap().seconds;
        request.occur_time = Some(prost_types::Timestamp {
            seconds: issued + seconds,
            nanos: 0,
        });
        let refused = instructions(&h)
            .record_instruction_receipt(h.request(request))
            .await;
        assert_eq!(refused.is_err(), wrong);
        assert_eq!(paths(&refused.err().unwrap()), ["occur_time"]);
    }

    let list = async |request: pb::ListInstructionIssuesRequest| {
        let answer = instructions(&h)
            .list_instruction_issues(h.request(request))
            .await
            .unwrap();
        answer.into_inner().issues
    };
    let all = list(pb::ListInstructionIssuesRequest::default()).await;
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|one| one.body.is_empty()));
    let unread = pb::ListInstructionIssuesRequest {
        unread: true,
        instruction_id: id.clone(),
        ..Default::default()
    };
    let unread = list(unread).await;
    assert_eq!(
        (unread.len(), &unread[0].patient_id),
        (1, &ivan.to_string())
    );
    let of_anne = pb::ListInstructionIssuesRequest {
        patient_id: anne.to_string(),
        ..Default::default()
    };
    assert_eq!(list(of_anne).await[0].receipts.len(), 2);
    let read =
        "SELECT count(*) FROM store.audit_entries WHERE action = 'instruction.issues_listed'";
    assert_eq!(h.count(read).await, 3);
}

#[tokio::test]
async fn what_was_given_is_seen_by_its_clinic_alone() {
    let h = Harness::start().await;
    let id = create(&h, extraction()).await.unwrap().instruction_id;
    approve(&h, &h.caller, &id, "Dr. Roy").await.unwrap();
    let given = issue(&h, &id, patient()).await.unwrap();
    let record = pb::RecordInstructionReceiptRequest {
        issue_id: given.issue_id.clone(),
        kind: 2,
        source: 1,
        occur_time: None,
    };
    let other = clerk(&h, fresh_clinic());
    for who in [other.clone(), TestCaller::fresh()] {
        let refused = instructions(&h)
            .record_instruction_receipt(h.request_as(&who, record.clone()))
            .await;
        let wanted = (Code::NotFound, "INSTRUCTION_ISSUE_NOT_FOUND".to_owned());
        assert_eq!(reason(&refused.err().unwrap()), wanted);
        let list = h.request_as(&who, pb::ListInstructionIssuesRequest::default());
        let seen = instructions(&h)
            .list_instruction_issues(list)
            .await
            .unwrap()
            .into_inner();
        assert!(seen.issues.is_empty());
    }
    let get = |id: &str| pb::GetInstructionRequest {
        instruction_id: id.to_owned(),
        version: 0,
    };
    let stranger = h.request_as(&TestCaller::fresh(), get(&id));
    let foreign = instructions(&h)
        .get_instruction(stranger)
        .await
        .err()
        .unwrap();
    let nothing = InstructionId::from_uuid(SystemIds.next()).to_string();
    let absent = instructions(&h)
        .get_instruction(h.request(get(&nothing)))
        .await
        .err()
        .unwrap();
    assert_eq!(bytes(&foreign), bytes(&absent));
    // A clinic's own instruction is not another clinic's to give, nor the chain's to a clinic to change.
    let own = pb::Instruction {
        clinic_id: fresh_clinic().to_string(),
        ..extraction()
    };
    let own = create(&h, own).await.unwrap();
    let refused = issue(&h, &own.instruction_id, patient())
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "INSTRUCTION_NOT_FOUND".to_owned())
    );
    let refused = approve(&h, &other, &id, "Dr. Roy").await.err().unwrap();
    assert_eq!(paths(&refused), ["instruction_id"]);
}

#[tokio::test]
async fn a_repeated_request_gives_once() {
    let h = Harness::start().await;
    let id = create(&h, extraction()).await.unwrap().instruction_id;
    approve(&h, &h.caller, &id, "Dr. Roy").await.unwrap();
    let request = pb::IssueInstructionRequest {
        instruction_id: id,
        patient_id: patient().to_string(),
        clinic_id: fresh_clinic().to_string(),
        request_id: SystemIds.next().to_string(),
    };
    let first = instructions(&h)
        .issue_instruction(h.request(request.clone()))
        .await
        .unwrap()
        .into_inner();
    let again = instructions(&h)
        .issue_instruction(h.request(request))
        .await
        .unwrap()
        .into_inner();
    assert!(first == again);
    assert_eq!(h.count("SELECT count(*) FROM instruction_issues").await, 1);
}

#[tokio::test]
async fn nonsense_is_named_by_its_path() {
    let h = Harness::start().await;
    let nonsense = pb::Instruction {
        locale: "de".to_owned(),
        body: "take {{ dose }}".to_owned(),
        clinic_id: "x".to_owned(),
        ..Default::default()
    };
    let refused = create(&h, nonsense).await.err().unwrap();
    let fields = ["kind", "procedure", "locale", "clinic_id", "title", "body"];
    assert_eq!(
        paths(&refused),
        fields.map(|field| format!("instruction.{field}"))
    );
    let huge = pb::Instruction {
        body: "x".repeat(1 << 20),
        ..extraction()
    };
    assert_eq!(
        paths(&create(&h, huge).await.err().unwrap()),
        ["instruction.body"]
    );
    let refused = instructions(&h)
        .issue_instruction(h.request(pb::IssueInstructionRequest::default()))
        .await
        .err()
        .unwrap();
    assert_eq!(
        paths(&refused),
        ["instruction_id", "patient_id", "clinic_id"]
    );
    let refused = instructions(&h)
        .record_instruction_receipt(h.request(pb::RecordInstructionReceiptRequest::default()))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["issue_id", "kind", "source"]);
}
