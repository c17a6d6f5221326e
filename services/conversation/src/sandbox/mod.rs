//! The sandbox's page: what patients' phones and mailboxes would show, in development only.

mod page;
mod ring;

pub(crate) use page::routes;
pub(crate) use ring::Ring;

use bitewing_auth::Scope;
use bitewing_runtime::Base;

/// What a phone or mailbox is found by; a stolen table does not let anyone test guesses of numbers.
pub(crate) fn recipient_key(base: &Base, scope: &Scope, recipient: &str) -> [u8; 32] {
    let organization = scope.organization().uuid();
    base.pepper.mac(
        "sandbox-recipient",
        &[organization.as_bytes(), recipient.as_bytes()],
    )
}
