//! Failures as `application/problem+json` (RFC 9457), made from the same `google.rpc.Status` a gRPC
//! caller gets.

use super::routes::Miss;
use super::violation::Violations;
use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{Response, StatusCode};
use serde::Serialize;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// The media type of a problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// The domain of the reasons the gateway itself gives.
const DOMAIN: &str = "gateway.bitewing";

/// A failure as an HTTP caller gets it.
///
/// The type is always `about:blank`, so the title is the phrase of the HTTP status (RFC 9457 section
/// 4.2.1); what tells one failure from another is `reason` within `domain`, as in gRPC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "String::is_empty")]
    detail: String,
    /// The id of the request.
    instance: String,
    code: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    domain: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    violations: Vec<FieldViolation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<u64>,
    /// The value of the `Allow` header.
    #[serde(skip)]
    allow: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct FieldViolation {
    field: String,
    description: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
}

impl Problem {
    /// Translates the status a service answered with. `details` is the encoded `google.rpc.Status`
    /// of `grpc-status-details-bin`; what cannot be read of it is left out.
    pub fn from_status(code: Code, message: &str, details: Bytes, request_id: &str) -> Self {
        let details = Status::with_details(code, "", details).get_error_details();
        let mut problem = Self::new(code, message, request_id);
        if let Some(info) = details.error_info() {
            problem.reason.clone_from(&info.reason);
            problem.domain.clone_from(&info.domain);
        }
        if let Some(request) = details.bad_request() {
            let violations = request
                .field_violations
                .iter()
                .map(|violation| FieldViolation {
                    field: violation.field.clone(),
                    description: violation.description.clone(),
                    reason: violation.reason.clone(),
                });
            problem.violations = violations.collect();
        }
        let delay = details.retry_info().and_then(|retry| retry.retry_delay);
        problem.retry_after_seconds = delay.map(whole_seconds);
        problem
    }

    /// Answers a request that could not be read.
    pub fn from_violations(violations: &Violations, request_id: &str) -> Self {
        let mut problem = Self::own(
            Code::InvalidArgument,
            "REQUEST_MALFORMED",
            "the request does not fit the method",
            request_id,
        );
        let violations = violations.iter().map(|violation| FieldViolation {
            field: violation.field.clone(),
            description: violation.description.clone().into_owned(),
            reason: violation.reason.as_str().to_owned(),
        });
        problem.violations = violations.collect();
        problem
    }

    /// Answers a request no route takes.
    pub fn from_miss(miss: &Miss, request_id: &str) -> Self {
        let (code, reason) = match miss {
            Miss::Malformed => (Code::InvalidArgument, "PATH_MALFORMED"),
            Miss::NotFound => (Code::NotFound, "PATH_UNKNOWN"),
            Miss::MethodNotAllowed { .. } => (Code::Unimplemented, "METHOD_NOT_ALLOWED"),
        };
        let mut problem = Self::own(code, reason, &miss.to_string(), request_id);
        if let Miss::MethodNotAllowed { allow } = miss {
            let names: Vec<_> = allow.iter().map(http::Method::as_str).collect();
            problem.allow = Some(names.join(", "));
            problem = problem.with_status(StatusCode::METHOD_NOT_ALLOWED);
        }
        problem
    }

    /// A failure the gateway itself found.
    pub fn own(code: Code, reason: &str, message: &str, request_id: &str) -> Self {
        let mut problem = Self::new(code, message, request_id);
        reason.clone_into(&mut problem.reason);
        DOMAIN.clone_into(&mut problem.domain);
        problem
    }

    /// The same with an HTTP status that says more than the code does, as 413 or 415.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status.as_u16();
        self.title = phrase(status);
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).expect("it was made from a status")
    }

    /// The JSON body.
    pub fn body(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts and numbers have a JSON form")
    }

    /// The line that ends a stream of NDJSON which failed, `{"error": ...}`.
    pub fn line(&self) -> Vec<u8> {
        let mut line = br#"{"error":"#.to_vec();
        line.extend(self.body());
        line.extend(b"}\n");
        line
    }

    /// The whole HTTP answer.
    pub fn into_response(self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(self.body()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = self.allow {
            let allow = HeaderValue::from_str(&allow).expect("method names are tokens");
            headers.insert(ALLOW, allow);
        }
        // RFC 9110 section 11.6.1: a 401 names a challenge.
        if self.status == StatusCode::UNAUTHORIZED.as_u16() {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }

    fn new(code: Code, message: &str, request_id: &str) -> Self {
        let status = http_status(code);
        Self {
            r#type: "about:blank",
            title: phrase(status),
            status: status.as_u16(),
            detail: message.to_owned(),
            instance: request_id.to_owned(),
            code: code_name(code),
            reason: String::new(),
            domain: String::new(),
            violations: Vec::new(),
            retry_after_seconds: None,
            allow: None,
        }
    }
}

/// `Retry-After` knows only whole seconds (RFC 9110 section 10.2.3): never too early.
fn whole_seconds(delay: Duration) -> u64 {
    delay.as_secs() + u64::from(delay.subsec_nanos() > 0)
}

fn phrase(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Client Closed Request")
}

/// The HTTP status `google/rpc/code.proto` gives each code.
fn http_status(code: Code) -> StatusCode {
    match code {
        Code::Ok => StatusCode::OK,
        Code::Cancelled => StatusCode::from_u16(499).expect("499 is a status"),
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => {
            StatusCode::BAD_REQUEST
        }
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Unknown | Code::Internal | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn code_name(code: Code) -> &'static str {
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

#[cfg(test)]
mod tests {
    use super::*;
    use http::Method;
    use std::collections::HashMap;
    use tonic_types::{ErrorDetails, FieldViolation as GrpcViolation};

    fn json(problem: &Problem) -> String {
        let value: serde_json::Value = serde_json::from_slice(&problem.body()).unwrap();
        serde_json::to_string_pretty(&value).unwrap()
    }

    #[test]
    fn tells_all_a_status_says() {
        let mut details = ErrorDetails::new();
        details.set_error_info("RECALL_TOO_SOON", "patient.bitewing", HashMap::new());
        details.set_bad_request(vec![GrpcViolation {
            field: "patient.birth_date".to_owned(),
            description: "must be in the past".to_owned(),
            reason: "IN_FUTURE".to_owned(),
            localized_message: None,
        }]);
        details.set_retry_info(Some(Duration::from_millis(1_200)));
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
          "instance": "req_1",
          "code": "INVALID_ARGUMENT",
          "reason": "RECALL_TOO_SOON",
          "domain": "patient.bitewing",
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
          "instance": "req_2",
          "code": "UNAVAILABLE"
        }
        "#);
    }

    #[test]
    fn every_code_has_the_documented_status() {
        let documented = [
            200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401,
        ];
        for (code, expected) in documented.into_iter().enumerate() {
            let problem = Problem::new(Code::from_i32(code as i32), "", "");
            assert_eq!(problem.status().as_u16(), expected, "{}", problem.code);
        }
    }

    #[test]
    fn a_wrong_method_names_the_right_ones() {
        let miss = Miss::MethodNotAllowed {
            allow: vec![Method::GET, Method::PATCH],
        };
        let response = Problem::from_miss(&miss, "req_3").into_response();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(response.headers()[ALLOW], "GET, PATCH");
    }

    #[test]
    fn a_missing_credential_is_challenged() {
        let problem = Problem::own(Code::Unauthenticated, "TOKEN_MISSING", "sign in", "req_4");
        let response = problem.into_response();
        assert_eq!(response.headers()[WWW_AUTHENTICATE], "Bearer");
        assert_eq!(response.headers()[CONTENT_TYPE], MEDIA_TYPE);
    }
}
