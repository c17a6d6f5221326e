//! Who calls.

use bitewing_core::{ClinicId, OrganizationId};
use uuid::Uuid;

/// The kind of an actor, as audit trails and tokens name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ActorKind {
    /// A program of the chain.
    ApiClient,
    /// A member of staff.
    User,
    /// Who runs the installation.
    Operator,
    /// A service, by itself.
    Service,
    /// The holder of a document link.
    Recipient,
}

impl ActorKind {
    const ALL: [Self; 5] = [
        Self::ApiClient,
        Self::User,
        Self::Operator,
        Self::Service,
        Self::Recipient,
    ];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApiClient => "api_client",
            Self::User => "user",
            Self::Operator => "operator",
            Self::Service => "service",
            Self::Recipient => "recipient",
        }
    }

    /// Reads the stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Actor {
    /// The kind.
    pub kind: ActorKind,
    /// The identifier within the kind, as `cli_...`.
    pub id: String,
}

/// A role of staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Everything in the organization.
    Owner,
    /// Everything in the user's clinics.
    Manager,
    /// Treats patients and approves clinical content.
    Dentist,
    /// Works at the front desk.
    Secretary,
    /// Reads audit trails.
    Auditor,
}

impl Role {
    /// All five.
    pub const ALL: [Self; 5] = [
        Self::Owner,
        Self::Manager,
        Self::Dentist,
        Self::Secretary,
        Self::Auditor,
    ];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Dentist => "dentist",
            Self::Secretary => "secretary",
            Self::Auditor => "auditor",
        }
    }

    /// Reads the stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// The clinics a caller may act for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Clinics {
    /// Every clinic of the organization.
    All,
    /// These.
    Only(Vec<ClinicId>),
}

impl Clinics {
    /// Reads a list where empty means all.
    pub fn from_list(clinics: Vec<ClinicId>) -> Self {
        if clinics.is_empty() {
            Self::All
        } else {
            Self::Only(clinics)
        }
    }

    /// Whether the clinic is among them.
    pub fn allow(&self, clinic: ClinicId) -> bool {
        match self {
            Self::All => true,
            Self::Only(clinics) => clinics.contains(&clinic),
        }
    }

    /// For SQL: `None` means no restriction, as `($1::uuid[] IS NULL OR clinic_id = ANY($1))`.
    pub fn filter(&self) -> Option<Vec<Uuid>> {
        match self {
            Self::All => None,
            Self::Only(clinics) => Some(clinics.iter().map(|clinic| clinic.uuid()).collect()),
        }
    }
}

/// A verified caller of one organization.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Caller {
    /// The organization of the credential.
    pub(crate) organization: OrganizationId,
    /// Who it is.
    pub actor: Actor,
    /// The clinics it may act for.
    pub clinics: Clinics,
    /// Roles, of users of staff.
    pub roles: Vec<Role>,
    /// Scopes, of API clients.
    pub scopes: Vec<String>,
}

impl Caller {
    /// Makes a caller from a credential that was verified: the gateway's door, and that of tests.
    pub fn verified(
        organization: OrganizationId,
        actor: Actor,
        clinics: Clinics,
        roles: Vec<Role>,
        scopes: Vec<String>,
    ) -> Self {
        Self {
            organization,
            actor,
            clinics,
            roles,
            scopes,
        }
    }

    /// The organization of the credential.
    pub const fn organization(&self) -> OrganizationId {
        self.organization
    }
}
