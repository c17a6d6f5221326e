//! What follows from statements.

use super::{AddressHash, Basis, ConsentSource, Purpose, Purposes, Statement};
use crate::domain::ContactChannel;
use bitewing_core::{ConsentId, PatientId};
use time::{Duration, OffsetDateTime};

/// An implied permission ends with the relationship it is implied by (CASL 10(10): two years).
const IMPLIED: Duration = Duration::days(730);

/// What is asked. What is left out is asked of statements that leave it out as well.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    /// The patient and the records merged into it; empty where only an address is known.
    pub(crate) patients: &'a [PatientId],
    pub(crate) purpose: Option<Purpose>,
    pub(crate) channel: Option<ContactChannel>,
    pub(crate) address: Option<AddressHash>,
    pub(crate) at: OffsetDateTime,
}

/// Why a message may or may not be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    Granted,
    NotRequired,
    Revoked,
    AddressSuppressed,
    NoConsent,
}

/// Whether a message may be sent, and the statement that decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) why: Why,
    pub(crate) statement: Option<ConsentId>,
}

impl Decision {
    pub(crate) const fn allowed(self) -> bool {
        matches!(self.why, Why::Granted | Why::NotRequired)
    }
}

fn covers(statement: &Statement, ask: &Ask<'_>) -> bool {
    let purpose = match (statement.purposes, ask.purpose) {
        // Codes the patient asks for are stopped by nothing but a carrier that delivers nothing.
        (_, Some(Purpose::Security)) => {
            statement.source == ConsentSource::Carrier && statement.address.is_some()
        }
        (Purposes::All, _) => true,
        (purposes, asked) => asked.is_some() && purposes.one() == asked,
    };
    purpose
        && statement.occurred_at <= ask.at
        && (statement.channel.is_none() || statement.channel == ask.channel)
        && statement
            .address
            .is_none_or(|address| Some(address.hash) == ask.address)
        // What somebody else on the address said holds for the address, never for the person.
        && (statement.address.is_some() || is_of(statement, ask))
}

fn is_of(statement: &Statement, ask: &Ask<'_>) -> bool {
    statement
        .patient
        .is_none_or(|patient| ask.patients.contains(&patient))
}

fn later(one: &Statement, other: &Statement) -> bool {
    (one.occurred_at, one.id) > (other.occurred_at, other.id)
}

/// Whether a permission answers a revocation in the words it was made in.
fn lifts(grant: &Statement, revocation: &Statement) -> bool {
    later(grant, revocation)
        && (revocation.channel.is_none() || grant.channel.is_some())
        && (revocation.address.is_none() || grant.address.is_some())
        && (revocation.purposes == Purposes::All || grant.purposes != Purposes::All)
}

/// The last revocation that stands against what is asked.
pub(crate) fn standing<'a>(statements: &'a [Statement], ask: &Ask<'_>) -> Option<&'a Statement> {
    let covering: Vec<_> = statements
        .iter()
        .filter(|statement| covers(statement, ask))
        .collect();
    covering
        .iter()
        .copied()
        .filter(|revocation| {
            !revocation.granted
                && !covering
                    .iter()
                    .any(|grant| grant.granted && lifts(grant, revocation))
        })
        .max_by_key(|revocation| (revocation.occurred_at, revocation.id))
}

/// The last permission for what is asked.
fn permission<'a>(statements: &'a [Statement], ask: &Ask<'_>) -> Option<&'a Statement> {
    statements
        .iter()
        .filter(|grant| grant.granted && covers(grant, ask) && is_of(grant, ask))
        .filter(|grant| {
            grant.basis != Some(Basis::Implied) || ask.at - grant.occurred_at <= IMPLIED
        })
        .max_by_key(|grant| (grant.occurred_at, grant.id))
}

/// Decides over a message of a purpose on a channel.
pub(crate) fn decide(statements: &[Statement], ask: &Ask<'_>) -> Decision {
    if let Some(revocation) = standing(statements, ask) {
        let why = if revocation.address.is_some() {
            Why::AddressSuppressed
        } else {
            Why::Revoked
        };
        return Decision {
            why,
            statement: Some(revocation.id),
        };
    }
    let grant = permission(statements, ask).map(|grant| grant.id);
    let why = match grant {
        Some(_) => Why::Granted,
        None if ask.purpose.is_none_or(Purpose::needs_consent) => Why::NoConsent,
        None => Why::NotRequired,
    };
    Decision {
        why,
        statement: grant,
    }
}

#[cfg(test)]
mod tests;
