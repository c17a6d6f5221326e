//! From wire to domain.

use crate::domain::guard::{Judgement, Label};
use bitewing_core::ClinicId;
use bitewing_proto::template as pb;
use bitewing_rpc::Violation;
use bitewing_rpc::field::{self, FieldError};

pub(super) fn label(value: i32) -> Result<Label, FieldError> {
    match field::one_of(value)? {
        pb::GuardLabel::Rude => Ok(Label::Rude),
        pb::GuardLabel::Flirting => Ok(Label::Flirting),
        pb::GuardLabel::ClinicalAdvice => Ok(Label::ClinicalAdvice),
        pb::GuardLabel::OffTopic => Ok(Label::OffTopic),
        pb::GuardLabel::Urgent => Ok(Label::Urgent),
        pb::GuardLabel::Angry => Ok(Label::Angry),
        pb::GuardLabel::Harassment => Ok(Label::Harassment),
        pb::GuardLabel::OptOut => Ok(Label::OptOut),
        pb::GuardLabel::Unspecified => Err(FieldError::Required),
    }
}

/// Reads a label to list; zero is every one.
pub(super) fn optional_label(value: i32) -> Result<Option<Label>, FieldError> {
    if value == 0 {
        Ok(None)
    } else {
        label(value).map(Some)
    }
}

pub(super) fn judgement(value: i32) -> Result<Judgement, FieldError> {
    match field::one_of(value)? {
        pb::GuardJudgement::Fine => Ok(Judgement::Fine),
        pb::GuardJudgement::Missed => Ok(Judgement::Missed),
        pb::GuardJudgement::Unspecified => Err(FieldError::Required),
    }
}

/// Reads the one clinic of a request, which may be left out.
pub(super) fn clinic(id: &str) -> Result<Option<ClinicId>, Vec<Violation>> {
    field::optional_id(id).map_err(|error| vec![Violation::new("clinic_id", error)])
}

/// A page whose rows are large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 0 to 100")]
pub(super) struct BadSize;

/// Reads the size of such a page; 0 is `usual`.
pub(super) fn small_page(size: i32, usual: usize) -> Result<usize, BadSize> {
    match size {
        0 => Ok(usual),
        1..=100 => Ok(size as usize),
        _ => Err(BadSize),
    }
}
