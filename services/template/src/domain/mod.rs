//! Wordings that cannot be wrong, and what becomes of them.

mod html;
mod library;
pub(crate) mod phrasebook;
mod render;
mod sample;
mod slot;
mod source;
mod template;
mod wording;

pub(crate) use library::built_in;
pub(crate) use render::{Marker, RenderError, Rendered, Values, render};
pub(crate) use sample::sample;
pub(crate) use slot::{Channel, Kind, Slot};
pub(crate) use template::Template;
pub(crate) use wording::{Flaw, Part, Wording};
