//! What a dentist decides over the newest version: the same for an approval and a rejection.

use super::super::{Api, owner};
use super::{note, read};
use crate::domain::instruction::{Decision, Instruction, Step, WrongState};
use crate::error::Error;
use bitewing_rpc::Call;

/// What is decided over what.
pub(super) struct Deciding<'a> {
    pub(super) instruction_id: &'a str,
    pub(super) etag: &'a str,
    pub(super) signed_by: &'a str,
    pub(super) step: Step,
    pub(super) reason: String,
}

pub(super) async fn run(
    api: &Api,
    call: &Call,
    wanted: Deciding<'_>,
) -> Result<Instruction, Error> {
    let id = read::id(wanted.instruction_id)?;
    let by = read::signer(call, wanted.signed_by)?;
    let now = api.base.clock.now();
    let clinics = call.caller.clinics.filter();
    let mut tx = api.begin(call).await?;
    let newest = tx.instruction(id, clinics.as_deref(), true).await?;
    let mut newest = newest.ok_or(Error::InstructionNotFound)?;
    owner::check(call, newest.clinic, "instruction_id")?;
    if !newest.matches(wanted.etag) {
        return Err(Error::EtagMismatch);
    }
    newest
        .step(wanted.step, now)
        .map_err(|WrongState| Error::InstructionNotDraft)?;
    newest.decided = Some(Decision {
        by,
        at: now,
        reason: wanted.reason,
    });
    let what = if wanted.step == Step::Approve {
        if let Some(mut before) = tx.approved_instruction(id).await? {
            before
                .step(Step::Replace, now)
                .map_err(|WrongState| Error::Conflict)?;
            tx.update_instruction(&before).await?;
        }
        "instruction.approved"
    } else {
        "instruction.rejected"
    };
    tx.update_instruction(&newest).await?;
    note::version(&mut tx, call, what, &newest).await?;
    tx.commit().await?;
    Ok(newest)
}
