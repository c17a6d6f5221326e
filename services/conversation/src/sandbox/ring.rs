//! The last messages that arrived on the sandbox of this process, of all organizations.
//!
//! They are kept in memory, not read across organizations from the database: no door is opened for a
//! page. Only a development installation makes one.

use crate::store::SandboxMessage;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

const CAPACITY: usize = 1_000;

/// One message, as the page's script reads it.
#[derive(Clone, serde::Serialize)]
pub(super) struct Shown {
    id: String,
    at: String,
    kind: String,
    from: String,
    to: String,
    subject: String,
    text: String,
    html: String,
}

/// The last 1,000 messages. Cloning shares them.
#[derive(Clone)]
pub(crate) struct Ring {
    /// Tells the cursors of this process from those of an earlier one.
    name: Uuid,
    arrived: Arc<Mutex<Arrived>>,
}

#[derive(Default)]
struct Arrived {
    total: u64,
    last: VecDeque<Shown>,
}

impl Ring {
    pub(crate) fn new(name: Uuid) -> Self {
        Self {
            name,
            arrived: Arc::default(),
        }
    }

    fn arrived(&self) -> MutexGuard<'_, Arrived> {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a message in; the oldest goes when there are too many.
    pub(crate) fn push(&self, message: SandboxMessage) {
        let shown = Shown {
            id: message.message.to_string(),
            at: message.at.format(&Rfc3339).unwrap_or_default(),
            kind: message.note.channel,
            from: message.note.sender,
            to: message.note.recipient,
            subject: message.note.subject,
            text: message.note.text,
            html: message.note.html,
        };
        let mut arrived = self.arrived();
        arrived.total += 1;
        arrived.last.push_back(shown);
        if arrived.last.len() > CAPACITY {
            arrived.last.pop_front();
        }
    }

    /// What arrived behind a cursor, oldest first, and the next cursor. A cursor of another process,
    /// or none, shows everything.
    pub(super) fn after(&self, cursor: &str) -> (Vec<Shown>, String) {
        let name = self.name.simple().to_string();
        let seen = cursor
            .split_once('-')
            .filter(|(process, _)| *process == name)
            .and_then(|(_, seen)| seen.parse::<u64>().ok())
            .unwrap_or(0);
        let arrived = self.arrived();
        let gone = arrived.total - arrived.last.len() as u64;
        let skip = usize::try_from(seen.saturating_sub(gone)).unwrap_or(usize::MAX);
        (
            arrived.last.iter().skip(skip).cloned().collect(),
            format!("{name}-{}", arrived.total),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SandboxNote;
    use bitewing_core::MessageId;
    use time::OffsetDateTime;

    fn message(number: u128) -> SandboxMessage {
        let empty = String::new;
        SandboxMessage {
            id: Uuid::from_u128(number),
            message: MessageId::from_uuid(Uuid::from_u128(number)),
            note: SandboxNote {
                channel: "SMS".to_owned(),
                sender: empty(),
                recipient: empty(),
                subject: empty(),
                text: number.to_string(),
                html: empty(),
            },
            at: OffsetDateTime::UNIX_EPOCH,
        }
    }

    fn texts(ring: &Ring, cursor: &str) -> Vec<String> {
        ring.after(cursor)
            .0
            .into_iter()
            .map(|shown| shown.text)
            .collect()
    }

    #[test]
    fn a_cursor_goes_on_behind_what_was_seen() {
        let ring = Ring::new(Uuid::from_u128(1));
        ring.push(message(1));
        let (_, cursor) = ring.after("");
        ring.push(message(2));
        assert_eq!(texts(&ring, &cursor), ["2"]);
        assert_eq!(texts(&ring, ""), ["1", "2"]);
        let restarted = Ring::new(Uuid::from_u128(2));
        restarted.push(message(3));
        assert_eq!(texts(&restarted, &cursor), ["3"]);
    }

    #[test]
    fn the_oldest_go() {
        let ring = Ring::new(Uuid::from_u128(1));
        let (_, cursor) = ring.after("");
        (0..1_500).for_each(|number| ring.push(message(number)));
        let seen = texts(&ring, &cursor);
        assert_eq!(
            (seen.len(), seen[0].as_str(), seen[999].as_str()),
            (1_000, "500", "1499")
        );
        assert!(texts(&ring, &ring.after("").1).is_empty());
    }
}
