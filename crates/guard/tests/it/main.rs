//! The guard as its callers see it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod inbound;
mod meaning;
mod plain;
mod recorded;
mod stability;
mod structure;
mod training;

use std::sync::LazyLock;

use bitewing_guard::Guard;
use bitewing_guard::message::{Outbound, Role};
use bitewing_guard::policy::Policy;
use bitewing_guard::spelling::Spelling;
use bitewing_guard::verdict::Verdict;

static GUARD: LazyLock<Guard> = LazyLock::new(|| Guard::new(Spelling::none()));
static POLICY: LazyLock<Policy> = LazyLock::new(Policy::base);

/// What the guard says of a message in a thread that has begun.
fn check(text: &str) -> Verdict {
    check_with(text, &reception())
}

fn check_with(text: &str, context: &Outbound) -> Verdict {
    GUARD.check(text, context, &POLICY).unwrap()
}

fn reception() -> Outbound {
    Outbound {
        operator_role: Role::Reception,
        ..Outbound::default()
    }
}

/// The rules of a verdict that are not the model's.
fn rules(verdict: &Verdict) -> Vec<&str> {
    verdict
        .findings
        .iter()
        .map(|finding| finding.rule.as_str())
        .filter(|rule| !rule.starts_with("meaning."))
        .collect()
}
