//! Channels, and the occasions messages are sent on.

/// A channel of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Channel {
    Sms,
    Email,
    Voice,
}

impl Channel {
    /// The stable name, on the wire to providers and on the sandbox page.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sms => "SMS",
            Self::Email => "EMAIL",
            Self::Voice => "VOICE",
        }
    }
}

/// An occasion to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

impl Kind {
    /// The stable name, in audit trails.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::DocumentLink => "DOCUMENT_LINK",
            Self::DocumentCode => "DOCUMENT_CODE",
            Self::DocumentLocked => "DOCUMENT_LOCKED",
            Self::DocumentReplaced => "DOCUMENT_REPLACED",
        }
    }

    /// Whether it carries a link or a code.
    pub(crate) const fn has_secret(self) -> bool {
        match self {
            Self::DocumentLink | Self::DocumentCode => true,
            Self::DocumentLocked | Self::DocumentReplaced => false,
        }
    }
}
