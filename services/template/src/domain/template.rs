//! An organization's own wording.

use super::{Slot, Wording};
use bitewing_core::TemplateId;
use time::OffsetDateTime;

/// A wording with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) id: TemplateId,
    pub(crate) slot: Slot,
    pub(crate) wording: Wording,
    pub(crate) version: i32,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) updated_at: OffsetDateTime,
}

impl Template {
    /// A first version, now.
    pub(crate) const fn begin(
        id: TemplateId,
        slot: Slot,
        wording: Wording,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            id,
            slot,
            wording,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// The etag: changes with every update.
    pub(crate) fn etag(&self) -> String {
        format!("\"{}\"", self.version)
    }

    /// Whether an etag sent is empty or the current one.
    pub(crate) fn matches(&self, etag: &str) -> bool {
        etag.is_empty() || etag == self.etag()
    }

    /// Takes a new wording; `false` if it is the same.
    pub(crate) fn change(&mut self, wording: Wording, now: OffsetDateTime) -> bool {
        if self.wording == wording {
            return false;
        }
        self.wording = wording;
        self.version += 1;
        self.updated_at = now;
        true
    }
}
