//! ListInstructionIssues. Who was given what says something about health: the reading is written down.

use super::super::Api;
use super::convert;
use crate::error::Error;
use crate::store::IssueList;
use bitewing_core::InstructionIssueId;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListInstructionIssuesRequest,
) -> Result<pb::ListInstructionIssuesResponse, Error> {
    let mut list = Filter::of("ListInstructionIssues", call.organization())
        .with(&request.instruction_id)
        .with(&request.patient_id)
        .with(&request.clinic_id)
        .with([u8::from(request.unread)]);
    for clinic in call.caller.clinics.filter().unwrap_or_default() {
        list = list.with(clinic);
    }
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let before = api.base.page_tokens.read(&request.page_token, &list);
    let before = fields.take("page_token", before);
    let instruction = field::optional_id(&request.instruction_id);
    let instruction = fields.take("instruction_id", instruction);
    let patient = fields.take("patient_id", field::optional_id(&request.patient_id));
    let clinic = fields.take("clinic_id", field::optional_id(&request.clinic_id));
    let (size, before, instruction, patient, clinic) =
        all!(fields, size, before, instruction, patient, clinic)?;

    let mut tx = api.begin(call).await?;
    let wanted = IssueList {
        clinics: call.caller.clinics.filter(),
        instruction,
        patient,
        clinic,
        unread: request.unread,
        before,
    };
    let mut found = tx.issues(wanted, size).await?;
    let more = found.len() > size.rows();
    found.truncate(size.rows());
    let ids: Vec<InstructionIssueId> = found.iter().map(|issue| issue.id).collect();
    let mut receipts = tx.receipts(&ids).await?;
    let details = json!({ "rows": found.len() });
    let organization = call.organization();
    let line = audit::entry(
        call,
        "instruction.issues_listed",
        organization,
        clinic,
        details,
    );
    tx.audit(line).await?;
    tx.commit().await?;
    let next = ids.last().filter(|_| more);
    let next = next.map(|last| api.base.page_tokens.write(last.uuid(), &list));
    let issues = found.into_iter().map(|issue| {
        let receipts = receipts.remove(&issue.id).unwrap_or_default();
        convert::issue(issue, receipts, None)
    });
    Ok(pb::ListInstructionIssuesResponse {
        issues: issues.collect(),
        next_page_token: next.unwrap_or_default(),
    })
}
