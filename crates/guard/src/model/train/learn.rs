//! Learning a group of heads.

use std::collections::BTreeMap;

use super::svm::{self, Row, Settings, margin};
use super::{FOLDS, Judged, labels, platt, pool, thresholds};
use crate::corpus::Message;
use crate::model::table::{Head, Table};
use crate::model::{BLOCKS, Bucketed};

/// Tables of one group of heads.
pub(crate) struct Tables {
    pub(crate) all: Table,
    pub(crate) folds: Vec<Table>,
}

/// The messages of one group of heads; all but the first in the order of the rows.
pub(crate) struct Ground<'a> {
    pub(crate) messages: &'a [Message],
    /// Where in the corpus a row's message stands.
    pub(crate) places: &'a [usize],
    pub(crate) fold_of: &'a [usize],
    /// Whether it may be learned from.
    pub(crate) kept: &'a [bool],
}

/// Learns heads from rows: on each fold's others, and on everything.
pub(crate) fn learn(
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

/// The features of a text as buckets, each once.
pub(crate) fn row(features: &Bucketed) -> Row {
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
