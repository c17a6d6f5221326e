//! The doors to tenant data.
//!
//! A transaction on tenant tables opens only for a [`Scope`], and a scope is made only here, from
//! something that names its organization and was verified, or whose look-up is the verification.

use crate::Caller;
use bitewing_core::{CapabilityToken, OrganizationId};

/// One organization's data, and the right to open it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scope(OrganizationId);

impl Scope {
    /// The door of a verified caller.
    pub const fn of_caller(caller: &Caller) -> Self {
        Self(caller.organization())
    }

    /// The door of a capability token: its look-up by hash inside the scope is the verification.
    pub fn of_capability(token: &CapabilityToken) -> Self {
        Self(token.organization())
    }

    /// The door of a credential that names its organization before it is checked: a client id, a slug.
    pub const fn of_credential(organization: OrganizationId) -> Self {
        Self(organization)
    }

    /// The door of a claimed job, whose row was written inside the scope.
    pub const fn of_job(organization: OrganizationId) -> Self {
        Self(organization)
    }

    /// The door of an event pulled from a peer's feed.
    pub const fn of_event(organization: OrganizationId) -> Self {
        Self(organization)
    }

    /// The organization.
    pub const fn organization(self) -> OrganizationId {
        self.0
    }
}

impl From<&Caller> for Scope {
    fn from(caller: &Caller) -> Self {
        Self::of_caller(caller)
    }
}
