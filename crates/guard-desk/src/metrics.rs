//! What the guard counts. No organization, no text and no name a clinic gave is ever a label.

use bitewing_guard::verdict::{Action, Analysis, Finding, Verdict};
use opentelemetry::metrics::Counter;
use opentelemetry::{KeyValue, global};

/// The instruments of the guard.
pub(crate) struct Metrics {
    verdicts: Counter<u64>,
    findings: Counter<u64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let meter = global::meter("bitewing.guard");
        Self {
            verdicts: meter
                .u64_counter("bitewing_guard_verdicts")
                .with_description("messages judged by direction and verdict")
                .build(),
            findings: meter
                .u64_counter("bitewing_guard_findings")
                .with_description("findings of the guard by rule and what they ask for")
                .build(),
        }
    }

    pub(crate) fn checked(&self, verdict: &Verdict) {
        self.judged("out", verdict.action, &verdict.findings);
    }

    pub(crate) fn analyzed(&self, analysis: &Analysis) {
        let strongest = analysis.findings.iter().map(|finding| finding.action).max();
        self.judged("in", strongest.unwrap_or(Action::Allow), &analysis.findings);
    }

    fn judged(&self, direction: &'static str, action: Action, findings: &[Finding]) {
        let direction = KeyValue::new("direction", direction);
        self.verdicts
            .add(1, &[direction, KeyValue::new("action", word(action))]);
        for finding in findings {
            let rule = KeyValue::new("rule", label(&finding.rule).to_owned());
            self.findings
                .add(1, &[rule, KeyValue::new("action", word(finding.action))]);
        }
    }
}

/// A rule as a label: those of clinics all count as one, their names are the clinics' own.
fn label(rule: &str) -> &str {
    match rule.split_once('.') {
        Some((kind @ ("phrase" | "pattern"), _)) => kind,
        _ => rule,
    }
}

const fn word(action: Action) -> &'static str {
    match action {
        Action::Allow => "allow",
        Action::Warn => "warn",
        Action::RequireApproval => "require_approval",
        Action::Block => "block",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_a_clinic_gave_are_no_labels() {
        assert_eq!(label("phrase.our_rival"), "phrase");
        assert_eq!(label("pattern.room"), "pattern");
        assert_eq!(label("meaning.rude"), "meaning.rude");
    }
}
