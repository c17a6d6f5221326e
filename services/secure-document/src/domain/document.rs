//! A file the clinic shares.

use super::file_name::FileName;
use super::framing::Fingerprint;
use super::framing::layout::PART;
use bitewing_core::{ClinicId, DocumentId};
use time::OffsetDateTime;

/// The largest file: 500 MB.
pub(crate) const MAX_SIZE: i64 = 524_288_000;

/// Where a document has got to; the numbers are those stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DocumentState {
    /// Bytes are arriving.
    Uploading = 1,
    /// Complete; waits for the check of its bytes.
    Quarantined = 2,
    /// Checked; may be linked.
    Ready = 3,
    /// The check failed.
    Rejected = 4,
    /// Its key is destroyed.
    Shredded = 5,
}

impl DocumentState {
    const ALL: [Self; 5] = [
        Self::Uploading,
        Self::Quarantined,
        Self::Ready,
        Self::Rejected,
        Self::Shredded,
    ];

    /// The stored form.
    pub(crate) const fn stored(self) -> i16 {
        self as i16
    }

    /// Reads the stored form.
    pub(crate) fn read(stored: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.stored() == stored)
    }
}

/// A document.
#[derive(Clone)]
pub(crate) struct Document {
    pub(crate) id: DocumentId,
    pub(crate) clinic: ClinicId,
    /// Absent once shredded.
    pub(crate) file_name: Option<FileName>,
    pub(crate) media_type: String,
    pub(crate) size: i64,
    /// Absent until complete, and once shredded.
    pub(crate) fingerprint: Option<Fingerprint>,
    pub(crate) state: DocumentState,
    pub(crate) reason: String,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) updated_at: OffsetDateTime,
}

impl Document {
    /// How many bytes so many committed parts hold.
    pub(crate) fn committed(&self, parts: u32) -> u64 {
        (u64::from(parts) * PART).min(self.size as u64)
    }
}
