//! One way to reach a patient (FHIR ContactPoint).

use bitewing_core::{EmailAddress, LineType as Line, Phone};

/// How many a patient may have.
pub(crate) const MAX_CONTACT_POINTS: usize = 20;

/// The kind of a contact point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContactPointKind {
    Phone,
    Email,
}

/// What is known of a telephone line; addresses have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineType {
    None,
    Mobile,
    Landline,
    Voip,
    Unknown,
}

impl From<Line> for LineType {
    fn from(line: Line) -> Self {
        match line {
            Line::Mobile => Self::Mobile,
            Line::Landline => Self::Landline,
            Line::Voip => Self::Voip,
            Line::Unknown => Self::Unknown,
        }
    }
}

/// A normalised way to reach a patient.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ContactPoint {
    pub(crate) kind: ContactPointKind,
    pub(crate) value: String,
    pub(crate) line: LineType,
    pub(crate) verified: bool,
}

impl ContactPoint {
    /// A phone; what the clinic knows of the line beats the numbering plan.
    pub(crate) fn phone(
        value: &str,
        region: &str,
        line: Option<LineType>,
        verified: bool,
    ) -> Result<Self, bitewing_core::phone::PhoneError> {
        let phone = Phone::parse(value, Some(region))?;
        Ok(Self {
            kind: ContactPointKind::Phone,
            value: phone.e164().to_owned(),
            line: line.unwrap_or_else(|| phone.line().into()),
            verified,
        })
    }

    /// An e-mail address.
    pub(crate) fn email(
        value: &str,
        verified: bool,
    ) -> Result<Self, bitewing_core::email::NotAnAddress> {
        let address = EmailAddress::parse(value)?;
        Ok(Self {
            kind: ContactPointKind::Email,
            value: address.as_str().to_owned(),
            line: LineType::None,
            verified,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_clinic_knows_of_a_line_wins() {
        let plan = ContactPoint::phone("514 873-1234", "CA", None, false).unwrap();
        assert_eq!(
            (plan.value.as_str(), plan.line),
            ("+15148731234", LineType::Unknown)
        );
        let known =
            ContactPoint::phone("514 873-1234", "CA", Some(LineType::Landline), false).unwrap();
        assert_eq!(known.line, LineType::Landline);
    }
}
