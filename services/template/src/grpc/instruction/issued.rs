//! What was given, with its receipts and the words of its version.

use super::convert;
use crate::domain::instruction::Issue;
use crate::error::Error;
use crate::store::Tx;
use bitewing_proto::template as pb;

pub(super) async fn read(tx: &mut Tx, issue: Issue) -> Result<pb::InstructionIssue, Error> {
    let receipts = tx.receipts(&[issue.id]).await?.remove(&issue.id);
    let words = tx
        .instruction_version(issue.instruction, issue.version)
        .await?;
    Ok(convert::issue(
        issue,
        receipts.unwrap_or_default(),
        words.as_ref(),
    ))
}
