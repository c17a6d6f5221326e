//! What becomes of a link, as its clinic is told.

use super::CodeChannel;
use bitewing_core::DocumentId;
use std::fmt::Display;
use time::OffsetDateTime;

/// One kind of thing that becomes of a link; the numbers are those stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ReceiptKind {
    Issued = 1,
    Sent = 2,
    Delivered = 3,
    Bounced = 4,
    Opened = 5,
    CodeSent = 6,
    CodeDelivered = 7,
    CodeFailed = 8,
    CodeRefused = 9,
    CodeWrong = 10,
    Unlocked = 11,
    Downloaded = 12,
    Completed = 13,
    Locked = 14,
    Expired = 15,
    Revoked = 16,
}

impl ReceiptKind {
    const ALL: [Self; 16] = [
        Self::Issued,
        Self::Sent,
        Self::Delivered,
        Self::Bounced,
        Self::Opened,
        Self::CodeSent,
        Self::CodeDelivered,
        Self::CodeFailed,
        Self::CodeRefused,
        Self::CodeWrong,
        Self::Unlocked,
        Self::Downloaded,
        Self::Completed,
        Self::Locked,
        Self::Expired,
        Self::Revoked,
    ];

    /// The stored form.
    pub(crate) const fn stored(self) -> i16 {
        self as i16
    }

    /// Reads the stored form.
    pub(crate) fn read(stored: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.stored() == stored)
    }

    /// The name in audit trails and, where others are told, in the feed of events.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Issued => "link.issued",
            Self::Sent => "link.sent",
            Self::Delivered => "link.delivered",
            Self::Bounced => "link.bounced",
            Self::Opened => "link.opened",
            Self::CodeSent => "link.code_sent",
            Self::CodeDelivered => "link.code_delivered",
            Self::CodeFailed => "link.code_failed",
            Self::CodeRefused => "link.code_refused",
            Self::CodeWrong => "link.code_wrong",
            Self::Unlocked => "link.unlocked",
            Self::Downloaded => "link.downloaded",
            Self::Completed => "link.completed",
            Self::Locked => "link.locked",
            Self::Expired => "link.expired",
            Self::Revoked => "link.revoked",
        }
    }

    /// Whether the feed tells it. A wrong code is told by what it leads to.
    pub(crate) const fn is_told(self) -> bool {
        !matches!(self, Self::CodeWrong)
    }

    /// Whether a second one within a minute is the same one: pages are loaded again and again, and
    /// nobody shall fill tables by doing so.
    pub(crate) const fn is_noisy(self) -> bool {
        matches!(self, Self::Opened | Self::CodeRefused)
    }

    /// Whether every single one is a line of audit, and not the first alone.
    pub(crate) const fn is_audited_each_time(self) -> bool {
        !self.is_noisy()
    }
}

/// Something that happened to a link, to be noted.
#[derive(Debug, Clone)]
pub(crate) struct Happened {
    pub(crate) kind: ReceiptKind,
    /// What tells receipts of one kind apart.
    pub(crate) subject: String,
    pub(crate) channel: Option<CodeChannel>,
    pub(crate) document: Option<DocumentId>,
    pub(crate) reason: String,
    pub(crate) network: String,
}

impl Happened {
    /// Something about the link as a whole.
    pub(crate) const fn new(kind: ReceiptKind) -> Self {
        Self {
            kind,
            subject: String::new(),
            channel: None,
            document: None,
            reason: String::new(),
            network: String::new(),
        }
    }

    /// Something about one code, session or reason.
    pub(crate) fn about(mut self, subject: impl Display) -> Self {
        self.subject = subject.to_string();
        self
    }

    pub(crate) fn by(mut self, channel: CodeChannel) -> Self {
        self.channel = Some(channel);
        self
    }

    pub(crate) fn of(mut self, document: DocumentId) -> Self {
        self.subject = document.to_string();
        self.document = Some(document);
        self
    }

    pub(crate) fn because(mut self, reason: &str) -> Self {
        reason.clone_into(&mut self.reason);
        self
    }

    /// From a network, never a whole address.
    pub(crate) fn from(mut self, network: String) -> Self {
        self.network = network;
        self
    }
}

/// What was noted of a link.
#[derive(Debug, Clone)]
pub(crate) struct LinkReceipt {
    pub(crate) kind: ReceiptKind,
    pub(crate) first_at: OffsetDateTime,
    pub(crate) last_at: OffsetDateTime,
    pub(crate) times: i32,
    pub(crate) channel: Option<CodeChannel>,
    pub(crate) document: Option<DocumentId>,
    pub(crate) reason: String,
    pub(crate) network: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn kinds_read_back_and_have_names_of_their_own() {
        let mut names = BTreeSet::new();
        for kind in ReceiptKind::ALL {
            assert_eq!(ReceiptKind::read(kind.stored()), Some(kind));
            assert!(names.insert(kind.name()));
        }
        assert_eq!(ReceiptKind::read(0), None);
        assert_eq!(ReceiptKind::read(17), None);
    }
}
