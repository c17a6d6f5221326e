//! Learning heads over the points of an encoder.

use std::collections::BTreeMap;

use bitewing_core::Language;
use ndarray::Array1;

use super::encoder::Encoder;
use super::heads::{COMMON, Half, Heads, Mix, mixed};
use crate::corpus::{Direction, Message};
use crate::eval::best_f1;
use crate::model::heads::{FIRST_INTENT, IN, INTENTS, OUT};
use crate::model::train::learn::{Ground, Tables, learn};
use crate::model::train::platt::Curve;
use crate::model::train::svm::{Row, Settings};
use crate::model::train::{FOLDS, Judged, Trained, platt, pool, thresholds};

/// Points have length 1: a mistake is as dear as in the built-in model's tables.
const SETTINGS: Settings = Settings {
    cost: 0.3,
    passes: 40,
};

/// What the points may count beside the shares of intents; the best is taken.
const WEIGHTS: [f32; 5] = [0.25, 0.5, 0.75, 1.0, 1.5];

/// What is known of the encoder.
#[derive(Debug, Clone)]
pub struct About {
    /// Its fingerprint.
    pub encoder: String,
    /// The languages to learn.
    pub languages: Vec<Language>,
    /// What stands before every text.
    pub prefix: String,
}

/// Heads, learned from everything and from all folds but one.
#[derive(Debug)]
pub struct TrainedHeads {
    /// From everything.
    pub all: Heads,
    /// Each from all folds but its own.
    pub folds: Vec<Heads>,
    /// Per head: how many messages, how many wanted, and the best F1 of the built-in model, of the points alone,
    /// and of both, by models that had not read the authors.
    pub figures: BTreeMap<&'static str, Figures>,
    /// How often the first intent is right, without the points and with them.
    pub intents: (f64, f64),
}

/// The best F1 of a head, three times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Messages.
    pub n: usize,
    /// Wanted ones.
    pub wanted: usize,
    /// The built-in model.
    pub base: f64,
    /// The points alone.
    pub own: f64,
    /// Both.
    pub both: f64,
}

/// The point of every message in a language that is to be learned.
pub fn points(messages: &[Message], encoder: &Encoder, about: &About) -> Vec<Option<Array1<f32>>> {
    pool::map(messages, |message| {
        let language = message.lang.parse::<Language>().ok()?;
        if !about.languages.contains(&language) {
            return None;
        }
        encoder.embed(&format!("{}{}", about.prefix, message.text), &|| true)
    })
}

/// Learns heads. A message without a point is left out.
pub fn train_heads(
    messages: &[Message],
    points: &[Option<Array1<f32>>],
    trained: &Trained,
    about: &About,
) -> TrainedHeads {
    let mut figures = BTreeMap::new();
    let out = half(
        Direction::Out,
        &OUT,
        messages,
        points,
        trained,
        &mut figures,
    );
    let inbound = half(Direction::In, &IN, messages, points, trained, &mut figures);
    let (curves, weight, intents) = intents(&inbound, trained);
    let build = |table: &dyn Fn(&Tables) -> crate::model::Table| Heads {
        encoder: about.encoder.clone(),
        languages: about.languages.clone(),
        prefix: about.prefix.clone(),
        out: Half {
            table: table(&out.tables),
            mixes: out.mixes.clone(),
        },
        inbound: Half {
            table: table(&inbound.tables),
            mixes: inbound.mixes.clone(),
        },
        curves: curves.clone(),
        weight,
    };
    TrainedHeads {
        all: build(&|tables| tables.all.clone()),
        folds: (0..FOLDS)
            .map(|fold| build(&|tables| tables.folds[fold].clone()))
            .collect(),
        figures,
        intents,
    }
}

/// How much the points may say of the intent, and the accuracy without and with them.
fn intents(inbound: &Learned, trained: &Trained) -> (Vec<Curve>, f32, (f64, f64)) {
    let heads = FIRST_INTENT..FIRST_INTENT + INTENTS;
    let curves: Vec<Curve> = heads
        .clone()
        .map(|head| platt::fit(&inbound.own[head], &inbound.wanted[head]))
        .collect();
    let rows = inbound.wanted[0].len();
    let accuracy = |weight: f32| {
        let right = (0..rows)
            .filter(|row| {
                let base: Vec<f32> = inbound.base.iter().map(|column| column[*row]).collect();
                let own: Vec<f32> = heads.clone().map(|head| inbound.own[head][*row]).collect();
                let shares = mixed(&trained.model.intents.shares(&base), &own, &curves, weight);
                let first = (0..INTENTS).max_by(|a, b| shares[*a].total_cmp(&shares[*b]));
                first.is_some_and(|first| inbound.wanted[FIRST_INTENT + first][*row])
            })
            .count();
        right as f64 / rows.max(1) as f64
    };
    let mut best = (0.0, accuracy(0.0));
    for weight in WEIGHTS {
        let reached = accuracy(weight);
        if reached > best.1 {
            best = (weight, reached);
        }
    }
    let without = accuracy(0.0);
    (curves, best.0, (without, best.1))
}

struct Learned {
    tables: Tables,
    mixes: Vec<Mix>,
    /// Margins of the built-in model and over the points, by head and message.
    base: Vec<Vec<f32>>,
    own: Vec<Vec<f32>>,
    /// By head and message.
    wanted: Vec<Vec<bool>>,
}

fn half(
    direction: Direction,
    names: &[&'static str],
    messages: &[Message],
    points: &[Option<Array1<f32>>],
    trained: &Trained,
    figures: &mut BTreeMap<&'static str, Figures>,
) -> Learned {
    let places: Vec<usize> = (0..messages.len())
        .filter(|place| messages[*place].direction == direction && points[*place].is_some())
        .collect();
    let rows: Vec<Row> = places
        .iter()
        .filter_map(|place| points[*place].as_ref())
        .map(row)
        .collect();
    let width = rows.first().map_or(8, Vec::len);
    let bits = width.next_power_of_two().ilog2().max(3);
    let fold_of: Vec<usize> = places.iter().map(|place| trained.fold_of[*place]).collect();
    let kept = vec![true; places.len()];
    let ground = Ground {
        messages,
        places: &places,
        fold_of: &fold_of,
        kept: &kept,
    };
    let mut judged = BTreeMap::new();
    let tables = learn(names, &ground, rows, (bits, SETTINGS), &mut judged);
    let mut learned = Learned {
        tables,
        mixes: Vec::new(),
        base: Vec::new(),
        own: Vec::new(),
        wanted: Vec::new(),
    };
    for name in names {
        let own = &judged[name];
        let base = at(&trained.judged[name], &places);
        let wanted: Vec<bool> = own.iter().map(|judged| judged.wanted).collect();
        let own: Vec<f32> = own.iter().map(|judged| judged.margin).collect();
        let (weigh_base, weigh_own) = (1.0 / spread(&base), 1.0 / spread(&own));
        let both: Vec<f32> = base
            .iter()
            .zip(&own)
            .map(|(base, own)| base * weigh_base + own * weigh_own)
            .collect();
        let best = |margins: &[f32]| {
            let judged: Vec<(f32, bool)> = margins
                .iter()
                .copied()
                .zip(wanted.iter().copied())
                .collect();
            best_f1(&judged).0.f1()
        };
        figures.insert(
            name,
            Figures {
                n: wanted.len(),
                wanted: wanted.iter().filter(|yes| **yes).count(),
                base: best(&base),
                own: best(&own),
                both: best(&both),
            },
        );
        let curve = platt::fit(&both, &wanted);
        let probabilities: Vec<(f32, bool)> = both
            .iter()
            .zip(&wanted)
            .map(|(margin, yes)| (curve.at(*margin), *yes))
            .collect();
        learned.mixes.push(Mix {
            base: weigh_base,
            own: weigh_own,
            curve,
            thresholds: thresholds::choose(name, &probabilities),
        });
        learned.base.push(base);
        learned.own.push(own);
        learned.wanted.push(wanted);
    }
    learned
}

fn row(point: &Array1<f32>) -> Row {
    (0..)
        .zip(point.iter().map(|number| number * COMMON))
        .collect()
}

/// The margins of some messages, which are in the order of the corpus in both lists.
fn at(judged: &[Judged], places: &[usize]) -> Vec<f32> {
    let by_place: BTreeMap<usize, f32> = judged
        .iter()
        .map(|judged| (judged.message, judged.margin))
        .collect();
    places
        .iter()
        .map(|place| by_place.get(place).copied().unwrap_or_default())
        .collect()
}

/// The standard deviation.
fn spread(numbers: &[f32]) -> f32 {
    let count = numbers.len().max(1) as f32;
    let mean = numbers.iter().sum::<f32>() / count;
    let square = numbers.iter().map(|n| (n - mean) * (n - mean)).sum::<f32>() / count;
    square.sqrt().max(1e-6)
}
