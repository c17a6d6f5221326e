//! What visits, recalls and accounts of the dental system have in common: how a row is read, and how a
//! batch is taken.

mod batch;
mod list;
mod read;

pub(super) use batch::{Mirror, Taken, take};
pub(super) use list::along;
pub(super) use read::{Draft, Head, PatientRef, Reader, head};

use crate::domain::mirror::{MAX_BATCH, Outcome};
use crate::error::Error;
use bitewing_proto::patient as pb;
use bitewing_rpc::Violation;

/// Whether a batch has 1 to 1,000 rows.
pub(super) fn check_size(field: &str, rows: usize) -> Result<(), Error> {
    if (1..=MAX_BATCH).contains(&rows) {
        Ok(())
    } else {
        let wrong = format!("must have 1 to {MAX_BATCH} entries");
        Err(vec![Violation::new(field, wrong)].into())
    }
}

pub(super) const fn outcome(outcome: Outcome) -> pb::UpsertOutcome {
    match outcome {
        Outcome::Created => pb::UpsertOutcome::Created,
        Outcome::Updated => pb::UpsertOutcome::Updated,
        Outcome::Unchanged => pb::UpsertOutcome::Unchanged,
        Outcome::Stale => pb::UpsertOutcome::Stale,
    }
}

/// A row's result at the edge.
pub(super) fn result<M: Mirror>(taken: Taken) -> pb::UpsertResult {
    match taken {
        Taken::Done(id, what) => pb::UpsertResult {
            outcome: outcome(what).into(),
            resource_id: M::name(id),
            ..Default::default()
        },
        Taken::Failed(error) => pb::UpsertResult {
            outcome: pb::UpsertOutcome::Failed.into(),
            reason: bitewing_rpc::Failure::reason(&error).to_owned(),
            fields: bitewing_rpc::Failure::violations(&error)
                .iter()
                .map(|violation| violation.field.clone())
                .collect(),
            ..Default::default()
        },
    }
}
