//! Quantised weights: one row of small integers per bucket.

use ndarray::Array1;

use super::train::platt::Curve;

/// What a label asks of a score before it is found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// From here a person is told.
    pub warn: f32,
    /// From here somebody has to agree.
    pub hold: f32,
    /// From here it does not leave.
    pub block: f32,
}

/// One label of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Its name, one of [`super::heads`] or a language tag.
    pub name: String,
    /// What one step of its weights is worth.
    pub scale: f32,
    /// Where it starts from.
    pub bias: f32,
    /// From margin to probability.
    pub curve: Curve,
    /// What counts as found.
    pub thresholds: Thresholds,
}

/// Weights of several labels over the same buckets.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The labels, in the order of the columns.
    pub heads: Vec<Head>,
    /// Two to this power is the number of buckets.
    pub bits: u32,
    /// `buckets x heads`.
    pub(crate) steps: Vec<i8>,
}

impl Table {
    /// Quantises trained weights: for each label, its weights by bucket with the bias last.
    pub(crate) fn new(mut heads: Vec<Head>, bits: u32, weights: &[Vec<f32>]) -> Self {
        let buckets = 1_usize << bits;
        let mut steps = vec![0_i8; buckets * heads.len()];
        let columns = heads.len();
        for (column, (head, weights)) in heads.iter_mut().zip(weights).enumerate() {
            let largest = weights[..buckets]
                .iter()
                .fold(0.0_f32, |most, weight| most.max(weight.abs()));
            head.scale = (largest / 127.0).max(f32::MIN_POSITIVE);
            head.bias = weights[buckets];
            for (bucket, weight) in weights[..buckets].iter().enumerate() {
                steps[bucket * columns + column] = (weight / head.scale).round() as i8;
            }
        }
        Self { heads, bits, steps }
    }

    /// The weights of one bucket.
    pub(crate) fn row(&self, bucket: u32) -> &[i8] {
        let columns = self.heads.len();
        &self.steps[bucket as usize * columns..][..columns]
    }

    /// Judges a point whose numbers, so many times, are the first buckets.
    pub(crate) fn score_point(&self, point: &Array1<f32>, times: f32) -> Vec<f32> {
        let mut sums = vec![0.0_f32; self.heads.len()];
        for (number, row) in point.iter().zip(self.steps.chunks(self.heads.len())) {
            for (sum, step) in sums.iter_mut().zip(row) {
                *sum += number * f32::from(*step);
            }
        }
        for (sum, head) in sums.iter_mut().zip(&self.heads) {
            *sum = *sum * times * head.scale + head.bias;
        }
        sums
    }

    /// The bucket of a feature.
    pub fn bucket(&self, hash: u32) -> u32 {
        hash >> (32 - self.bits)
    }

    /// The column of a label.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.heads.iter().position(|head| head.name == name)
    }

    /// The number of weights that are not zero.
    pub fn weights(&self) -> usize {
        self.steps.iter().filter(|step| **step != 0).count()
    }
}
