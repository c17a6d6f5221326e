//! Consent: statements that are only ever added, and what follows from them.
//!
//! A revocation stands until a later permission lifts it *in the words it was made in*: a permission that
//! names no channel does not open a channel the patient closed, one that names no address does not lift
//! what was stopped at an address, and one for all purposes does not bring back a purpose that was refused
//! by name. So the order in which a patient ticks boxes never decides more than the boxes say.

mod decide;

pub(crate) use decide::{Ask, Decision, Why, decide, standing};

use super::ContactChannel;
use super::code::{Code, codes};
use bitewing_core::{ConsentId, PatientId};
use time::OffsetDateTime;

codes! {
    /// What a message is for.
    Purpose { Care = 1, Recall = 2, Billing = 3, Survey = 4, Marketing = 5, Security = 6 }
    /// Which purposes a statement is about.
    Purposes { Care = 1, Recall = 2, Billing = 3, Survey = 4, Marketing = 5, All = 6 }
    /// On what a permission rests.
    Basis { Express = 1, ExpressWritten = 2, Implied = 3, SoftOptIn = 4 }
    /// Where a statement came from.
    ConsentSource {
        FrontDesk = 1, PaperForm = 2, WebForm = 3, Call = 4, Reply = 5, PreferenceCentre = 6, OneClick = 7,
        DentalSystem = 8, Carrier = 9,
    }
}

impl Purpose {
    /// Whether nothing may be sent without a permission. Care, recalls and statements belong to the
    /// treatment and its contract (LGPD 11 II f, GDPR 9(2)(h); reminders without offers are no advertising);
    /// offers and surveys do not (ePrivacy 13(1), CASL 6, 38-FZ 18).
    pub(crate) const fn needs_consent(self) -> bool {
        matches!(self, Self::Survey | Self::Marketing)
    }
}

impl Purposes {
    /// Those a patient sets one by one, in the order of the page.
    pub(crate) const EACH: [Self; 5] = [
        Self::Care,
        Self::Recall,
        Self::Billing,
        Self::Survey,
        Self::Marketing,
    ];

    /// The purpose, where it is one.
    pub(crate) const fn one(self) -> Option<Purpose> {
        match self {
            Self::Care => Some(Purpose::Care),
            Self::Recall => Some(Purpose::Recall),
            Self::Billing => Some(Purpose::Billing),
            Self::Survey => Some(Purpose::Survey),
            Self::Marketing => Some(Purpose::Marketing),
            Self::All => None,
        }
    }
}

/// A keyed hash of an address.
pub(crate) type AddressHash = [u8; 32];

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) id: ConsentId,
    pub(crate) patient: Option<PatientId>,
    pub(crate) granted: bool,
    pub(crate) purposes: Purposes,
    /// None is every channel.
    pub(crate) channel: Option<ContactChannel>,
    /// None is whatever address.
    pub(crate) address: Option<HashedAddress>,
    pub(crate) basis: Option<Basis>,
    pub(crate) wording: String,
    pub(crate) source: ConsentSource,
    /// As `user/usr_...`.
    pub(crate) recorded_by: String,
    pub(crate) occurred_at: OffsetDateTime,
    pub(crate) created_at: OffsetDateTime,
}

/// An address as statements keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HashedAddress {
    pub(crate) kind: super::ContactPointKind,
    pub(crate) hash: AddressHash,
}
