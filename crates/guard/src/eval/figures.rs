//! Precision, recall and how far a count can be trusted.

use serde::Serialize;

/// What happened to the messages of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Messages that were judged on the label.
    pub n: usize,
    /// Found, and wanted.
    pub tp: usize,
    /// Found, not wanted.
    pub fp: usize,
    /// Wanted, not found.
    pub fn_: usize,
}

impl Counts {
    /// Counts one message.
    pub fn add(&mut self, wanted: bool, found: bool) {
        self.n += 1;
        match (wanted, found) {
            (true, true) => self.tp += 1,
            (false, true) => self.fp += 1,
            (true, false) => self.fn_ += 1,
            (false, false) => {}
        }
    }

    /// Of what was found, the share that was wanted; 1 when nothing was found.
    pub fn precision(self) -> f64 {
        share(self.tp, self.tp + self.fp)
    }

    /// Of what was wanted, the share that was found; 1 when nothing was wanted.
    pub fn recall(self) -> f64 {
        share(self.tp, self.tp + self.fn_)
    }

    /// The harmonic mean of both.
    pub fn f1(self) -> f64 {
        share(2 * self.tp, 2 * self.tp + self.fp + self.fn_)
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}

/// The range a share lies in with 95 % confidence (Wilson 1927).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// From.
    pub low: f64,
    /// To.
    pub high: f64,
}

/// The Wilson interval of a share; everything when nothing was counted.
pub fn wilson(part: usize, whole: usize) -> Interval {
    if whole == 0 {
        return Interval {
            low: 0.0,
            high: 1.0,
        };
    }
    let z = 1.959_964_f64;
    let (n, p) = (whole as f64, part as f64 / whole as f64);
    let middle = p + z * z / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    Interval {
        low: ((middle - half) / scale).max(0.0),
        high: ((middle + half) / scale).min(1.0),
    }
}

/// The counts at the threshold where F1 is best, and that threshold.
pub fn best_f1(judged: &[(f32, bool)]) -> (Counts, f32) {
    let mut sorted: Vec<(f32, bool)> = judged.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let positives = sorted.iter().filter(|(_, wanted)| *wanted).count();
    let mut best = (
        Counts {
            n: sorted.len(),
            fn_: positives,
            ..Counts::default()
        },
        f32::INFINITY,
    );
    let mut now = best.0;
    for (index, (score, wanted)) in sorted.iter().enumerate() {
        if *wanted {
            now.tp += 1;
            now.fn_ -= 1;
        } else {
            now.fp += 1;
        }
        let ties = sorted.get(index + 1).is_some_and(|next| next.0 >= *score);
        if !ties && now.f1() > best.0.f1() {
            best = (now, *score);
        }
    }
    best
}

/// The highest threshold at which at least this share of the wanted is found.
pub fn threshold_for_recall(judged: &[(f32, bool)], recall: f64) -> f32 {
    let mut wanted: Vec<f32> = judged.iter().filter(|j| j.1).map(|j| j.0).collect();
    wanted.sort_by(|a, b| b.total_cmp(a));
    let count = (wanted.len() as f64 * recall).ceil() as usize;
    wanted
        .get(count.saturating_sub(1))
        .copied()
        .unwrap_or(f32::INFINITY)
}

/// The counts at a threshold.
pub fn counts_at(judged: &[(f32, bool)], threshold: f32) -> Counts {
    let mut counts = Counts::default();
    for (score, wanted) in judged {
        counts.add(*wanted, *score >= threshold);
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_of_six_still_means_at_least_six_tenths() {
        let interval = wilson(6, 6);
        assert!((interval.low - 0.61).abs() < 0.005, "{interval:?}");
        assert!((interval.high - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_best_threshold_is_found() {
        let judged = [
            (0.9, true),
            (0.8, true),
            (0.7, false),
            (0.6, true),
            (0.1, false),
        ];
        let (counts, threshold) = best_f1(&judged);
        assert_eq!((counts.tp, counts.fp, counts.fn_), (3, 1, 0));
        assert_eq!(threshold.to_bits(), 0.6_f32.to_bits());
        assert_eq!(counts_at(&judged, threshold_for_recall(&judged, 0.6)).fp, 0);
    }
}
