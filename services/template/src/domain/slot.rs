//! The places for which there is something to say.

use bitewing_core::Language;

/// An occasion to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(
    clippy::enum_variant_names,
    reason = "the names of the contract; so far only documents are written about"
)]
pub(crate) enum Kind {
    DocumentLink,
    DocumentCode,
    DocumentLocked,
    DocumentReplaced,
}

/// A channel a wording is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Channel {
    Sms,
    Email,
    Voice,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [
        Self::DocumentLink,
        Self::DocumentCode,
        Self::DocumentLocked,
        Self::DocumentReplaced,
    ];

    /// The stable name, in events and audit trails.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::DocumentLink => "DOCUMENT_LINK",
            Self::DocumentCode => "DOCUMENT_CODE",
            Self::DocumentLocked => "DOCUMENT_LOCKED",
            Self::DocumentReplaced => "DOCUMENT_REPLACED",
        }
    }

    /// The channels of the occasion. A link and its code never share one (R89); a code is spoken to
    /// those who cannot read a text (R92).
    pub(crate) const fn channels(self) -> &'static [Channel] {
        match self {
            Self::DocumentLink => &[Channel::Email],
            Self::DocumentCode => &[Channel::Sms, Channel::Voice],
            Self::DocumentLocked => &[Channel::Email],
            Self::DocumentReplaced => &[Channel::Sms, Channel::Email],
        }
    }

    /// What a wording may place. A code travels without the patient's name and without a word about
    /// what it opens.
    pub(crate) const fn variables(self) -> &'static [&'static str] {
        match self {
            Self::DocumentLink => &[
                "patient_name",
                "clinic_name",
                "clinic_phone",
                "organization_name",
                "expires_on",
                "host",
                "secret",
            ],
            Self::DocumentCode => &[
                "clinic_name",
                "clinic_phone",
                "organization_name",
                "host",
                "secret",
            ],
            Self::DocumentLocked => &[
                "clinic_name",
                "clinic_phone",
                "organization_name",
                "link_id",
            ],
            Self::DocumentReplaced => &["clinic_name", "clinic_phone", "organization_name"],
        }
    }

    /// Whether it carries a link or a code. What carries none may go to an address that turned out to be
    /// somebody else's, so it names no patient either.
    pub(crate) const fn has_secret(self) -> bool {
        match self {
            Self::DocumentLink | Self::DocumentCode => true,
            Self::DocumentLocked | Self::DocumentReplaced => false,
        }
    }
}

impl Channel {
    /// The stable name, in events and audit trails.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sms => "SMS",
            Self::Email => "EMAIL",
            Self::Voice => "VOICE",
        }
    }
}

/// An occasion, a language and a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot {
    pub(crate) kind: Kind,
    pub(crate) language: Language,
    pub(crate) channel: Channel,
}

/// The occasion is not told on this channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a channel of the kind: links go by e-mail, codes by text message or voice")]
pub(crate) struct WrongChannel;

impl Slot {
    pub(crate) fn new(
        kind: Kind,
        language: Language,
        channel: Channel,
    ) -> Result<Self, WrongChannel> {
        if kind.channels().contains(&channel) {
            Ok(Self {
                kind,
                language,
                channel,
            })
        } else {
            Err(WrongChannel)
        }
    }

    /// Every slot, in the order of lists.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Kind::ALL.into_iter().flat_map(|kind| {
            Language::ALL.into_iter().flat_map(move |language| {
                kind.channels().iter().map(move |&channel| Self {
                    kind,
                    language,
                    channel,
                })
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_and_its_code_never_share_a_channel() {
        for channel in Kind::DocumentLink.channels() {
            assert!(!Kind::DocumentCode.channels().contains(channel));
            assert_eq!(
                Slot::new(Kind::DocumentCode, Language::En, *channel),
                Err(WrongChannel)
            );
        }
    }

    #[test]
    fn lists_go_by_kind_language_and_channel() {
        let slots: Vec<_> = Slot::all().collect();
        assert_eq!(slots.len(), 36);
        assert!(slots.is_sorted());
    }
}
