//! The message guard: what may leave a clinic, and how fast what comes in must be answered.
//!
//! | module | holds |
//! |---|---|
//! | [`Guard`] | structure, spelling and meaning together |
//! | [`message`] | what the guard is given |
//! | [`verdict`] | what it answers |
//! | [`text`] | folding and words: a disguise changes nothing |
//! | [`lexicon`] | concepts by stem, in six languages |
//! | [`model`] | the built-in linear model and its training |
//! | [`corpus`] | labelled messages, which the model learns from |
//! | [`policy`] | layers of base, chain and clinic |
//! | [`spelling`] | Hunspell dictionaries from a folder |
//! | [`mod@defang`] | links of people nobody knows |
//! | [`embed`] | an optional second reader, as data |
//! | [`eval`] | measuring |

pub mod corpus;
pub mod defang;
pub mod embed;
pub mod eval;
mod guard;
mod judged;
pub mod lexicon;
pub mod message;
pub mod model;
pub mod policy;
pub mod reading;
mod safety;
mod secret;
pub mod spelling;
mod structure;
pub mod text;
pub mod verdict;

pub use guard::Guard;
