//! From features to scores, and back to the parts of a text that weighed most.

use super::features::{BLOCKS, Block, Sink};
use super::table::Table;

/// How much each block weighs against the others; chosen by cross-validation.
const WEIGHTS: [f32; BLOCKS] = [1.0, 0.9, 0.7];

/// Features as buckets of a table of so many bits.
#[derive(Debug, Default)]
pub struct Bucketed {
    bits: u32,
    /// Per block.
    pub(crate) found: [Vec<Feature>; BLOCKS],
}

/// A bucket and the characters it came from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Feature {
    pub(crate) bucket: u32,
    pub(crate) from: u32,
    pub(crate) to: u32,
}

/// An empty sink for a table of so many bits.
pub fn bucketed(bits: u32) -> Bucketed {
    Bucketed {
        bits,
        found: Default::default(),
    }
}

impl Sink for Bucketed {
    fn put(&mut self, block: Block, hash: u32, from: usize, to: usize) {
        self.found[block as usize].push(Feature {
            bucket: hash >> (32 - self.bits),
            from: from as u32,
            to: to as u32,
        });
    }
}

impl Bucketed {
    /// What one feature of a block is worth.
    pub(crate) fn value(&self, block: usize) -> f32 {
        WEIGHTS[block] / (self.found[block].len().max(1) as f32).sqrt()
    }
}

/// What a table says of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// Margins, in the order of the heads.
    pub margins: Vec<f32>,
}

impl Scores {
    /// The probability of one head.
    pub fn probability(&self, table: &Table, column: usize) -> f32 {
        table.heads[column].curve.at(self.margins[column])
    }
}

impl Table {
    /// Judges features.
    pub fn score(&self, features: &Bucketed) -> Scores {
        let columns = self.heads.len();
        let mut margins: Vec<f32> = self.heads.iter().map(|head| head.bias).collect();
        let mut sums = vec![0_i32; columns];
        for (block, found) in features.found.iter().enumerate() {
            sums.fill(0);
            for feature in found {
                for (sum, step) in sums.iter_mut().zip(self.row(feature.bucket)) {
                    *sum += i32::from(*step);
                }
            }
            let value = features.value(block);
            for ((margin, sum), head) in margins.iter_mut().zip(&sums).zip(&self.heads) {
                *margin += *sum as f32 * value * head.scale;
            }
        }
        Scores { margins }
    }

    /// The characters that weighed most for a head: at most three ranges that do not overlap.
    pub fn evidence(
        &self,
        features: &Bucketed,
        column: usize,
        length: usize,
    ) -> Vec<(usize, usize)> {
        let mut weight = vec![0.0_f32; length];
        for (block, found) in features.found.iter().enumerate() {
            let value = features.value(block);
            for feature in found.iter().filter(|feature| feature.to > feature.from) {
                let share = f32::from(self.row(feature.bucket)[column]) * value
                    / (feature.to - feature.from) as f32;
                for place in &mut weight[feature.from as usize..feature.to as usize] {
                    *place += share;
                }
            }
        }
        let mut ranges: Vec<(f32, usize, usize)> = Vec::new();
        let mut start = 0;
        while start < length {
            let end = start + weight[start..].iter().take_while(|w| **w > 0.0).count();
            if end > start {
                ranges.push((weight[start..end].iter().sum(), start, end));
            }
            start = end + 1;
        }
        ranges.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        ranges.truncate(3);
        ranges.into_iter().map(|(_, from, to)| (from, to)).collect()
    }
}
