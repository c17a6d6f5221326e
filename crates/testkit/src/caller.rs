//! Callers of fresh organizations.

use bitewing_auth::{Actor, ActorKind, Caller, Clinics};
use bitewing_core::{ApiClientId, ClinicId, Ids as _, OrganizationId, SystemIds};
use bitewing_rpc::access;
use std::collections::BTreeSet;

/// Makes callers.
#[derive(Debug)]
pub struct TestCaller;

impl TestCaller {
    /// An API client with every scope and every clinic of a fresh organization.
    pub fn fresh() -> Caller {
        Self::of(OrganizationId::from_uuid(SystemIds.next()), Clinics::All)
    }

    /// An API client with every scope and some clinics of an organization.
    pub fn of(organization: OrganizationId, clinics: Clinics) -> Caller {
        let scopes: BTreeSet<String> = access::rules()
            .filter_map(|rule| rule.scope.clone())
            .collect();
        let id = ApiClientId::from_uuid(SystemIds.next()).to_string();
        let actor = Actor {
            kind: ActorKind::ApiClient,
            id,
        };
        Caller::verified(
            organization,
            actor,
            clinics,
            Vec::new(),
            scopes.into_iter().collect(),
        )
    }

    /// The same organization, fewer clinics.
    pub fn within(caller: &Caller, clinics: &[ClinicId]) -> Caller {
        Self::of(caller.organization(), Clinics::Only(clinics.to_vec()))
    }
}
