//! What tests ask of answers, and what they send.

use bitewing_proto::patient as patient_pb;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

pub(crate) fn point(kind: patient_pb::ContactPointKind, value: &str) -> patient_pb::ContactPoint {
    patient_pb::ContactPoint {
        kind: kind.into(),
        value: value.to_owned(),
        ..Default::default()
    }
}

/// A file that starts as PDF does, its other bytes of a prime period.
pub(crate) fn pdf(length: usize) -> Vec<u8> {
    let body = (0..=250u8).cycle();
    b"%PDF-1.7\n"
        .iter()
        .copied()
        .chain(body)
        .take(length)
        .collect()
}

/// A code that is wrong.
pub(crate) fn wrong(code: &str) -> String {
    let first = code.as_bytes()[0];
    let other = if first == b'9' {
        '0'
    } else {
        char::from(first + 1)
    };
    format!("{other}{}", &code[1..])
}

/// The code and the stable reason of a refusal.
pub(crate) fn reason(status: &Status) -> (Code, String) {
    let info = status.get_details_error_info();
    (
        status.code(),
        info.map(|info| info.reason).unwrap_or_default(),
    )
}

/// The stable reason of a refusal.
pub(crate) fn why<T>(answer: Result<T, Status>) -> String {
    reason(&answer.err().unwrap()).1
}

/// The paths a refusal names.
pub(crate) fn paths(status: &Status) -> Vec<String> {
    let details = status.get_details_bad_request();
    let violations = details
        .map(|details| details.field_violations)
        .unwrap_or_default();
    violations
        .into_iter()
        .map(|violation| violation.field)
        .collect()
}

/// Asks again until there is an answer.
pub(crate) async fn until<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(tokio::time::Instant::now() < deadline, "it never happened");
        tokio::task::yield_now().await;
    }
}
