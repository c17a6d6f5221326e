//! What messages teach about addresses: where nothing will ever arrive.

use crate::domain::{ContactPointKind, UnreachableReason};
use crate::jobs::{Bounce, mark_unreachable};
use bitewing_core::PatientId;
use bitewing_store::Tx;
use bitewing_store::feed::{EventError, FeedEvent};

/// Takes a message that failed. Only what speaks of the address counts, and not what may pass: a phone that was off, a
/// carrier that did not say why.
pub(super) async fn failed(event: &FeedEvent, tx: &mut Tx) -> Result<(), EventError> {
    let text = |name: &str| event.payload[name].as_str().unwrap_or_default();
    let channel = text("channel");
    let Some(reason) = lasting(channel, text("reason")) else {
        return Ok(());
    };
    let kind = match channel {
        "EMAIL" => ContactPointKind::Email,
        _ => ContactPointKind::Phone,
    };
    let name = text("address_name");
    let patient = text("patient_id");
    // Codes go to addresses of nobody, too.
    if patient.is_empty() || name.is_empty() {
        return Ok(());
    }
    let patient: PatientId = patient
        .parse()
        .map_err(|_| EventError::poison("MALFORMED_MESSAGE"))?;
    let bounce = Bounce::new(patient, kind, name, reason);
    tx.enqueue(mark_unreachable(&event.resource, &bounce))
        .await?;
    Ok(())
}

/// What a failure says of the address, if it says something that lasts.
fn lasting(channel: &str, reason: &str) -> Option<UnreachableReason> {
    Some(match (channel, reason) {
        ("EMAIL", "ADDRESS_REFUSED") => UnreachableReason::Bounced,
        ("SMS" | "VOICE", "ADDRESS_REFUSED") => UnreachableReason::NotInService,
        ("SMS", "ADDRESS_NOT_SUPPORTED") => UnreachableReason::NoTexts,
        ("SMS", "OPTED_OUT") => UnreachableReason::BlockedByCarrier,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lasts_and_speaks_of_the_address_counts() {
        let bounced = Some(UnreachableReason::Bounced);
        assert_eq!(lasting("EMAIL", "ADDRESS_REFUSED"), bounced);
        let gone = Some(UnreachableReason::NotInService);
        assert_eq!(lasting("SMS", "ADDRESS_REFUSED"), gone);
        let no_texts = Some(UnreachableReason::NoTexts);
        assert_eq!(lasting("SMS", "ADDRESS_NOT_SUPPORTED"), no_texts);
        for passing in ["NOT_REACHABLE", "PROVIDER_BUSY", "CONTENT_REFUSED", ""] {
            assert_eq!(lasting("SMS", passing), None, "{passing}");
        }
        assert_eq!(lasting("EMAIL", "ADDRESS_NOT_SUPPORTED"), None);
    }
}
