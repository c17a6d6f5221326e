//! What a provider saw and did: it only grows.

use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// What became of a posted request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// The message was taken: it arrives on the phone.
    Taken,
    /// The key was known: nothing arrives once more.
    Repeated,
    /// Nothing was taken.
    NotTaken,
}

/// What a question was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The message is here.
    Found,
    /// It is not.
    Absent,
    /// No answer.
    Unanswered,
}

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// A message to send.
    Post {
        /// The idempotency key.
        key: String,
        /// The bearer token it came with.
        credential: String,
        /// What was in it.
        body: Value,
        /// What became of it.
        outcome: Posted,
    },
    /// A question about a message.
    Get {
        /// The key asked about.
        key: String,
        /// What was answered.
        outcome: Asked,
    },
}

/// All requests, in the order they came.
#[derive(Debug, Clone, Default)]
pub struct Ledger(Arc<Mutex<Vec<Entry>>>);

impl Ledger {
    fn entries_mut(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().expect("no holder of the lock panics")
    }

    /// Everything so far.
    pub fn entries(&self) -> Vec<Entry> {
        self.entries_mut().clone()
    }

    /// How often each message arrived on the phone, by its key.
    pub fn arrivals(&self) -> BTreeMap<String, usize> {
        let mut arrivals = BTreeMap::new();
        for entry in self.entries_mut().iter() {
            if let Entry::Post {
                key,
                outcome: Posted::Taken,
                ..
            } = entry
            {
                *arrivals.entry(key.clone()).or_default() += 1;
            }
        }
        arrivals
    }

    /// How often a message arrived on the phone.
    pub fn arrivals_of(&self, key: &str) -> usize {
        self.arrivals().get(key).copied().unwrap_or(0)
    }

    /// How often a message was posted, whatever became of it.
    pub fn posts_of(&self, wanted: &str) -> usize {
        let entries = self.entries_mut();
        let posts = entries
            .iter()
            .filter(|entry| matches!(entry, Entry::Post { key, .. } if key == wanted));
        posts.count()
    }

    /// Takes a message in, once or again as the promise says; tells what that is.
    pub(super) fn take(&self, once: bool, key: &str, credential: &str, body: Value) -> Posted {
        let mut entries = self.entries_mut();
        let known = entries.iter().any(
            |entry| matches!(entry, Entry::Post { key: old, outcome: Posted::Taken, .. } if old == key),
        );
        let outcome = if once && known {
            Posted::Repeated
        } else {
            Posted::Taken
        };
        entries.push(post(key, credential, body, outcome));
        outcome
    }

    pub(super) fn leave(&self, key: &str, credential: &str, body: Value) {
        self.entries_mut()
            .push(post(key, credential, body, Posted::NotTaken));
    }

    pub(super) fn ask(&self, key: &str, outcome: Asked) {
        self.entries_mut().push(Entry::Get {
            key: key.to_owned(),
            outcome,
        });
    }
}

fn post(key: &str, credential: &str, body: Value, outcome: Posted) -> Entry {
    Entry::Post {
        key: key.to_owned(),
        credential: credential.to_owned(),
        body,
        outcome,
    }
}
