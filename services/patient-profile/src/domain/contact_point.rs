//! One way to reach a patient (FHIR ContactPoint).

use super::{ContactChannel, ContactPointKind, LineType, PointUse, Stamp, UnreachableReason};
use bitewing_core::phone::PhoneError;
use bitewing_core::{EmailAddress, LineType as Line, Phone};
use time::OffsetDateTime;
use uuid::Uuid;

/// How many a patient may have.
pub(crate) const MAX_CONTACT_POINTS: usize = 20;

/// The longest handle: a WhatsApp BSUID is a country, a dot and up to 128 characters, others are shorter.
const MAX_HANDLE: usize = 160;

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

/// What a contact point reaches: two that are equal reach the same.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Address {
    pub(crate) kind: ContactPointKind,
    /// Of handles: whose.
    pub(crate) channel: Option<ContactChannel>,
    /// E.164, a lower-cased e-mail address, or the handle as it is.
    pub(crate) value: String,
}

/// A contact point as it is sent.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PointDraft {
    pub(crate) address: Address,
    pub(crate) line: Option<LineType>,
    pub(crate) region: String,
    pub(crate) used_for: Option<PointUse>,
    pub(crate) verified: bool,
}

/// When and by whom a contact point was confirmed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Verification {
    pub(crate) at: OffsetDateTime,
    pub(crate) by: String,
}

/// Since when and why nothing arrives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreachable {
    pub(crate) since: OffsetDateTime,
    pub(crate) reason: UnreachableReason,
}

/// A patient's contact point.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ContactPoint {
    pub(crate) id: Uuid,
    pub(crate) address: Address,
    pub(crate) line: Option<LineType>,
    pub(crate) region: String,
    pub(crate) used_for: Option<PointUse>,
    pub(crate) verified: Option<Verification>,
    pub(crate) unreachable: Option<Unreachable>,
    pub(crate) opened_at: OffsetDateTime,
}

/// A contact point that is no longer a patient's.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ClosedPoint {
    pub(crate) id: Uuid,
    pub(crate) point: ContactPoint,
    pub(crate) at: OffsetDateTime,
    pub(crate) by: String,
}

/// What is wrong with a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HandleError {
    #[error("must be one of WHATSAPP, TELEGRAM, VIBER and SOCIAL for a handle")]
    Channel,
    #[error("must be a handle of 1 to 160 characters without spaces")]
    Value,
}

impl PointDraft {
    /// A phone; what the clinic knows of the line beats the numbering plan.
    pub(crate) fn phone(
        value: &str,
        region: &str,
        line: Option<LineType>,
    ) -> Result<Self, PhoneError> {
        let phone = Phone::parse(value, Some(region))?;
        Ok(Self {
            line: Some(line.unwrap_or_else(|| phone.line().into())),
            region: phone.region().to_owned(),
            ..Self::of(ContactPointKind::Phone, None, phone.e164().to_owned())
        })
    }

    /// An e-mail address.
    pub(crate) fn email(value: &str) -> Result<Self, bitewing_core::email::NotAnAddress> {
        let address = EmailAddress::parse(value)?;
        Ok(Self::of(
            ContactPointKind::Email,
            None,
            address.as_str().to_owned(),
        ))
    }

    /// A messenger's identifier of the patient.
    pub(crate) fn handle(
        value: &str,
        channel: Option<ContactChannel>,
    ) -> Result<Self, HandleError> {
        let channel = channel
            .filter(|channel| {
                matches!(
                    channel,
                    ContactChannel::Whatsapp
                        | ContactChannel::Telegram
                        | ContactChannel::Viber
                        | ContactChannel::Social
                )
            })
            .ok_or(HandleError::Channel)?;
        let value = handle(value).ok_or(HandleError::Value)?;
        Ok(Self::of(ContactPointKind::Handle, Some(channel), value))
    }

    fn of(kind: ContactPointKind, channel: Option<ContactChannel>, value: String) -> Self {
        Self {
            address: Address {
                kind,
                channel,
                value,
            },
            line: None,
            region: String::new(),
            used_for: None,
            verified: false,
        }
    }
}

/// Reads a handle; `None` if it is none.
pub(crate) fn handle(value: &str) -> Option<String> {
    let value = value.trim();
    let good = (1..=MAX_HANDLE).contains(&value.chars().count())
        && value
            .chars()
            .all(|letter| bitewing_rpc::field::printable(letter) && !letter.is_whitespace());
    good.then(|| value.to_owned())
}

impl ContactPoint {
    /// A contact point that begins now: nothing of an older address carries over.
    fn open(draft: PointDraft, stamp: &Stamp<'_>) -> Self {
        Self {
            id: stamp.ids.next(),
            address: draft.address,
            line: draft.line,
            region: draft.region,
            used_for: draft.used_for,
            verified: draft.verified.then(|| stamp.verification()),
            unreachable: None,
            opened_at: stamp.now,
        }
    }

    /// What was sent for an address that is there already: it keeps its identity and what is known of it.
    fn take(mut self, draft: PointDraft, stamp: &Stamp<'_>) -> Self {
        self.line = draft.line;
        self.region = draft.region;
        self.used_for = draft.used_for;
        if draft.verified && self.verified.is_none() {
            self.verified = Some(stamp.verification());
        }
        self
    }

    /// As it would be sent.
    pub(super) fn draft(&self) -> PointDraft {
        PointDraft {
            address: self.address.clone(),
            line: self.line,
            region: self.region.clone(),
            used_for: self.used_for,
            verified: self.verified.is_some(),
        }
    }

    /// Ends it now.
    pub(crate) fn close(self, stamp: &Stamp<'_>) -> ClosedPoint {
        ClosedPoint {
            id: stamp.ids.next(),
            point: self,
            at: stamp.now,
            by: stamp.actor.to_owned(),
        }
    }
}

/// The contact points after what was sent, and those that ended.
pub(crate) fn reconcile(
    current: Vec<ContactPoint>,
    sent: Vec<PointDraft>,
    stamp: &Stamp<'_>,
) -> (Vec<ContactPoint>, Vec<ClosedPoint>) {
    let mut current: Vec<Option<ContactPoint>> = current.into_iter().map(Some).collect();
    let points = sent
        .into_iter()
        .map(|draft| {
            let known = current.iter_mut().find(|point| {
                point
                    .as_ref()
                    .is_some_and(|point| point.address == draft.address)
            });
            match known.and_then(Option::take) {
                Some(point) => point.take(draft, stamp),
                None => ContactPoint::open(draft, stamp),
            }
        })
        .collect();
    let closed = current
        .into_iter()
        .flatten()
        .map(|point| point.close(stamp))
        .collect();
    (points, closed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::stamp;

    #[test]
    fn what_the_clinic_knows_of_a_line_wins() {
        let plan = PointDraft::phone("514 873-1234", "CA", None).unwrap();
        assert_eq!(plan.address.value, "+15148731234");
        assert_eq!(
            (plan.line, plan.region.as_str()),
            (Some(LineType::Unknown), "CA")
        );
        let known = PointDraft::phone("514 873-1234", "CA", Some(LineType::Landline)).unwrap();
        assert_eq!(known.line, Some(LineType::Landline));
    }

    #[test]
    fn handles_need_a_messenger_and_no_spaces() {
        let whatsapp = Some(ContactChannel::Whatsapp);
        let bsuid = PointDraft::handle("CA.12345abcde", whatsapp).ok().unwrap();
        assert_eq!(bsuid.address.value, "CA.12345abcde");
        for (value, channel, error) in [
            ("x", None, HandleError::Channel),
            ("x", Some(ContactChannel::Sms), HandleError::Channel),
            ("a b", whatsapp, HandleError::Value),
            ("", whatsapp, HandleError::Value),
            ("a\u{202e}b", whatsapp, HandleError::Value),
        ] {
            assert_eq!(PointDraft::handle(value, channel).err(), Some(error));
        }
    }

    #[test]
    fn a_new_address_inherits_nothing_and_the_old_one_is_closed() {
        let draft = |number: &str, verified| PointDraft {
            verified,
            ..PointDraft::phone(number, "CA", None).unwrap()
        };
        let (first, _) = reconcile(
            Vec::new(),
            vec![draft("514 873 1234", true), draft("418 643 1234", true)],
            &stamp(),
        );
        let kept = first[1].clone();
        let (second, closed) = reconcile(
            first,
            vec![draft("514 873 9999", false), draft("418 643 1234", false)],
            &stamp(),
        );
        assert!(second[0].verified.is_none());
        assert!(
            second[1] == kept,
            "an address that stays keeps what is known of it"
        );
        assert_eq!(closed.len(), 1);
        assert_eq!(closed[0].point.address.value, "+15148731234");
    }
}
