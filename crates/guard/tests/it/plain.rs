//! Plain messages of ordinary days, written after the model was trained and never learned from.

use std::path::Path;

use bitewing_guard::corpus;
use bitewing_guard::eval::{self, Report};

use crate::{GUARD, POLICY};

fn report() -> Report {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/plain.jsonl");
    let messages = corpus::read_file(&file).unwrap();
    eval::judge(&messages, &POLICY, |_| &GUARD).unwrap()
}

#[test]
fn ordinary_days_raise_hardly_an_alarm() {
    let report = report();
    assert!(report.false_block_rate < 1e-9);
    assert!(report.false_warn_rate <= 0.05, "{}", report.false_warn_rate);
}

#[test]
fn plain_danger_advice_and_wishes_are_all_found() {
    let report = report();
    for label in ["urgent", "clinical_advice", "opt_out"] {
        let row = report
            .rows
            .iter()
            .find(|row| row.label == label && row.lang == "all")
            .unwrap();
        assert!(row.tp > 0 && row.missed == 0, "{row:?}");
    }
    assert!(report.intent_accuracy >= 0.85, "{}", report.intent_accuracy);
    assert!(
        report.language_accuracy >= 0.97,
        "{}",
        report.language_accuracy
    );
}
