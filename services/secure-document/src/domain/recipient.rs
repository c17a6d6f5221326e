//! Where a patient is reached: the link by e-mail, the code by phone.

use super::CodeChannel;
use bitewing_core::phone::LineType;
use bitewing_core::{EmailAddress, phone::Phone};
use serde::{Deserialize, Serialize};

/// One address of a patient, as patient-profile knows it.
#[derive(Clone)]
pub(crate) enum Contact {
    Email(EmailAddress),
    /// With the line type staff noted, where they did.
    Phone(Phone, LineType),
}

/// An address that is told that its link was replaced.
pub(crate) enum Notice {
    Text(Phone),
    Email(EmailAddress),
}

/// Whom one link is for, and the two addresses it uses.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Recipient {
    /// As the e-mail greets the patient.
    pub(crate) name: String,
    pub(crate) email: EmailAddress,
    pub(crate) phone: Phone,
}

/// Where and how a link reaches its patient.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) recipient: Recipient,
    pub(crate) code_channel: CodeChannel,
    /// Texts do not arrive at this phone, or the clinic wants a call.
    pub(crate) voice_only: bool,
}

/// Why a patient cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreachable {
    NoEmail,
    NoPhone,
    RegionNotAllowed,
}

impl Route {
    /// Chooses the first e-mail address and the first phone the wanted channel reaches. Texts go to no
    /// landline; without a wish a landline is called and every other phone is sent a text (R92).
    pub(crate) fn choose(
        name: String,
        contacts: &[Contact],
        wanted: Option<CodeChannel>,
        allowed_regions: &[String],
    ) -> Result<Self, Unreachable> {
        let email = contacts.iter().find_map(|contact| match contact {
            Contact::Email(email) => Some(email.clone()),
            Contact::Phone(..) => None,
        });
        let email = email.ok_or(Unreachable::NoEmail)?;
        let (phone, line) = contacts
            .iter()
            .find_map(|contact| match contact {
                Contact::Phone(_, LineType::Landline) if wanted == Some(CodeChannel::Sms) => None,
                Contact::Phone(phone, line) => Some((phone.clone(), *line)),
                Contact::Email(_) => None,
            })
            .ok_or(Unreachable::NoPhone)?;
        if !allowed_regions
            .iter()
            .any(|region| region == phone.region())
        {
            return Err(Unreachable::RegionNotAllowed);
        }
        let code_channel = wanted.unwrap_or(match line {
            LineType::Landline => CodeChannel::Voice,
            LineType::Mobile | LineType::Voip | LineType::Unknown => CodeChannel::Sms,
        });
        Ok(Self {
            recipient: Recipient { name, email, phone },
            code_channel,
            voice_only: code_channel == CodeChannel::Voice,
        })
    }
}

/// How a recipient is written before it is sealed.
#[derive(Serialize, Deserialize)]
struct Written {
    name: String,
    email: String,
    phone: String,
}

impl Recipient {
    /// The bytes to seal.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let written = Written {
            name: self.name.clone(),
            email: self.email.as_str().to_owned(),
            phone: self.phone.e164().to_owned(),
        };
        serde_json::to_vec(&written).expect("texts serialize")
    }

    /// Reads unsealed bytes.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let written: Written = serde_json::from_slice(bytes).ok()?;
        Some(Self {
            name: written.name,
            email: EmailAddress::parse(&written.email).ok()?,
            phone: Phone::parse(&written.phone, None).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(e164: &str, line: LineType) -> Contact {
        Contact::Phone(Phone::parse(e164, None).unwrap(), line)
    }

    fn email() -> Contact {
        Contact::Email(EmailAddress::parse("anne@example.org").unwrap())
    }

    fn choose(
        contacts: &[Contact],
        wanted: Option<CodeChannel>,
    ) -> Result<(String, CodeChannel), Unreachable> {
        let regions = ["CA".to_owned()];
        Route::choose("Anne".to_owned(), contacts, wanted, &regions)
            .map(|route| (route.recipient.phone.e164().to_owned(), route.code_channel))
    }

    #[test]
    fn the_line_decides_between_text_and_call() {
        let landline = phone("+15148731234", LineType::Landline);
        let mobile = phone("+15148735678", LineType::Mobile);
        let both = [email(), landline.clone(), mobile];
        assert_eq!(
            choose(&both, None),
            Ok(("+15148731234".to_owned(), CodeChannel::Voice))
        );
        assert_eq!(
            choose(&both, Some(CodeChannel::Sms)),
            Ok(("+15148735678".to_owned(), CodeChannel::Sms))
        );
        assert_eq!(
            choose(&[email(), landline], Some(CodeChannel::Sms)),
            Err(Unreachable::NoPhone)
        );
    }

    #[test]
    fn says_what_is_missing() {
        let mobile = phone("+15148735678", LineType::Unknown);
        assert_eq!(choose(&[mobile], None), Err(Unreachable::NoEmail));
        assert_eq!(choose(&[email()], None), Err(Unreachable::NoPhone));
        let abroad = phone("+33612345678", LineType::Mobile);
        assert_eq!(
            choose(&[email(), abroad], None),
            Err(Unreachable::RegionNotAllowed)
        );
    }

    #[test]
    fn reads_back() {
        let recipient = Recipient {
            name: "Anne \"Annie\" Côté".to_owned(),
            email: EmailAddress::parse("anne@example.org").unwrap(),
            phone: Phone::parse("+15148735678", None).unwrap(),
        };
        assert!(Recipient::decode(&recipient.encode()) == Some(recipient));
        assert!(Recipient::decode(b"{}").is_none());
    }
}
