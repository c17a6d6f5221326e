//! Failures over HTTP: RFC 9457 problems made from the same `google.rpc.Status` gRPC clients get.

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// The media type of RFC 9457.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// The HTTP status of a code, as `google.rpc.Code` documents it.
pub const fn http_status(code: Code) -> StatusCode {
    match code {
        Code::Ok => StatusCode::OK,
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => {
            StatusCode::BAD_REQUEST
        }
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Cancelled => match StatusCode::from_u16(499) {
            Ok(status) => status,
            Err(_) => StatusCode::BAD_REQUEST,
        },
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::Unknown | Code::Internal | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The canonical name of a code.
pub const fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

/// The body of a problem.
pub fn body(status: &Status, request_id: &str) -> Value {
    let details = status.get_error_details();
    let http = http_status(status.code());
    let mut problem = json!({
        "type": "about:blank",
        "title": http.canonical_reason().unwrap_or("Error"),
        "status": http.as_u16(),
        "detail": status.message(),
        "code": code_name(status.code()),
    });
    if !request_id.is_empty() {
        problem["instance"] = json!(request_id);
    }
    if let Some(info) = details.error_info() {
        problem["reason"] = json!(info.reason);
        problem["domain"] = json!(info.domain);
    }
    if let Some(bad) = details.bad_request() {
        problem["violations"] = bad
            .field_violations
            .iter()
            .map(
                |violation| json!({"field": violation.field, "description": violation.description}),
            )
            .collect();
    }
    if let Some(delay) = details.retry_info().and_then(|info| info.retry_delay) {
        problem["retry_after_seconds"] = json!(delay.as_secs_f64().ceil().max(1.0) as u64);
    }
    problem
}

/// The whole answer.
pub fn response(status: &Status, request_id: &str) -> Response {
    let problem = body(status, request_id);
    let mut response = Response::new(Body::from(problem.to_string()));
    *response.status_mut() = http_status(status.code());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = problem["retry_after_seconds"].as_u64() {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if status.code() == Code::Unauthenticated {
        headers.insert(
            http::header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer"),
        );
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Refusal, Violation};

    #[test]
    fn shows_reason_and_violations() {
        let status = Status::from(Refusal::Invalid(vec![Violation::new(
            "a.b[0]",
            "is required",
        )]));
        assert_eq!(
            body(&status, "r1"),
            json!({
                "type": "about:blank", "title": "Bad Request", "status": 400,
                "detail": "the request is not valid", "code": "INVALID_ARGUMENT", "instance": "r1",
                "reason": "INVALID_REQUEST", "domain": "bitewing",
                "violations": [{"field": "a.b[0]", "description": "is required"}],
            })
        );
    }

    #[test]
    fn says_when_to_come_back() {
        let status = Status::from(Refusal::TooManyRequests(std::time::Duration::from_secs(7)));
        let response = response(&status, "r1");
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[RETRY_AFTER], "7");
    }
}
