//! Failures of a JSON call: the problem `bitewing_rpc` makes of any status, and what only the edge
//! knows on top of it.

use super::routes::Miss;
use super::violation::Violations;
use axum::body::Body;
use axum::response::Response;
use bitewing_rpc::problem;
use bitewing_rpc::{Failure, Kind, Refusal, Violation};
use bytes::Bytes;
use http::header::{ALLOW, HeaderValue};
use http::{Method, StatusCode};
use serde_json::Value;
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// A failure as an HTTP caller gets it (RFC 9457).
///
/// The type is always `about:blank`, so the title is the phrase of the HTTP status (RFC 9457 section
/// 4.2.1); what tells one failure from another is `reason` within `domain`, as in gRPC.
pub struct Problem {
    status: Status,
    http: StatusCode,
    /// The methods a path takes, if it does not take the one of the request.
    allow: Vec<Method>,
    /// The reason of each violation, in their order.
    reasons: Vec<String>,
    request_id: String,
}

impl Problem {
    /// Translates the status a service answered with. `details` is the encoded `google.rpc.Status`
    /// of `grpc-status-details-bin`; if it cannot be read it is left out.
    pub fn from_status(code: Code, message: &str, details: Bytes, request_id: &str) -> Self {
        let status = Status::with_details(code, message, details);
        let violations = status
            .get_details_bad_request()
            .map(|request| request.field_violations);
        let reasons = violations
            .unwrap_or_default()
            .into_iter()
            .map(|violation| violation.reason);
        Self {
            reasons: reasons.collect(),
            ..Self::new(status, request_id)
        }
    }

    /// Shows a failure the gateway itself found.
    pub fn from_failure(failure: &(impl Failure + 'static), request_id: &str) -> Self {
        Self::new(bitewing_rpc::status(failure), request_id)
    }

    /// Answers a request that could not be read, with the reason a service would give.
    pub fn from_violations(violations: &Violations, request_id: &str) -> Self {
        let named = violations
            .iter()
            .map(|violation| Violation::new(&violation.field, &violation.description));
        let reasons = violations
            .iter()
            .map(|violation| violation.reason.as_str().to_owned());
        let refusal = Refusal::Invalid(named.collect());
        Self {
            reasons: reasons.collect(),
            ..Self::from_failure(&refusal, request_id)
        }
    }

    /// Answers a request no route takes.
    pub fn from_miss(miss: &Miss, request_id: &str) -> Self {
        let problem = Self::from_failure(miss, request_id);
        match miss {
            Miss::Malformed | Miss::NotFound => problem,
            Miss::MethodNotAllowed { allow } => Self {
                allow: allow.clone(),
                ..problem
            }
            .with_http_status(StatusCode::METHOD_NOT_ALLOWED),
        }
    }

    /// The same with an HTTP status that says more than the code does, as 413 or 415.
    #[must_use]
    pub fn with_http_status(self, http: StatusCode) -> Self {
        Self { http, ..self }
    }

    /// The HTTP status.
    pub fn http_status(&self) -> StatusCode {
        self.http
    }

    /// The JSON body.
    pub fn body(&self) -> Value {
        let mut body = problem::body(&self.status, &self.request_id);
        if self.http != problem::http_status(self.status.code()) {
            body["status"] = self.http.as_u16().into();
            body["title"] = self.http.canonical_reason().unwrap_or("Error").into();
        }
        let violations = body.get_mut("violations").and_then(Value::as_array_mut);
        for (violation, reason) in violations.into_iter().flatten().zip(&self.reasons) {
            if !reason.is_empty() {
                violation["reason"] = reason.as_str().into();
            }
        }
        body
    }

    /// The line that ends a stream of NDJSON which failed, `{"error": ...}`.
    pub fn line(&self) -> Vec<u8> {
        format!("{{\"error\":{}}}\n", self.body()).into_bytes()
    }

    /// The whole HTTP answer.
    pub fn into_response(self) -> Response {
        let mut response = problem::response(&self.status, &self.request_id);
        *response.status_mut() = self.http;
        *response.body_mut() = Body::from(self.body().to_string());
        if !self.allow.is_empty() {
            let names: Vec<_> = self.allow.iter().map(Method::as_str).collect();
            let allow = HeaderValue::from_str(&names.join(", ")).expect("methods are tokens");
            response.headers_mut().insert(ALLOW, allow);
        }
        response
    }

    fn new(status: Status, request_id: &str) -> Self {
        Self {
            http: problem::http_status(status.code()),
            status,
            allow: Vec::new(),
            reasons: Vec::new(),
            request_id: request_id.to_owned(),
        }
    }
}

impl Failure for Miss {
    fn kind(&self) -> Kind {
        match self {
            Self::Malformed | Self::MethodNotAllowed { .. } => Kind::Invalid,
            Self::NotFound => Kind::NotFound,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Malformed => "PATH_MALFORMED",
            Self::NotFound => "NO_SUCH_METHOD",
            Self::MethodNotAllowed { .. } => "METHOD_NOT_ALLOWED",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::send;
    use super::*;
    use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
    use std::collections::HashMap;
    use std::time::Duration;
    use tonic_types::{ErrorDetails, FieldViolation};

    fn json(problem: &Problem) -> String {
        serde_json::to_string_pretty(&problem.body()).unwrap()
    }

    #[test]
    fn tells_all_a_status_says() {
        let mut details = ErrorDetails::new();
        details.set_error_info("RECALL_TOO_SOON", "bitewing", HashMap::new());
        details.set_bad_request(vec![FieldViolation {
            field: "patient.birth_date".to_owned(),
            description: "must be in the past".to_owned(),
            reason: "IN_FUTURE".to_owned(),
            localized_message: None,
        }]);
        details.set_retry_info(Some(Duration::from_secs(2)));
        let status =
            Status::with_error_details(Code::InvalidArgument, "the request is invalid", details);
        let details = Bytes::copy_from_slice(status.details());
        let problem = Problem::from_status(status.code(), status.message(), details, "req_1");
        insta::assert_snapshot!(json(&problem), @r#"
        {
          "type": "about:blank",
          "title": "Bad Request",
          "status": 400,
          "detail": "the request is invalid",
          "code": "INVALID_ARGUMENT",
          "instance": "req_1",
          "reason": "RECALL_TOO_SOON",
          "domain": "bitewing",
          "violations": [
            {
              "field": "patient.birth_date",
              "description": "must be in the past",
              "reason": "IN_FUTURE"
            }
          ],
          "retry_after_seconds": 2
        }
        "#);
        assert_eq!(problem.into_response().headers()[RETRY_AFTER], "2");
    }

    #[test]
    fn details_that_cannot_be_read_are_left_out() {
        let garbage = Bytes::from_static(b"\xff\xff\xff");
        let problem = Problem::from_status(Code::Unavailable, "try again", garbage, "req_2");
        insta::assert_snapshot!(json(&problem), @r#"
        {
          "type": "about:blank",
          "title": "Service Unavailable",
          "status": 503,
          "detail": "try again",
          "code": "UNAVAILABLE",
          "instance": "req_2"
        }
        "#);
    }

    #[test]
    fn a_request_that_does_not_fit_is_told_field_by_field() {
        let violations =
            send("POST /v1/desks", r#"{"desk":{"height":"tall"},"colour":1}"#).unwrap_err();
        let problem = Problem::from_violations(&violations, "req_3");
        insta::assert_snapshot!(json(&problem), @r#"
        {
          "type": "about:blank",
          "title": "Bad Request",
          "status": 400,
          "detail": "the request is not valid",
          "code": "INVALID_ARGUMENT",
          "instance": "req_3",
          "reason": "INVALID_REQUEST",
          "domain": "bitewing",
          "violations": [
            {
              "field": "desk.height",
              "description": "must be an integer",
              "reason": "MALFORMED_VALUE"
            },
            {
              "field": "colour",
              "description": "is unknown",
              "reason": "UNKNOWN_FIELD"
            }
          ]
        }
        "#);
    }

    #[test]
    fn a_wrong_method_names_the_right_ones() {
        let miss = Miss::MethodNotAllowed {
            allow: vec![Method::GET, Method::PATCH],
        };
        let problem = Problem::from_miss(&miss, "req_4");
        assert_eq!(problem.body()["title"], "Method Not Allowed");
        assert_eq!(problem.body()["status"], 405);
        let response = problem.into_response();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(response.headers()[ALLOW], "GET, PATCH");
    }

    #[test]
    fn a_missing_credential_is_challenged() {
        let problem = Problem::from_failure(&Refusal::Unauthenticated, "req_5");
        let response = problem.into_response();
        assert_eq!(response.headers()[WWW_AUTHENTICATE], "Bearer");
        assert_eq!(response.headers()[CONTENT_TYPE], problem::MEDIA_TYPE);
    }

    #[test]
    fn a_stream_that_fails_ends_with_one_line() {
        let line = Problem::from_failure(&Refusal::PeerUnavailable, "req_6").line();
        let line = String::from_utf8(line).unwrap();
        assert!(line.starts_with("{\"error\":{\"type\":") && line.ends_with("}}\n"));
        assert_eq!(line.lines().count(), 1);
    }
}
