//! How to talk to a patient, and why so: what the patient said goes before what was learned, and that
//! before what the generation prefers (R25-R34).
//!
//! | module | holds |
//! |---|---|
//! | `generation` | generations and their habits, from data |
//! | `salutation` | how six languages address people |
//! | `style` | register, tone and salutation together, never of two minds |
//! | `greeting` | what to say first |
//! | `channels` | which channel, which not |

pub(crate) mod channels;
pub(crate) mod generation;
pub(crate) mod greeting;
pub(crate) mod salutation;
pub(crate) mod style;

/// Why something was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The patient said so.
    Personal,
    /// The patient's answers show it.
    Learned,
    /// The generation prefers it.
    Generation,
    /// Nothing is known.
    Default,
    /// It is how the language writes it.
    Language,
    /// Parts of the name are missing.
    NameIncomplete,
}

/// Formal or informal: one of them for a whole message (R31).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Register {
    Formal,
    Informal,
}

/// The tone of a message (R26-R29).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Respectful,
    Efficient,
    Friendly,
    Direct,
}
