//! Why a command did not do what it was asked, and what the shell is told.

use reqwest::StatusCode;
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;

/// Nobody waits longer than this because a server said so.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// A failure of a command.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The command line, a setting or a file is not one that can be used.
    #[error("{0}")]
    Usage(String),
    /// Nobody is signed in, or the credential is not accepted.
    #[error("{0}")]
    Credentials(String),
    /// No answer, for as long as it was tried.
    #[error("{0}; the same command goes on later")]
    Unreachable(String),
    /// The gateway said no.
    #[error("{0}")]
    Refused(Box<Problem>),
    /// The check of a document's bytes did.
    #[error("the document {id} was rejected: {reason}")]
    Rejected {
        /// The document.
        id: String,
        /// As the gateway names it.
        reason: String,
    },
    /// What is watched came to an end before the patient had everything.
    #[error("the link {id} ended: {how}")]
    Ended {
        /// The link.
        id: String,
        /// As `link.locked`.
        how: String,
    },
    /// Some rows of an import were.
    #[error("{rejected} rows were rejected; {path} says which and why")]
    RowsRejected {
        /// How many.
        rejected: u64,
        /// Where they are listed.
        path: String,
    },
    /// The guard would hold or block a message.
    #[error("the guard would not let the message leave as it is")]
    Guarded,
    /// Something on this machine, or an answer that is none.
    #[error("{0}")]
    Other(String),
}

impl Failure {
    /// What the process exits with.
    pub(super) const fn exit_code(&self) -> u8 {
        match self {
            Self::Refused(_) | Self::Other(_) => 1,
            Self::Usage(_) => 2,
            Self::Credentials(_) => 3,
            Self::Unreachable(_) => 4,
            Self::Rejected { .. } => 5,
            Self::Ended { .. } => 6,
            Self::RowsRejected { .. } => 7,
            Self::Guarded => 8,
        }
    }

    /// For programs that read it.
    pub(super) fn record(&self) -> Value {
        let mut record = json!({
            "type": "error", "message": self.to_string(), "exitCode": self.exit_code(),
        });
        if let Self::Refused(problem) = self {
            record["reason"] = json!(problem.reason);
            record["status"] = json!(problem.status);
            record["violations"] = json!(problem.violations);
            record["requestId"] = json!(problem.request_id);
        }
        record
    }

    /// Whether the gateway refused with this reason.
    pub(super) fn is(&self, reason: &str) -> bool {
        matches!(self, Self::Refused(problem) if problem.reason == reason)
    }
}

/// What RFC 9457 and our own members of it say.
#[derive(Debug, Default)]
pub(super) struct Problem {
    pub(super) status: u16,
    pub(super) reason: String,
    detail: String,
    violations: Vec<Value>,
    request_id: String,
    retry_after: Option<Duration>,
}

impl Problem {
    /// Reads the body of a refusal, which may come from a proxy and be anything.
    pub(super) fn read(status: StatusCode, body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        Self::of(status.as_u16(), &body)
    }

    /// Reads a problem inside another answer.
    pub(super) fn of(status: u16, body: &Value) -> Self {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        Self {
            status,
            reason: text("reason"),
            detail: text("detail"),
            violations: body["violations"].as_array().cloned().unwrap_or_default(),
            request_id: text("instance"),
            retry_after: body["retry_after_seconds"]
                .as_u64()
                .map(Duration::from_secs),
        }
    }

    /// How long the gateway asks to wait, if that helps and is bearable.
    pub(super) fn wait(&self) -> Option<Duration> {
        self.retry_after.filter(|wait| *wait <= LONGEST_WAIT)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.detail.is_empty() {
            write!(f, "the gateway answered {}", self.status)?;
        } else {
            f.write_str(&self.detail)?;
        }
        for violation in &self.violations {
            let text = |name: &str| violation[name].as_str().unwrap_or_default();
            write!(f, "; {} {}", text("field"), text("description"))?;
        }
        match (self.reason.as_str(), self.request_id.as_str()) {
            ("", "") => Ok(()),
            (reason, "") => write!(f, " ({reason})"),
            ("", id) => write!(f, " (request {id})"),
            (reason, id) => write!(f, " ({reason}, request {id})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_reads_as_one_line_with_field_reason_and_request() {
        let body = json!({
            "detail": "the request is not valid", "reason": "INVALID_REQUEST", "instance": "r1",
            "violations": [{ "field": "max_unlocks", "description": "must be 1 to 10" }],
        });
        let failure = Failure::Refused(Box::new(Problem::of(400, &body)));
        assert_eq!(
            failure.to_string(),
            "the request is not valid; max_unlocks must be 1 to 10 (INVALID_REQUEST, request r1)"
        );
        assert_eq!(failure.record()["violations"][0]["field"], "max_unlocks");
    }

    #[test]
    fn the_page_of_a_proxy_is_told_by_its_status() {
        let problem = Problem::read(StatusCode::BAD_GATEWAY, b"<html>");
        assert_eq!(problem.to_string(), "the gateway answered 502");
    }
}
