//! Wordings that cannot be wrong, and what becomes of them.

pub(crate) mod difference;
pub(crate) mod guard;
mod html;
pub(crate) mod instruction;
mod key;
mod library;
pub(crate) mod phrasebook;
pub(crate) mod price;
mod render;
pub(crate) mod review;
mod sample;
pub(crate) mod scenario;
mod slot;
mod source;
mod template;
pub(crate) mod whats_app;
mod wording;

pub(crate) use key::Key;
pub(crate) use library::built_in;
pub(crate) use render::{Marker, RenderError, Rendered, Values, render};
pub(crate) use sample::sample;
pub(crate) use slot::{Channel, Kind, Slot};
pub(crate) use template::Template;
pub(crate) use wording::{Flaw, Part, Wording};
