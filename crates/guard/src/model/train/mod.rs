//! Training: the same corpus gives the same model, byte for byte.

mod folds;
pub mod labels;
pub(crate) mod learn;
pub mod platt;
pub(crate) mod pool;
pub(crate) mod stack;
pub(crate) mod svm;
pub(crate) mod thresholds;

use std::collections::BTreeMap;

use bitewing_core::Language;

use super::file::fingerprint;
use super::table::Table;
use super::{Intents, Model, bucketed, extract_pieces, heads};
use crate::corpus::{Direction, Message};
use crate::lexicon::Lexicon;
use crate::message::Role;
use crate::reading::{Reading, Shares};
use crate::text::{Folded, fold};
pub use folds::assign;
use learn::{Ground, Tables, learn, row};
use svm::{Row, Settings};

/// How many folds judge what was learned.
pub const FOLDS: usize = 5;
/// Buckets of the tables of labels, as a power of two.
pub const BITS: u32 = 17;
/// Buckets of the table of languages.
pub const LANGUAGE_BITS: u32 = 14;

const LABELS: Settings = Settings {
    cost: 1.0,
    passes: 12,
};
const LANGUAGES: Settings = Settings {
    cost: 2.0,
    passes: 6,
};

/// What training gives.
#[derive(Debug)]
pub struct Trained {
    /// Learned from everything.
    pub model: Model,
    /// Each learned from all folds but its own.
    pub folds: Vec<Model>,
    /// The fold of every message.
    pub fold_of: Vec<usize>,
    /// For each head of both directions, the margins of its messages by models that had not read their
    /// authors, and what was wanted.
    pub judged: BTreeMap<&'static str, Vec<Judged>>,
}

/// One message as judged by a model that never read its author.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// Its place in the corpus.
    pub message: usize,
    /// What the model said.
    pub margin: f32,
    /// What was wanted.
    pub wanted: bool,
}

/// Trains on a corpus. A share below 1 leaves so many authors out of what is learned from, and judges on
/// the same messages all the same: the points of a learning curve.
pub fn train(messages: &[Message], lexicon: &Lexicon, share: f32) -> Trained {
    let kept: Vec<bool> = messages
        .iter()
        .map(|message| is_kept(&message.author, share))
        .collect();
    let all: Vec<&Message> = messages.iter().collect();
    let fold_of = assign(&all, FOLDS);
    let folded: Vec<Folded> = messages.iter().map(|m| fold(&m.text)).collect();
    let language = languages(messages, &folded, &fold_of, &kept);
    let readings: Vec<Reading> = folded
        .into_iter()
        .zip(&fold_of)
        .map(|(folded, fold)| {
            let shares = Shares::of(&folded, &language.folds[*fold]);
            Reading::with_shares(folded, shares, None, lexicon)
        })
        .collect();
    let mut judged = BTreeMap::new();
    let course = Course {
        messages,
        readings: &readings,
        fold_of: &fold_of,
        kept: &kept,
        lexicon,
    };
    let out = course.learn(Direction::Out, &heads::OUT, &mut judged);
    let inbound = course.learn(Direction::In, &heads::IN, &mut judged);
    let intents = intents(&judged);
    let build = |out: &Table, inbound: &Table, language: &Table| {
        let mut model = Model {
            out: out.clone(),
            inbound: inbound.clone(),
            language: language.clone(),
            intents: intents.clone(),
            version: String::new(),
        };
        model.version = fingerprint(&model.encode());
        model
    };
    Trained {
        folds: (0..FOLDS)
            .map(|fold| {
                build(
                    &out.folds[fold],
                    &inbound.folds[fold],
                    &language.folds[fold],
                )
            })
            .collect(),
        model: build(&out.all, &inbound.all, &language.all),
        fold_of,
        judged,
    }
}

fn languages(messages: &[Message], folded: &[Folded], fold_of: &[usize], kept: &[bool]) -> Tables {
    let rows: Vec<Row> = folded
        .iter()
        .map(|folded| {
            let mut features = bucketed(LANGUAGE_BITS);
            extract_pieces(folded.chars(), &mut features);
            row(&features)
        })
        .collect();
    let names: Vec<&'static str> = Language::ALL.iter().map(|l| l.tag()).collect();
    let places: Vec<usize> = (0..messages.len()).collect();
    let mut judged = BTreeMap::new();
    let ground = Ground {
        messages,
        places: &places,
        fold_of,
        kept,
    };
    learn(
        &names,
        &ground,
        rows,
        (LANGUAGE_BITS, LANGUAGES),
        &mut judged,
    )
}

/// Fits the intents to what models said that had not read the authors.
fn intents(judged: &BTreeMap<&'static str, Vec<Judged>>) -> Intents {
    let columns: Vec<&Vec<Judged>> = heads::IN
        .iter()
        .filter_map(|head| judged.get(head))
        .collect();
    let rows = columns.first().map_or(0, |column| column.len());
    let margins: Vec<Vec<f32>> = (0..rows)
        .map(|row| columns.iter().map(|column| column[row].margin).collect())
        .collect();
    let wanted: Vec<usize> = (0..rows)
        .map(|row| {
            columns[heads::FIRST_INTENT..]
                .iter()
                .position(|column| column[row].wanted)
                .unwrap_or(heads::INTENTS - 1)
        })
        .collect();
    stack::fit(&margins, &wanted, heads::INTENTS)
}

/// A corpus that has been read, and who may learn from what.
struct Course<'a> {
    messages: &'a [Message],
    readings: &'a [Reading],
    fold_of: &'a [usize],
    kept: &'a [bool],
    lexicon: &'a Lexicon,
}

impl Course<'_> {
    fn learn(
        &self,
        direction: Direction,
        names: &[&'static str],
        judged: &mut BTreeMap<&'static str, Vec<Judged>>,
    ) -> Tables {
        let places: Vec<usize> = (0..self.messages.len())
            .filter(|place| self.messages[*place].direction == direction)
            .collect();
        let rows = places
            .iter()
            .map(|place| {
                let role = self.messages[*place]
                    .context
                    .as_ref()
                    .map(|context| Role::from_title(&context.operator_role));
                row(&self.readings[*place].features(direction, role, self.lexicon, BITS))
            })
            .collect();
        let fold_of: Vec<usize> = places.iter().map(|place| self.fold_of[*place]).collect();
        let kept: Vec<bool> = places.iter().map(|place| self.kept[*place]).collect();
        let ground = Ground {
            messages: self.messages,
            places: &places,
            fold_of: &fold_of,
            kept: &kept,
        };
        learn(names, &ground, rows, (BITS, LABELS), judged)
    }
}

/// The same authors at every run, and all of a smaller share also in a larger.
fn is_kept(author: &str, share: f32) -> bool {
    let hash = author.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    ((hash >> 8) % 100) as f32 <= share * 100.0
}
