//! What counts as found, chosen on judgements of models that had not read the authors.

use crate::eval::{Counts, best_f1, counts_at, threshold_for_recall};
use crate::model::Thresholds;

/// Of messages that are not wanted, the share that may be held and the share that may be blocked.
const FALSE_HOLDS: f64 = 0.01;
const FALSE_BLOCKS: f64 = 0.001;
/// How much F1 may be given up for fewer false alarms.
const PRICE: f64 = 0.01;

/// What staff see while they write: the most precise threshold that is nearly as good as the best by F1.
const SEEN_BY_WRITERS: [&str; 3] = ["rude", "flirting", "off_topic"];

/// How much of a label has to be found. Where missing one harms, recall is set; the others take the best by F1.
fn recall_of(head: &str) -> Option<f64> {
    match head {
        "urgent" => Some(0.92),
        // The rule over drugs and doses finds more.
        "clinical_advice" => Some(0.90),
        "opt_out" => Some(0.88),
        _ => None,
    }
}

/// Chooses the thresholds of a head.
pub(crate) fn choose(head: &str, judged: &[(f32, bool)]) -> Thresholds {
    let warn = match recall_of(head) {
        Some(recall) => threshold_for_recall(judged, recall),
        None if SEEN_BY_WRITERS.contains(&head) => precise(judged),
        None => best_f1(judged).1,
    };
    let hold = for_false_alarms(judged, FALSE_HOLDS).max(warn);
    Thresholds {
        warn,
        hold,
        block: for_false_alarms(judged, FALSE_BLOCKS).max(hold),
    }
}

fn precise(judged: &[(f32, bool)]) -> f32 {
    let mut scores: Vec<f32> = judged.iter().filter(|j| j.1).map(|j| j.0).collect();
    scores.sort_by(f32::total_cmp);
    let figures: Vec<(f32, Counts)> = scores
        .iter()
        .step_by((scores.len() / 200).max(1))
        .map(|score| (*score, counts_at(judged, *score)))
        .collect();
    let best = figures
        .iter()
        .map(|(_, counts)| counts.f1())
        .fold(0.0, f64::max);
    figures
        .iter()
        .rev()
        .find(|(_, counts)| counts.f1() >= best - PRICE)
        .map_or(0.5, |(score, _)| *score)
}

/// The lowest threshold that lets so few of the unwanted through; the scores of probabilities end at 1.
fn for_false_alarms(judged: &[(f32, bool)], share: f64) -> f32 {
    let mut unwanted: Vec<f32> = judged.iter().filter(|j| !j.1).map(|j| j.0).collect();
    unwanted.sort_by(|a, b| b.total_cmp(a));
    let allowed = (unwanted.len() as f64 * share) as usize;
    unwanted
        .get(allowed)
        .map_or(1.0, |score| score + 1e-4)
        .min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recall_is_kept_and_false_alarms_are_few() {
        let judged: Vec<(f32, bool)> = (0..2000)
            .map(|n| {
                (
                    ((n * 37) % 1000) as f32 / 1000.0 * 0.7 + f32::from(u8::from(n % 5 == 0)) * 0.3,
                    n % 5 == 0,
                )
            })
            .collect();
        let urgent = choose("urgent", &judged);
        assert!(counts_at(&judged, urgent.warn).recall() >= 0.92);
        assert!(urgent.warn <= urgent.hold && urgent.hold <= urgent.block);
        let blocked = counts_at(&judged, urgent.block);
        assert!(blocked.fp as f64 <= 0.001 * 1600.0);
    }
}
