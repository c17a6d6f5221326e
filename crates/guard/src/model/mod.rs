//! The built-in model: one linear judgement per label over hashed features, all six languages in one.

mod features;
pub(crate) mod file;
mod intents;
mod score;
mod table;
pub mod train;

pub use features::{BLOCKS, Block, Prepared, Sink};
pub use file::ModelError;
pub(crate) use file::fingerprint;
pub use intents::Intents;
pub use score::{Bucketed, Scores, bucketed};
pub use table::{Head, Table, Thresholds};

use crate::lexicon::Lexicon;

/// What is learned, in the order of the columns of the tables.
pub mod heads {
    /// Of messages to patients.
    pub const OUT: [&str; 4] = ["rude", "clinical_advice", "flirting", "off_topic"];
    /// Of messages from patients: four labels, two levels of attention and mood, twelve intents.
    pub const IN: [&str; 19] = [
        "urgent",
        "angry",
        "harassment",
        "opt_out",
        "soon",
        "negative",
        "positive",
        "intent.book",
        "intent.cancel",
        "intent.reschedule",
        "intent.confirm",
        "intent.price",
        "intent.post_op",
        "intent.late",
        "intent.document",
        "intent.complaint",
        "intent.thanks",
        "intent.opt_out",
        "intent.other",
    ];
    /// The column of the first intent.
    pub const FIRST_INTENT: usize = 7;
    /// How many intents there are.
    pub const INTENTS: usize = IN.len() - FIRST_INTENT;
}

/// Everything that was learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Messages to patients.
    pub out: Table,
    /// Messages from patients.
    pub inbound: Table,
    /// Which language; both directions.
    pub language: Table,
    /// Which intent, from all that [`Model::inbound`] says.
    pub intents: Intents,
    /// A fingerprint of all of it.
    pub version: String,
}

impl Model {
    /// The model the crate comes with.
    ///
    /// # Panics
    /// Never: a test reads it.
    pub fn built_in() -> Self {
        Self::decode(include_bytes!("../../model/guard.model"))
            .expect("the model of the crate is read by a test")
    }

    /// The number of weights that are not zero.
    pub fn weights(&self) -> usize {
        self.out.weights() + self.inbound.weights() + self.language.weights()
    }
}

/// The features of a prepared text.
pub fn extract(text: &Prepared<'_>, lexicon: &Lexicon, sink: &mut impl Sink) {
    features::extract(text, lexicon, sink);
}

/// The features of a text of which not even the language is known.
pub fn extract_pieces(chars: &[char], sink: &mut impl Sink) {
    features::pieces(chars, sink);
}
