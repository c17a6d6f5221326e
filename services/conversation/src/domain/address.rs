//! Where a message goes.

use super::Channel;
use bitewing_core::phone::LineType;
use bitewing_core::{EmailAddress, Phone};

/// An address of the kind its channel needs.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Address {
    Phone(Phone),
    Email(EmailAddress),
}

/// The text is not an address of the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AddressError {
    #[error(transparent)]
    Phone(#[from] bitewing_core::phone::PhoneError),
    #[error(transparent)]
    Email(#[from] bitewing_core::email::NotAnAddress),
}

impl Address {
    /// Reads an address; numbers without a country are of the clinic's region.
    pub(crate) fn parse(channel: Channel, text: &str, region: &str) -> Result<Self, AddressError> {
        match channel {
            Channel::Sms | Channel::Voice => Ok(Self::Phone(Phone::parse(text, Some(region))?)),
            Channel::Email => Ok(Self::Email(EmailAddress::parse(text)?)),
        }
    }

    /// Whether the numbering plan says that no text message arrives there (R92).
    pub(crate) fn is_landline(&self) -> bool {
        matches!(self, Self::Phone(phone) if phone.line() == LineType::Landline)
    }

    /// E.164, or the lower-cased address.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Phone(phone) => phone.e164(),
            Self::Email(email) => email.as_str(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_channel_tells_what_an_address_is() {
        let phone = Address::parse(Channel::Sms, "514 873-1234", "CA")
            .ok()
            .unwrap();
        assert_eq!(phone.as_str(), "+15148731234");
        let email = Address::parse(Channel::Email, "Anne@Example.org", "CA")
            .ok()
            .unwrap();
        assert_eq!(email.as_str(), "anne@example.org");
        assert!(Address::parse(Channel::Voice, "anne@example.org", "CA").is_err());
        assert!(Address::parse(Channel::Email, "+15148731234", "CA").is_err());
    }
}
