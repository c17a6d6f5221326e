//! Clinics, from conversation's events.

use crate::store::clinics::{self, ClinicCard};
use bitewing_core::ClinicId;
use bitewing_store::Tx;
use bitewing_store::feed::{EventError, FeedEvent};

/// Takes `clinic.created` and `clinic.updated`.
pub(super) async fn take(event: &FeedEvent, tx: &mut Tx) -> Result<(), EventError> {
    let id: ClinicId = event
        .resource
        .parse()
        .map_err(|_| EventError::poison("MALFORMED_CLINIC"))?;
    let text = |name: &str| event.payload[name].as_str().map(str::to_owned);
    let card = ClinicCard {
        region: text("region").ok_or(EventError::poison("MALFORMED_CLINIC"))?,
        display_name: text("display_name").unwrap_or_default(),
        phone: text("phone").unwrap_or_default(),
        language: text("language").unwrap_or_default(),
    };
    Ok(clinics::learn(tx, id, &card).await?)
}
