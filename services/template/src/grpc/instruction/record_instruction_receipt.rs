//! RecordInstructionReceipt.

use super::super::Api;
use super::{issued, note, read};
use crate::domain::instruction::{Receipt, ReceiptKind};
use crate::error::Error;
use bitewing_core::InstructionIssueId;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Violation, all, field};
use time::OffsetDateTime;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::RecordInstructionReceiptRequest,
) -> Result<pb::RecordInstructionReceiptResponse, Error> {
    let now = api.base.clock.now();
    let mut fields = Fields::new();
    let id = fields.take(
        "issue_id",
        field::id::<InstructionIssueId>(&request.issue_id),
    );
    let kind = fields.take("kind", read::receipt_kind(request.kind));
    let source = fields.take("source", read::receipt_source(request.source));
    let at = request
        .occur_time
        .map(|time| field::timestamp(time).map(whole));
    let at = fields.take("occur_time", at.transpose());
    let (id, kind, source, at) = all!(fields, id, kind, source, at)?;
    let occurred_at = at.unwrap_or(now);

    let clinics = call.caller.clinics.filter();
    let mut tx = api.begin(call).await?;
    let issue = tx.issue(id, clinics.as_deref()).await?;
    let issue = issue.ok_or(Error::InstructionIssueNotFound)?;
    if occurred_at > now || occurred_at < issue.issued_at {
        let wrong = "must be between when it was given and now";
        return Err(vec![Violation::new("occur_time", wrong)].into());
    }
    let receipt = Receipt {
        kind,
        source,
        occurred_at,
        recorded_at: now,
        recorded_by: read::actor(call),
    };
    if tx.insert_receipt(id, &receipt).await? {
        let more = ("receipt", name(kind));
        note::issue(&mut tx, call, "instruction.receipt", &issue, more).await?;
    }
    let issue = issued::read(&mut tx, issue).await?;
    tx.commit().await?;
    Ok(pb::RecordInstructionReceiptResponse { issue: Some(issue) })
}

const fn name(kind: ReceiptKind) -> &'static str {
    match kind {
        ReceiptKind::Delivered => "DELIVERED",
        ReceiptKind::Read => "READ",
        ReceiptKind::Understood => "UNDERSTOOD",
    }
}

/// The database keeps microseconds.
fn whole(time: OffsetDateTime) -> OffsetDateTime {
    let micros = time.nanosecond() / 1_000 * 1_000;
    time.replace_nanosecond(micros).unwrap_or(time)
}
