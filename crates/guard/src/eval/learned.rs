//! What the model alone learned, judged on authors it never read.

use std::fmt::Write as _;

use bitewing_core::Language;

use super::figures::{best_f1, counts_at, threshold_for_recall};
use crate::corpus::Message;
use crate::embed::train::TrainedHeads;
use crate::model::train::Trained;

/// A Markdown table: per head the best F1 of all languages together, precision where recall is 0.90, and
/// the best F1 by language.
pub fn learned(trained: &Trained, messages: &[Message]) -> String {
    let mut text =
        String::from("| label | positives | F1 | precision | recall | precision at recall 0.90 |");
    for language in Language::ALL {
        let _ = write!(text, " {language} |");
    }
    text.push_str("\n|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (head, judged) in &trained.judged {
        let all: Vec<(f32, bool)> = judged.iter().map(|j| (j.margin, j.wanted)).collect();
        let (counts, _) = best_f1(&all);
        let often = counts_at(&all, threshold_for_recall(&all, 0.9));
        let _ = write!(
            text,
            "| {head} | {} | {:.3} | {:.3} | {:.3} | {:.3} |",
            counts.tp + counts.fn_,
            counts.f1(),
            counts.precision(),
            counts.recall(),
            often.precision()
        );
        for language in Language::ALL {
            let own: Vec<(f32, bool)> = judged
                .iter()
                .filter(|j| messages[j.message].lang == language.tag())
                .map(|j| (j.margin, j.wanted))
                .collect();
            let _ = write!(text, " {:.2} |", best_f1(&own).0.f1());
        }
        text.push('\n');
    }
    text
}

/// A Markdown table: per head the best F1 of the built-in model, of the points alone and of both.
pub fn second(learned: &TrainedHeads) -> String {
    let mut text = String::from(
        "| label | messages | positives | built-in model | points alone | both |\n|---|---|---|---|---|---|\n",
    );
    for (head, figures) in &learned.figures {
        let _ = writeln!(
            text,
            "| {head} | {} | {} | {:.3} | {:.3} | {:.3} |",
            figures.n, figures.wanted, figures.base, figures.own, figures.both
        );
    }
    let (without, with) = learned.intents;
    let _ = writeln!(
        text,
        "\nThe first intent is right in {without:.3} of the messages without the points, in {with:.3} with them."
    );
    text
}

/// The best F1 of every head.
pub fn best_by_head(trained: &Trained) -> std::collections::BTreeMap<&'static str, f64> {
    trained
        .judged
        .iter()
        .map(|(head, judged)| {
            let all: Vec<(f32, bool)> = judged.iter().map(|j| (j.margin, j.wanted)).collect();
            (*head, best_f1(&all).0.f1())
        })
        .collect()
}
