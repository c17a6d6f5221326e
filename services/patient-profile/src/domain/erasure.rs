//! The proof that a person was erased.

use bitewing_core::{ClinicId, PatientId};
use time::OffsetDateTime;

/// What was erased, when, by whom and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Erasure {
    pub(crate) patient: PatientId,
    pub(crate) clinic: ClinicId,
    pub(crate) merged: Vec<PatientId>,
    pub(crate) at: OffsetDateTime,
    pub(crate) by: String,
    pub(crate) reason: String,
    /// How many rows went, by table.
    pub(crate) erased: Vec<(String, u64)>,
    pub(crate) kept_hashes: u32,
    pub(crate) content_hash: Vec<u8>,
}

/// What a kept hash is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeptKey {
    /// An external id that must not bring the record back.
    ExternalId = 1,
    /// The address of somebody who was not to be contacted.
    Address = 2,
}
