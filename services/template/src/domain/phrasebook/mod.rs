//! What a clinic says to patients: kinds as data, wordings in eight locales, two registers and every
//! channel, and how values are said in each of them.
//!
//! | module | holds |
//! |---|---|
//! | `kind` | the occasions, from `library/kinds.toml` |
//! | `place` | locale, register and channel |
//! | `palette` | the values there are, their forms and fall-backs |
//! | `book` | the wordings that come with the product |
//! | `draft` | the check of what staff write |
//! | `say` | dates, times, spans and amounts as each locale says them |
//! | `vocative` | greetings without a name |
//! | `fill` | from a wording and values to a message |
//! | `segments` | what a text message costs |
//! | `said` | which of several wordings is said |
//! | `whats_app` | a wording as WhatsApp takes it |
//! | `sample` | people who do not exist, for previews |

mod book;
mod draft;
mod fill;
mod kind;
mod palette;
mod place;
mod said;
mod sample;
mod say;
mod segments;
mod vocative;
mod whats_app;

pub(crate) use book::{Words, built_in, kind, kinds, shared_kind};
pub(crate) use draft::check;
pub(crate) use fill::{FillError, Given, Message, fill, values};
pub(crate) use kind::{Occasion, Purpose};
pub(crate) use palette::variable;
pub(crate) use place::{Locale, Medium, Place, Register};
pub(crate) use said::{Candidate, nearest};
pub(crate) use sample::sample;
pub(crate) use say::{Moment, moment};
pub(crate) use segments::{Count, Encoding};
pub(crate) use whats_app::{language as whats_app_language, parameters};
