//! A clinic.

use bitewing_core::{ClinicId, EmailAddress, Language, Phone};
use time::OffsetDateTime;

/// What patients and staff know of a clinic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClinicCard {
    pub(crate) display_name: String,
    pub(crate) time_zone: String,
    pub(crate) phone: String,
    pub(crate) region: String,
    pub(crate) language: Language,
    pub(crate) address: String,
    /// Where the front desk is told of what needs it; empty for nowhere.
    pub(crate) email: String,
}

/// One site of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clinic {
    pub(crate) id: ClinicId,
    pub(crate) card: ClinicCard,
    pub(crate) version: i64,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) updated_at: OffsetDateTime,
}

/// The text names no time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an IANA time zone, as America/Montreal")]
pub(crate) struct UnknownZone;

/// The text names no region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a CLDR region, as CA")]
pub(crate) struct UnknownRegion;

impl ClinicCard {
    /// Reads a time zone in the spelling of the database.
    pub(crate) fn parse_zone(text: &str) -> Result<String, UnknownZone> {
        let zone = jiff::tz::db().get(text).map_err(|_| UnknownZone)?;
        zone.iana_name().map(str::to_owned).ok_or(UnknownZone)
    }

    pub(crate) fn parse_region(text: &str) -> Result<String, UnknownRegion> {
        if bitewing_core::phone::is_region(text) {
            Ok(text.to_owned())
        } else {
            Err(UnknownRegion)
        }
    }

    /// Reads an e-mail address; none is one too.
    pub(crate) fn parse_email(text: &str) -> Result<String, bitewing_core::email::NotAnAddress> {
        if text.is_empty() {
            return Ok(String::new());
        }
        Ok(EmailAddress::parse(text)?.as_str().to_owned())
    }

    /// Reads a number of the clinic's region.
    pub(crate) fn parse_phone(
        text: &str,
        region: &str,
    ) -> Result<String, bitewing_core::phone::PhoneError> {
        Ok(Phone::parse(text, Some(region))?.e164().to_owned())
    }
}

impl Clinic {
    /// A clinic that begins now.
    pub(crate) const fn begin(id: ClinicId, card: ClinicCard, now: OffsetDateTime) -> Self {
        Self {
            id,
            card,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// The etag: changes with every update.
    pub(crate) fn etag(&self) -> String {
        format!("\"{}\"", self.version)
    }

    /// Whether an etag sent is empty or the current one.
    pub(crate) fn matches(&self, etag: &str) -> bool {
        etag.is_empty() || etag == self.etag()
    }

    /// Takes a new card; `false` if it is the same.
    pub(crate) fn change(&mut self, card: ClinicCard, now: OffsetDateTime) -> bool {
        if self.card == card {
            return false;
        }
        self.card = card;
        self.version += 1;
        self.updated_at = now;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_by_their_names() {
        assert_eq!(
            ClinicCard::parse_zone("America/Montreal").as_deref(),
            Ok("America/Montreal")
        );
        for text in [
            "",
            "Montreal",
            "UTC+5",
            "EST5EDT,M3.2.0,M11.1.0",
            "../etc/passwd",
        ] {
            assert_eq!(ClinicCard::parse_zone(text), Err(UnknownZone), "{text}");
        }
    }
}
