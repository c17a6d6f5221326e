//! Who changes something, when, and from which source.

use super::{Source, Verification};
use bitewing_core::Ids;
use time::OffsetDateTime;

/// What every change is marked with.
#[derive(Clone, Copy)]
pub(crate) struct Stamp<'a> {
    pub(crate) now: OffsetDateTime,
    /// As `user/usr_...`.
    pub(crate) actor: &'a str,
    /// The system the values come from, or [`super::HERE`].
    pub(crate) source: &'a str,
    pub(crate) ids: &'a dyn Ids,
}

impl Stamp<'_> {
    pub(super) fn verification(&self) -> Verification {
        Verification {
            at: self.now,
            by: self.actor.to_owned(),
        }
    }

    pub(super) fn source(&self) -> Source {
        Source {
            system: self.source.to_owned(),
            at: self.now,
        }
    }
}
