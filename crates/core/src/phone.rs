//! Telephone numbers.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, PhoneNumberType, Region};
use std::fmt;
use std::str::FromStr;

/// The kind of a telephone line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineType {
    /// Texts arrive.
    Mobile,
    /// Calls only.
    Landline,
    /// By internet.
    Voip,
    /// The numbering plan does not tell, as in North America.
    Unknown,
}

/// A valid telephone number in E.164.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone {
    e164: String,
    region: String,
    line: LineType,
}

/// Why a text is not a number that can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Nothing was sent.
    #[error("is required")]
    Empty,
    /// Not a valid number of any country, or of the region given.
    #[error("must be a valid phone number, with its country code or of the clinic's region")]
    Invalid,
    /// Valid, but costs the caller, or is not a person's.
    #[error("must not be a premium, shared-cost or toll-free number")]
    Costly,
}

impl Phone {
    /// Reads any notation; numbers without a country code are read as in `region` (CLDR, as `CA`).
    pub fn parse(text: &str, region: Option<&str>) -> Result<Self, PhoneError> {
        let (phone, kind) = Self::read(text, region)?;
        match kind {
            PhoneNumberType::TollFree
            | PhoneNumberType::PremiumRate
            | PhoneNumberType::SharedCost => Err(PhoneError::Costly),
            _ => Ok(phone),
        }
    }

    /// Reads the number a call seems to come from: any valid one, and whether calling it back costs more
    /// than a call.
    pub fn parse_calling(text: &str, region: Option<&str>) -> Result<(Self, bool), PhoneError> {
        let (phone, kind) = Self::read(text, region)?;
        let premium = matches!(
            kind,
            PhoneNumberType::PremiumRate | PhoneNumberType::SharedCost
        );
        Ok((phone, premium))
    }

    fn read(text: &str, region: Option<&str>) -> Result<(Self, PhoneNumberType), PhoneError> {
        if text.trim().is_empty() {
            return Err(PhoneError::Empty);
        }
        if text.len() > 64 {
            return Err(PhoneError::Invalid);
        }
        let region = region.and_then(|region| Region::from_str(region).ok());
        let number = PhoneNumber::parse(text, region).map_err(|_| PhoneError::Invalid)?;
        if !number.is_valid() {
            return Err(PhoneError::Invalid);
        }
        let kind = number.get_type();
        let line = match kind {
            PhoneNumberType::Mobile => LineType::Mobile,
            PhoneNumberType::FixedLine => LineType::Landline,
            PhoneNumberType::VoIP => LineType::Voip,
            _ => LineType::Unknown,
        };
        let region = number
            .get_region_code()
            .map(|region| region.as_region_str().to_string())
            .unwrap_or_default();
        let phone = Self {
            e164: number.format_as(PhoneNumberFormat::E164).into_owned(),
            region,
            line,
        };
        Ok((phone, kind))
    }

    /// As `+15145550176`.
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// The CLDR region it belongs to, as `CA`; empty for numbers of no country.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// What its numbering plan says of the line.
    pub const fn line(&self) -> LineType {
        self.line
    }

    /// Its last two digits: all that is shown of it.
    pub fn hint(&self) -> &str {
        &self.e164[self.e164.len() - 2..]
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone")
    }
}

/// Whether a text is a CLDR region with a numbering plan, as `CA`.
pub fn is_region(text: &str) -> bool {
    Region::from_str(text).is_ok_and(|region| {
        PHONE_NUMBER_UTIL
            .get_country_code_for_region(region)
            .is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_any_notation() {
        let phone = Phone::parse("(514) 873-1234", Some("CA")).unwrap();
        assert_eq!(
            (phone.e164(), phone.region(), phone.line()),
            ("+15148731234", "CA", LineType::Unknown)
        );
        let phone = Phone::parse("06 12 34 56 78", Some("FR")).unwrap();
        assert_eq!(
            (phone.e164(), phone.region(), phone.line()),
            ("+33612345678", "FR", LineType::Mobile)
        );
        assert_eq!(phone.hint(), "78");
        let landline = Phone::parse("+33 1 42 68 53 00", None).unwrap();
        assert_eq!(landline.line(), LineType::Landline);
        assert_eq!(Phone::parse("0612345678", None), Err(PhoneError::Invalid));
        assert_eq!(
            Phone::parse("+1 900 234 5678", None),
            Err(PhoneError::Costly)
        );
        let (premium, costs) = Phone::parse_calling("+1 900 234 5678", None).unwrap();
        assert_eq!((premium.e164(), costs), ("+19002345678", true));
        let (_, costs) = Phone::parse_calling("(514) 873-1234", Some("CA")).unwrap();
        assert!(!costs);
        assert_eq!(Phone::parse(" ", None), Err(PhoneError::Empty));
        assert!(is_region("CA") && !is_region("ZZ") && !is_region("Canada"));
    }

    proptest! {
        #[test]
        fn accepted_numbers_read_back(text in "\\+?[0-9 ()-]{0,20}") {
            if let Ok(phone) = Phone::parse(&text, Some("CA")) {
                prop_assert_eq!(Phone::parse(phone.e164(), None), Ok(phone));
            }
        }
    }
}
