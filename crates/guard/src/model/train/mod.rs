//! Training: the same corpus gives the same model, byte for byte.

mod folds;
pub mod labels;
pub mod platt;
mod pool;
mod svm;
mod thresholds;

use std::collections::BTreeMap;

use bitewing_core::Language;

use super::file::fingerprint;
use super::table::{Head, Table};
use super::{BLOCKS, Model, bucketed, extract_pieces, heads};
use crate::corpus::{Direction, Message};
use crate::lexicon::Lexicon;
use crate::message::Role;
use crate::reading::{Reading, Shares};
use crate::text::{Folded, fold};
pub use folds::assign;
use svm::{Row, Settings, margin};

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
    let out = labels_of(
        Direction::Out,
        &heads::OUT,
        messages,
        &readings,
        &fold_of,
        &kept,
        lexicon,
        &mut judged,
    );
    let inbound = labels_of(
        Direction::In,
        &heads::IN,
        messages,
        &readings,
        &fold_of,
        &kept,
        lexicon,
        &mut judged,
    );
    let build = |out: &Table, inbound: &Table, language: &Table| {
        let mut model = Model {
            out: out.clone(),
            inbound: inbound.clone(),
            language: language.clone(),
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

/// Tables of one group of heads.
struct Tables {
    all: Table,
    folds: Vec<Table>,
}

fn languages(messages: &[Message], folded: &[Folded], fold_of: &[usize], kept: &[bool]) -> Tables {
    let rows: Vec<Vec<(u32, f32)>> = folded
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

fn labels_of(
    direction: Direction,
    names: &[&'static str],
    messages: &[Message],
    readings: &[Reading],
    fold_of: &[usize],
    kept: &[bool],
    lexicon: &Lexicon,
    judged: &mut BTreeMap<&'static str, Vec<Judged>>,
) -> Tables {
    let places: Vec<usize> = (0..messages.len())
        .filter(|place| messages[*place].direction == direction)
        .collect();
    let rows = places
        .iter()
        .map(|place| {
            let role = messages[*place]
                .context
                .as_ref()
                .map(|context| Role::from_title(&context.operator_role));
            row(&readings[*place].features(direction, role, lexicon, BITS))
        })
        .collect();
    let fold_of: Vec<usize> = places.iter().map(|place| fold_of[*place]).collect();
    let kept: Vec<bool> = places.iter().map(|place| kept[*place]).collect();
    let ground = Ground {
        messages,
        places: &places,
        fold_of: &fold_of,
        kept: &kept,
    };
    learn(names, &ground, rows, (BITS, LABELS), judged)
}

/// The messages of one group of heads; all but the first in the order of the rows.
struct Ground<'a> {
    messages: &'a [Message],
    /// Where in the corpus a row's message stands.
    places: &'a [usize],
    fold_of: &'a [usize],
    /// Whether it may be learned from.
    kept: &'a [bool],
}

fn learn(
    names: &[&'static str],
    ground: &Ground<'_>,
    mut rows: Vec<Row>,
    (bits, settings): (u32, Settings),
    judged: &mut BTreeMap<&'static str, Vec<Judged>>,
) -> Tables {
    let Ground {
        messages,
        places,
        fold_of,
        kept,
    } = *ground;
    let buckets = 1_usize << bits;
    let rarity = rarity(&rows, buckets);
    for row in &mut rows {
        row.retain(|(bucket, _)| rarity[*bucket as usize] > 0.0);
        for (bucket, value) in row {
            *value *= rarity[*bucket as usize];
        }
    }
    // One job for each head and fold, and one for each head on everything.
    let jobs: Vec<(usize, usize)> = (0..names.len())
        .flat_map(|head| (0..=FOLDS).map(move |fold| (head, fold)))
        .collect();
    let weights = pool::map(&jobs, |(head, fold)| {
        let (mut chosen, mut wanted) = (Vec::new(), Vec::new());
        for (index, row) in rows.iter().enumerate() {
            if fold_of[index] != *fold && kept[index] {
                chosen.push(row);
                wanted.push(labels::wanted(&messages[places[index]], names[*head]));
            }
        }
        svm::train(&chosen, &wanted, buckets, settings)
    });
    let at = |head: usize, fold: usize| &weights[head * (FOLDS + 1) + fold];
    let mut table_heads = Vec::new();
    for (head, name) in names.iter().enumerate() {
        let list: Vec<Judged> = rows
            .iter()
            .enumerate()
            .map(|(index, row)| Judged {
                message: places[index],
                margin: margin(at(head, fold_of[index]), row),
                wanted: labels::wanted(&messages[places[index]], name),
            })
            .collect();
        let margins: Vec<f32> = list.iter().map(|judged| judged.margin).collect();
        let wanted: Vec<bool> = list.iter().map(|judged| judged.wanted).collect();
        let curve = platt::fit(&margins, &wanted);
        let probabilities: Vec<(f32, bool)> = list
            .iter()
            .map(|judged| (curve.at(judged.margin), judged.wanted))
            .collect();
        table_heads.push(Head {
            name: (*name).to_owned(),
            scale: 0.0,
            bias: 0.0,
            curve,
            thresholds: thresholds::choose(name, &probabilities),
        });
        judged.insert(name, list);
    }
    let table = |fold: usize| {
        let weights: Vec<Vec<f32>> = (0..names.len())
            .map(|head| {
                let mut weights = at(head, fold).clone();
                for (weight, rarity) in weights.iter_mut().zip(&rarity) {
                    *weight *= rarity;
                }
                weights
            })
            .collect();
        Table::new(table_heads.clone(), bits, &weights)
    };
    Tables {
        all: table(FOLDS),
        folds: (0..FOLDS).map(table).collect(),
    }
}

/// The same authors at every run, and all of a smaller share also in a larger.
fn is_kept(author: &str, share: f32) -> bool {
    let hash = author.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    ((hash >> 8) % 100) as f32 <= share * 100.0
}

/// The features of a text as buckets, each once.
fn row(features: &super::Bucketed) -> Row {
    let mut row: Row = Vec::new();
    for block in 0..BLOCKS {
        let value = features.value(block);
        row.extend(
            features.found[block]
                .iter()
                .map(|feature| (feature.bucket, value)),
        );
    }
    row.sort_unstable_by_key(|(bucket, _)| *bucket);
    row.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    row
}

/// How much the presence of a bucket tells, before anybody looks at labels; nothing for those seen once.
fn rarity(rows: &[Row], buckets: usize) -> Vec<f32> {
    let mut seen = vec![0_u32; buckets];
    for row in rows {
        for (bucket, _) in row {
            seen[*bucket as usize] += 1;
        }
    }
    let total = rows.len() as f32 + 1.0;
    seen.iter()
        .map(|count| {
            if *count < 2 {
                0.0
            } else {
                ((total / (*count as f32 + 1.0)).ln() + 1.0) / 7.0
            }
        })
        .collect()
}
