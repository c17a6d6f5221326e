//! Who did what: written in the transaction that did it, chained a moment later, verified by anyone
//! who kept an anchor.

mod chain;
mod entry;
mod sealer;
mod verify;

pub use chain::Anchor;
pub use entry::{AuditEntry, Entry, EntryFilter};
pub use sealer::{HeadSigner, Sealer};
pub use verify::{Bad, Verdict, Why, verify};
