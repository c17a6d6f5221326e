//! From domain to wire.

use crate::domain::Code as _;
use crate::domain::import::ConflictRule;
use crate::store::KeptResult;
use bitewing_proto::patient as pb;
use serde_json::Value;

pub(super) fn policy(rule: ConflictRule) -> pb::ImportPolicy {
    pb::ImportPolicy {
        conflict_rule: rule.code().into(),
    }
}

pub(super) fn result(kept: KeptResult) -> pb::ImportResult {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let violations = kept.violations.as_array().map(|all| {
        let all = all.iter().map(|one| pb::ImportViolation {
            field: text(&one[0]),
            description: text(&one[1]),
        });
        all.collect()
    });
    pb::ImportResult {
        row_number: kept.row_number,
        outcome: kept.outcome.code().into(),
        patient_id: kept.patient.map(|id| id.to_string()).unwrap_or_default(),
        reason: kept.reason,
        violations: violations.unwrap_or_default(),
    }
}
