//! What somebody may write, and whose approval or override counts. The credential decides, never the request: a
//! front desk that says it is a dentist is no dentist.

use bitewing_auth::{Actor, ActorKind, Caller, Role as Staff};
use bitewing_guard::message::Role;

/// What a caller may write: a user what their role may, whoever else what the front desk may.
pub fn role_of(caller: &Caller) -> Role {
    let is = |role| caller.roles.contains(&role);
    if caller.actor.kind != ActorKind::User {
        Role::Reception
    } else if is(Staff::Dentist) {
        Role::Dentist
    } else if is(Staff::Owner) || is(Staff::Manager) {
        Role::Manager
    } else if is(Staff::Secretary) {
        Role::Reception
    } else {
        Role::Other
    }
}

/// Why somebody may not approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotYours {
    /// Another role has to agree.
    Role,
    /// Nobody approves what they wrote themselves.
    Own,
}

/// Whether somebody may approve what somebody wrote: clinical content is a dentist's, everything else a manager's
/// or owner's.
pub fn may_approve(
    caller: &Caller,
    approver: Option<Role>,
    author: &Actor,
) -> Result<(), NotYours> {
    let is = |role| caller.roles.contains(&role);
    let user = caller.actor.kind == ActorKind::User;
    let fits = match approver {
        Some(Role::Dentist) => is(Staff::Dentist),
        _ => is(Staff::Manager) || is(Staff::Owner),
    };
    if !(user && fits) {
        Err(NotYours::Role)
    } else if caller.actor == *author {
        Err(NotYours::Own)
    } else {
        Ok(())
    }
}

/// Whether somebody may send what was blocked: people who answer for the clinic, not programs.
pub fn may_override(caller: &Caller) -> bool {
    caller.actor.kind == ActorKind::User
        && [Staff::Owner, Staff::Manager, Staff::Dentist]
            .iter()
            .any(|role| caller.roles.contains(role))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_auth::Clinics;
    use bitewing_core::OrganizationId;
    use uuid::Uuid;

    fn caller(kind: ActorKind, roles: &[Staff]) -> Caller {
        let actor = Actor {
            kind,
            id: "usr_1".to_owned(),
        };
        let organization = OrganizationId::from_uuid(Uuid::from_u128(1));
        Caller::verified(
            organization,
            actor,
            Clinics::All,
            roles.to_vec(),
            Vec::new(),
        )
    }

    #[test]
    fn the_credential_decides_what_may_be_written() {
        use Staff::{Auditor, Dentist, Manager, Owner, Secretary};
        let user = |roles: &[Staff]| role_of(&caller(ActorKind::User, roles));
        assert_eq!(user(&[Dentist]), Role::Dentist);
        assert_eq!(user(&[Owner, Dentist]), Role::Dentist);
        assert_eq!(user(&[Manager]), Role::Manager);
        assert_eq!(user(&[Secretary]), Role::Reception);
        assert_eq!(user(&[Auditor]), Role::Other);
        // A program cannot be a dentist, whatever roles a token names.
        assert_eq!(
            role_of(&caller(ActorKind::ApiClient, &[Dentist])),
            Role::Reception
        );
    }

    #[test]
    fn every_role_against_every_approver() {
        let author = Actor {
            kind: ActorKind::User,
            id: "usr_2".to_owned(),
        };
        for role in Staff::ALL {
            let caller = caller(ActorKind::User, &[role]);
            let dentist = role == Staff::Dentist;
            let manager = matches!(role, Staff::Owner | Staff::Manager);
            assert_eq!(
                may_approve(&caller, Some(Role::Dentist), &author).is_ok(),
                dentist
            );
            assert_eq!(
                may_approve(&caller, Some(Role::Manager), &author).is_ok(),
                manager
            );
            assert_eq!(may_approve(&caller, None, &author).is_ok(), manager);
            assert_eq!(may_override(&caller), dentist || manager);
            let own = caller.actor.clone();
            assert!(may_approve(&caller, Some(Role::Manager), &own).is_err());
        }
        let program = caller(ActorKind::ApiClient, &[Staff::Owner]);
        assert!(!may_override(&program));
        assert_eq!(may_approve(&program, None, &author), Err(NotYours::Role));
    }
}
