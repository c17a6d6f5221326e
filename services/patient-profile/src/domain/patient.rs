//! A patient.

use super::{ContactPoint, ExternalId, Name};
use bitewing_core::{ClinicId, Language, PatientId};
use time::{Date, OffsetDateTime};

/// How a patient is addressed (R31).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum AddressForm {
    #[default]
    Unspecified,
    Formal,
    Informal,
}

/// What a clinic knows of a patient.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) external_ids: Vec<ExternalId>,
    pub(crate) clinic: ClinicId,
    pub(crate) name: Name,
    pub(crate) birth_date: Option<Date>,
    pub(crate) language: Option<Language>,
    pub(crate) address_form: AddressForm,
    pub(crate) contact_points: Vec<ContactPoint>,
    pub(crate) do_not_contact: bool,
    pub(crate) sensitive: bool,
}

/// A patient's record.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Patient {
    pub(crate) id: PatientId,
    pub(crate) profile: Profile,
    pub(crate) version: i64,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) updated_at: OffsetDateTime,
    pub(crate) deleted_at: Option<OffsetDateTime>,
}

impl Patient {
    /// A record that begins now.
    pub(crate) fn begin(id: PatientId, profile: Profile, now: OffsetDateTime) -> Self {
        Self {
            id,
            profile,
            version: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
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

    /// Takes a new profile; `false` if it is the same.
    pub(crate) fn change(&mut self, profile: Profile, now: OffsetDateTime) -> bool {
        if self.profile == profile && self.deleted_at.is_none() {
            return false;
        }
        self.profile = profile;
        self.deleted_at = None;
        self.touch(now);
        true
    }

    /// Hides the record, or brings it back; `false` if it is so already.
    pub(crate) fn set_deleted(&mut self, deleted: bool, now: OffsetDateTime) -> bool {
        if self.deleted_at.is_some() == deleted {
            return false;
        }
        self.deleted_at = deleted.then_some(now);
        self.touch(now);
        true
    }

    fn touch(&mut self, now: OffsetDateTime) {
        self.version += 1;
        self.updated_at = now;
    }
}
