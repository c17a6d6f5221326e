//! A member of staff.

use super::{Tries, scopes};
use bitewing_auth::{ActorKind, Caller, Clinics, Role};
use bitewing_core::{EmailAddress, UserId};
use time::{Duration, OffsetDateTime};

/// How long an invitation can be accepted.
pub(crate) const INVITATION_LIFE: Duration = Duration::days(7);

/// Whether a user may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UserState {
    Invited,
    Active,
    Deactivated,
}

/// A member of staff.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) email: EmailAddress,
    pub(crate) display_name: String,
    pub(crate) job_title: String,
    pub(crate) roles: Vec<Role>,
    pub(crate) clinics: Clinics,
    pub(crate) state: UserState,
    pub(crate) tries: Tries,
    pub(crate) created_at: OffsetDateTime,
}

impl User {
    /// Whether the user runs the whole chain.
    pub(crate) fn is_owner(&self) -> bool {
        self.state != UserState::Deactivated && self.roles.contains(&Role::Owner)
    }
}

/// Whether the caller may make a user of this role: never one that may do more than itself.
pub(crate) fn may_give(caller: &Caller, role: Role) -> bool {
    if scopes::holds_everything(caller) {
        return true;
    }
    match caller.actor.kind {
        ActorKind::User => {
            caller.roles.contains(&Role::Manager)
                && matches!(role, Role::Manager | Role::Dentist | Role::Secretary)
        }
        ActorKind::ApiClient => matches!(role, Role::Dentist | Role::Secretary),
        ActorKind::Operator | ActorKind::Service | ActorKind::Recipient => false,
    }
}

/// Whether the caller may give somebody these clinics: only clinics of its own.
pub(crate) fn within(caller: &Caller, clinics: &Clinics) -> bool {
    match (&caller.clinics, clinics) {
        (Clinics::All, _) => true,
        (Clinics::Only(_), Clinics::All) => false,
        (Clinics::Only(own), Clinics::Only(given)) => given.iter().all(|id| own.contains(id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_auth::Actor;
    use bitewing_core::{ClinicId, OrganizationId};
    use uuid::Uuid;

    fn caller(kind: ActorKind, roles: Vec<Role>, scopes: Vec<String>) -> Caller {
        let actor = Actor {
            kind,
            id: "x".to_owned(),
        };
        Caller::verified(
            OrganizationId::from_uuid(Uuid::nil()),
            actor,
            Clinics::All,
            roles,
            scopes,
        )
    }

    #[test]
    fn nobody_makes_somebody_who_may_do_more() {
        let owner = caller(ActorKind::User, vec![Role::Owner], vec![]);
        let manager = caller(ActorKind::User, vec![Role::Manager], vec![]);
        let first = caller(ActorKind::ApiClient, vec![], scopes::all());
        let narrow = caller(ActorKind::ApiClient, vec![], vec!["users.write".to_owned()]);
        let given = |caller: &Caller| Role::ALL.map(|role| may_give(caller, role));
        assert_eq!(given(&owner), [true; 5]);
        assert_eq!(given(&first), [true; 5]);
        assert_eq!(given(&manager), [false, true, true, true, false]);
        assert_eq!(given(&narrow), [false, false, true, true, false]);
    }

    #[test]
    fn clinics_are_given_from_ones_own() {
        let [one, two] = [1, 2].map(|id| ClinicId::from_uuid(Uuid::from_u128(id)));
        let mut caller = caller(ActorKind::User, vec![], vec![]);
        assert!(within(&caller, &Clinics::All));
        caller.clinics = Clinics::Only(vec![one]);
        assert!(within(&caller, &Clinics::Only(vec![one])));
        assert!(
            !within(&caller, &Clinics::Only(vec![one, two])) && !within(&caller, &Clinics::All)
        );
    }
}
