//! Typed identifiers: a `UUIDv7` inside, a `TypeID` string (`pat_01h2...`) at the edge.
//!
//! The text form follows the `TypeID` specification: a prefix, an underscore and the 128 bits in 26
//! characters of Crockford's base 32, lower case.

use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const ENCODED: usize = 26;

/// Why a text is not an identifier of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is empty.
    #[error("is required")]
    Empty,
    /// The text starts with another kind's prefix, or none.
    #[error("must start with the prefix of its kind")]
    Prefix,
    /// The part behind the prefix is not 26 characters of base 32 holding 128 bits.
    #[error("must hold 26 characters of lower-case base 32 behind the prefix")]
    Encoding,
}

/// What all identifiers can do.
pub trait TypedId:
    Copy + Eq + Ord + std::hash::Hash + fmt::Debug + fmt::Display + FromStr<Err = IdError> + Send + Sync
{
    /// The letters before the underscore.
    const PREFIX: &'static str;
    /// Wraps a UUID.
    fn from_uuid(uuid: Uuid) -> Self;
    /// The UUID inside.
    fn uuid(self) -> Uuid;
}

/// Writes `prefix_` and the 26 characters of a UUID.
pub fn encode(prefix: &str, uuid: Uuid) -> String {
    let mut out = String::with_capacity(prefix.len() + 1 + ENCODED);
    out.push_str(prefix);
    out.push('_');
    let bits = uuid.as_u128();
    for index in 0..ENCODED {
        let shift = 5 * (ENCODED - 1 - index);
        out.push(char::from(ALPHABET[((bits >> shift) & 31) as usize]));
    }
    out
}

/// Reads the text form back.
pub fn decode(prefix: &str, text: &str) -> Result<Uuid, IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    let body = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .ok_or(IdError::Prefix)?;
    if body.len() != ENCODED || body.as_bytes()[0] > b'7' {
        return Err(IdError::Encoding);
    }
    body.bytes()
        .try_fold(0u128, |bits, byte| {
            let digit = ALPHABET.iter().position(|letter| *letter == byte)?;
            Some((bits << 5) | digit as u128)
        })
        .map(Uuid::from_u128)
        .ok_or(IdError::Encoding)
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl TypedId for $name {
            const PREFIX: &'static str = $prefix;
            fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
            fn uuid(self) -> Uuid {
                self.0
            }
        }
        impl $name {
            /// Wraps a UUID.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
            /// The UUID inside.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&encode($prefix, self.0))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                decode($prefix, text).map(Self)
            }
        }
    )*};
}

typed_ids! {
    /// The chain: the tenant.
    OrganizationId = "org";
    /// One site of a chain.
    ClinicId = "cln";
    /// A member of staff.
    UserId = "usr";
    /// A program of the chain.
    ApiClientId = "cli";
    /// An invitation to become a user.
    InvitationId = "inv";
    /// A patient.
    PatientId = "pat";
    /// An account at a channel provider.
    ChannelAccountId = "cha";
    /// An address that is not put through.
    BlockId = "blk";
    /// A statement about consent.
    ConsentId = "cns";
    /// A visit.
    AppointmentId = "apt";
    /// A patient's wish about a visit.
    AppointmentRequestId = "arq";
    /// A recall.
    RecallId = "rcl";
    /// An account of what is owed.
    BalanceId = "bal";
    /// A message to or from a patient.
    MessageId = "msg";
    /// A template.
    TemplateId = "tpl";
    /// An own wording.
    WordingId = "wrd";
    /// A template registered at WhatsApp.
    WhatsAppTemplateId = "wat";
    /// What a service costs.
    PriceId = "prc";
    /// What patients ask, and how the clinic answers.
    ScenarioId = "scn";
    /// An instruction of a dentist.
    InstructionId = "ins";
    /// An instruction given to a patient.
    InstructionIssueId = "iss";
    /// What a dentist said of a verdict of the guard.
    GuardFeedbackId = "gfb";
    /// A confidential document.
    DocumentId = "doc";
    /// An upload in progress.
    UploadId = "upl";
    /// A link to documents for one recipient.
    LinkId = "lnk";
    /// A fact in a feed.
    EventId = "evt";
    /// A piece of work with a due time.
    JobId = "job";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_form_reads_back(bits: u128) {
            let id = PatientId::from_uuid(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse::<PatientId>(), Ok(id));
        }

        #[test]
        fn any_text_is_an_id_or_a_typed_error(text in ".{0,40}") {
            if let Ok(id) = text.parse::<PatientId>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }

    #[test]
    fn another_kind_is_refused() {
        let id = PatientId::from_uuid(Uuid::from_u128(7)).to_string();
        assert_eq!(id.parse::<ClinicId>(), Err(IdError::Prefix));
        assert_eq!("".parse::<ClinicId>(), Err(IdError::Empty));
        assert_eq!(
            "cln_8zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<ClinicId>(),
            Err(IdError::Encoding)
        );
    }
}
