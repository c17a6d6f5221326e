//! Children, guarantors and family.

use super::RelationKind;
use bitewing_core::PatientId;
use time::Date;

/// How many children a patient may have.
pub(crate) const MAX_CHILDREN: usize = 20;

/// How many relations a patient may have.
pub(crate) const MAX_RELATIONS: usize = 20;

/// A child of a patient (R20).
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Child {
    pub(crate) given_name: String,
    pub(crate) birth_date: Option<Date>,
    pub(crate) patient: Option<PatientId>,
}

/// Who a relation leads to.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Related {
    Patient(PatientId),
    Named(String),
}

/// Somebody a patient belongs with.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Relation {
    pub(crate) kind: RelationKind,
    pub(crate) to: Related,
}
