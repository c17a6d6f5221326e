//! Where a field's value comes from (R21).

use super::Field;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// The source of a change made here.
pub(crate) const HERE: &str = "bitewing";

/// A system and when the value arrived from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) system: String,
    pub(crate) at: OffsetDateTime,
}

/// The sources of a patient's fields; a field that is missing stands as the record began.
pub(crate) type Sources = BTreeMap<Field, Source>;
