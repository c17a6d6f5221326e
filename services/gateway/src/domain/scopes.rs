//! What API clients may do.

use bitewing_auth::{ActorKind, Caller, Role};
use bitewing_rpc::access;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Every scope a method asks for.
static ALL: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    access::rules()
        .filter_map(|rule| rule.scope.clone())
        .collect()
});

/// Every scope there is, sorted.
pub(crate) fn all() -> Vec<String> {
    ALL.iter().cloned().collect()
}

/// Why a scope cannot be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ScopeError {
    #[error("must be a known scope")]
    Unknown,
    #[error("must be a scope the caller has")]
    NotHeld,
}

/// Whether the caller may give the scope: clients what they have, owners everything.
pub(crate) fn give(caller: &Caller, scope: &str) -> Result<(), ScopeError> {
    if !ALL.contains(scope) {
        return Err(ScopeError::Unknown);
    }
    let held = match caller.actor.kind {
        ActorKind::ApiClient => caller.scopes.iter().any(|held| held == scope),
        ActorKind::User => caller.roles.contains(&Role::Owner),
        ActorKind::Operator | ActorKind::Service | ActorKind::Recipient => false,
    };
    if held {
        Ok(())
    } else {
        Err(ScopeError::NotHeld)
    }
}

/// Whether the caller may do everything in its organization: an owner, or a client with every scope.
pub(crate) fn holds_everything(caller: &Caller) -> bool {
    ALL.iter().all(|scope| give(caller, scope).is_ok())
}
