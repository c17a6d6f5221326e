//! An HTTP provider that keeps a ledger and fails on demand.
//!
//! It speaks the wire format of conversation's HTTP accounts. The ledger is the truth of a test: what
//! is in it arrived on the patient's phone, whatever the caller was told.

mod entropy;
mod faults;
mod ledger;
mod server;

pub use entropy::SeededEntropy;
pub use faults::{Fault, Faults};
pub use ledger::{Asked, Entry, Ledger, Posted};
pub use server::StubProvider;

/// What the provider promises about a request it has seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepeatPromise {
    /// A repeated key sends nothing twice.
    Keyed,
    /// It can be asked what became of a request; a repeated one is sent again.
    Queryable,
    /// Neither.
    None,
}
