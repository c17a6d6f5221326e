//! Values for previews: nobody's.

use super::{Channel, Kind, Marker, Slot, Values};

/// Values for every variable, and something in place of a secret.
pub(crate) fn sample(slot: Slot) -> (Values, Marker, &'static str) {
    let values = [
        ("patient_name", "Anne Martin"),
        ("clinic_name", "Clinic Riverside"),
        ("clinic_phone", "+1 514 873 1234"),
        ("organization_name", "Riverside Dental"),
        ("expires_on", "31 December 2026, 18:00"),
        ("host", "documents.example"),
        ("link_id", "lnk_sample"),
    ];
    let secret = match (slot.kind, slot.channel) {
        (Kind::DocumentLink, _) => "https://documents.example/d#sample",
        (Kind::DocumentCode, Channel::Voice) => "1, 2, 3, 4, 5, 6",
        (Kind::DocumentCode, _) => "123456",
        (Kind::DocumentLocked | Kind::DocumentReplaced, _) => "",
    };
    let marker = Marker::parse("PREVIEW-OF-A-SECRET").expect("the marker is made of its alphabet");
    (
        values
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        marker,
        secret,
    )
}
