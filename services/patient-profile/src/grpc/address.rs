//! An address as it is sent: a phone in any notation, an e-mail address or a handle.

use super::read::coded;
use super::{Api, clinic};
use crate::domain::{Address, ContactChannel, ContactPointKind, PointDraft};
use crate::error::Error;
use bitewing_core::phone::PhoneError;
use bitewing_core::{ClinicId, Phone};
use bitewing_rpc::field::{FieldError, text};
use bitewing_rpc::{Call, Fields, Violation};

/// RFC 5321 4.5.3.1.3, the longest of the three.
const MAX: usize = 254;

/// An address whose kind is known and whose notation is not.
pub(super) struct Sent {
    kind: ContactPointKind,
    channel: Option<ContactChannel>,
    text: String,
}

/// An address that is understood.
pub(super) struct Read {
    pub(super) address: Address,
    /// A phone that costs whoever calls it.
    pub(super) premium: bool,
}

/// What is wrong with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wrong {
    /// Digits, but no number of any country; or none of the region.
    Number,
    /// The description of the violation.
    Other(String),
}

/// Reads the parts of an address, noting violations under `address` and `kind_field`.
pub(super) fn sent(
    fields: &mut Fields,
    address: &str,
    (kind_field, kind): (&str, i32),
    channel: i32,
) -> Option<Sent> {
    let address = fields.take("address", text(address, 2..=MAX));
    let kind = fields.take(kind_field, coded::<ContactPointKind>(kind));
    let channel = fields.take("channel", coded::<ContactChannel>(channel));
    let (address, kind, channel) = (address?, kind?, channel?);
    let kind = kind.unwrap_or(if address.contains('@') {
        ContactPointKind::Email
    } else {
        ContactPointKind::Phone
    });
    Some(Sent {
        kind,
        channel,
        text: address,
    })
}

impl Sent {
    /// Understands it; a phone without a country code as in a region.
    pub(super) fn read(&self, region: Option<&str>) -> Result<Read, Wrong> {
        let other = |error: &dyn std::fmt::Display| Wrong::Other(error.to_string());
        let plain = |draft: PointDraft| Read {
            address: draft.address,
            premium: false,
        };
        match self.kind {
            ContactPointKind::Email => PointDraft::email(&self.text)
                .map(plain)
                .map_err(|error| other(&error)),
            ContactPointKind::Handle => PointDraft::handle(&self.text, self.channel)
                .map(plain)
                .map_err(|error| other(&error)),
            ContactPointKind::Phone => match Phone::parse_calling(&self.text, region) {
                Ok((phone, premium)) => Ok(Read {
                    address: Address {
                        kind: ContactPointKind::Phone,
                        channel: None,
                        value: phone.e164().to_owned(),
                    },
                    premium,
                }),
                Err(PhoneError::Invalid | PhoneError::Costly) if self.is_dialled() => {
                    Err(Wrong::Number)
                }
                Err(error) => Err(other(&error)),
            },
        }
    }

    /// Whether it may have come from a phone's display.
    fn is_dialled(&self) -> bool {
        self.text.len() <= 64
            && self
                .text
                .chars()
                .all(|letter| letter.is_ascii_digit() || "+()-./*# ".contains(letter))
    }

    /// The digits of what is no number, for those who send it again.
    pub(super) fn impossible(&self) -> Address {
        Address {
            kind: ContactPointKind::Phone,
            channel: None,
            value: self.text.chars().filter(char::is_ascii_digit).collect(),
        }
    }

    /// Understands it, with the region of a clinic only where it is needed.
    pub(super) async fn read_at(
        &self,
        api: &Api,
        call: &Call,
        clinic: Option<ClinicId>,
    ) -> Result<Result<Read, Wrong>, Error> {
        match (self.read(None), clinic) {
            (Err(Wrong::Number), Some(clinic)) => {
                let region = clinic::region(api, call, clinic).await?;
                Ok(self.read(Some(&region)))
            }
            (read, _) => Ok(read),
        }
    }
}

impl From<Wrong> for Error {
    fn from(wrong: Wrong) -> Self {
        let description = match wrong {
            Wrong::Number => PhoneError::Invalid.to_string(),
            Wrong::Other(description) => description,
        };
        vec![Violation::new("address", description)].into()
    }
}

/// Reads a number from a field between two bounds.
pub(super) fn between(value: i32, least: u16, most: u16) -> Result<u16, String> {
    u16::try_from(value)
        .ok()
        .filter(|value| (least..=most).contains(value))
        .ok_or_else(|| format!("must be {least} to {most}"))
}

/// A value of a fixed set that has to be said.
pub(super) fn required<T: crate::domain::Code>(number: i32) -> Result<T, FieldError> {
    coded(number)?.ok_or(FieldError::Required)
}
