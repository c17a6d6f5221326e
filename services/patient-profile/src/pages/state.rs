//! What is on and what is off, and what a change of it says.

use crate::domain::consent::{AddressHash, Purposes, decide, standing};
use crate::domain::guide::channels::ADDRESSED;
use crate::domain::{ContactChannel, Patient};
use crate::grpc::consent::judge::Subject;
use time::OffsetDateTime;

/// A purpose and whether it is on.
pub(super) type PurposeSwitch = (Purposes, bool);

/// What the page shows.
pub(super) struct Switches {
    /// Channels on which the patient has an address.
    pub(super) channels: Vec<(ContactChannel, bool)>,
    pub(super) purposes: Vec<PurposeSwitch>,
}

/// The names of channels on the page.
pub(super) const fn channel_name(channel: ContactChannel) -> &'static str {
    match channel {
        ContactChannel::Sms => "SMS",
        ContactChannel::Email => "EMAIL",
        ContactChannel::Call => "CALL",
        ContactChannel::Whatsapp => "WHATSAPP",
        ContactChannel::Telegram => "TELEGRAM",
        ContactChannel::Viber => "VIBER",
        ContactChannel::Social => "SOCIAL",
        ContactChannel::Webchat => "WEBCHAT",
        ContactChannel::Letter => "LETTER",
        ContactChannel::InPerson => "IN_PERSON",
    }
}

/// The names of purposes on the page.
pub(super) const fn purpose_name(purposes: Purposes) -> &'static str {
    match purposes {
        Purposes::Care => "CARE",
        Purposes::Recall => "RECALL",
        Purposes::Billing => "BILLING",
        Purposes::Survey => "SURVEY",
        Purposes::Marketing => "MARKETING",
        Purposes::All => "ALL",
    }
}

/// The addresses of a channel at which everything was stopped.
pub(super) fn stopped(
    subject: &Subject,
    patient: &Patient,
    channel: ContactChannel,
    at: OffsetDateTime,
) -> Vec<AddressHash> {
    let mut addresses = subject.addresses_on(patient, channel);
    addresses.retain(|hash| {
        let ask = subject.ask(None, Some(channel), Some(*hash), at);
        standing(&subject.statements, &ask).is_some()
    });
    addresses
}

impl Switches {
    /// What follows from everything that was said.
    pub(super) fn of(subject: &Subject, patient: &Patient, at: OffsetDateTime) -> Self {
        let channels = ADDRESSED
            .into_iter()
            .filter_map(|channel| {
                let all = subject.addresses_on(patient, channel).len();
                let open = stopped(subject, patient, channel, at).len() < all;
                let refused = patient.profile.refused_channels.contains(&channel);
                (all > 0).then_some((channel, open && !refused))
            })
            .collect();
        let purposes = Purposes::EACH
            .into_iter()
            .map(|purposes| {
                let ask = subject.ask(purposes.one(), None, None, at);
                (purposes, decide(&subject.statements, &ask).allowed())
            })
            .collect();
        Self { channels, purposes }
    }
}
