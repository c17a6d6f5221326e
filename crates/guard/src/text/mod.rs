//! Text as the guard reads it: folded, so that a disguise changes nothing, and cut into words.

mod fold;
mod look_alike;
mod words;

pub use fold::{Folded, fold, is_blank};
pub use words::{Word, Words};
