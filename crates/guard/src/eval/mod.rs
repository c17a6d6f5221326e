//! Measuring: labelled messages against verdicts.

mod figures;
mod learned;
mod verdicts;

pub use figures::{Counts, Interval, best_f1, counts_at, threshold_for_recall, wilson};
pub use learned::{best_by_head, learned, second};
pub use verdicts::{IN_LABELS, OUT_LABELS, Report, Row, judge, outbound};
