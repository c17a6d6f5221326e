//! Answers that carry bytes of a document, and problems.

use crate::domain::framing::Manifest;
use crate::domain::range::Selection;
use crate::error::Error;
use crate::vault::Readable;
use axum::body::Body;
use axum::response::Response;
use bitewing_rpc::problem;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_RANGE, RANGE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use std::ops::Range;
use tonic::Status;

/// A failure as a problem (RFC 9457).
pub(crate) fn refuse(error: Error, request_id: &str) -> Response {
    problem::response(&Status::from(error), request_id)
}

/// What of a document a request asks for.
pub(crate) struct Asked {
    selection: Selection,
    length: u64,
}

impl Asked {
    /// Reads `Range` and `If-Range`.
    pub(crate) fn of(headers: &HeaderMap, readable: &Readable) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let length = readable.document.length();
        let selection = Selection::of(text(RANGE), text(IF_RANGE), &readable.etag, length);
        Self { selection, length }
    }

    /// The bytes to send.
    pub(crate) fn bytes(&self) -> Range<u64> {
        self.selection.bytes(self.length)
    }

    /// The answer around these bytes: a file to keep, never to show (RFC 6266, ASVS 5.0 5.4.2).
    pub(crate) fn answer(&self, readable: &Readable, body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = match self.selection {
            Selection::Whole => StatusCode::OK,
            Selection::Partial(_) => StatusCode::PARTIAL_CONTENT,
            Selection::Unsatisfiable => StatusCode::RANGE_NOT_SATISFIABLE,
        };
        let headers = response.headers_mut();
        if let Some(range) = self.selection.content_range(self.length) {
            headers.insert(CONTENT_RANGE, ascii(&range));
        }
        let bytes = self.bytes();
        headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.end - bytes.start));
        headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(ETAG, ascii(readable.etag.as_str()));
        describe(headers, &readable.manifest);
        response
    }
}

fn describe(headers: &mut HeaderMap, manifest: &Manifest) {
    // Whatever the file claims to be, no browser is told to interpret it.
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    headers.insert(
        CONTENT_DISPOSITION,
        ascii(&manifest.file_name.content_disposition()),
    );
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
    );
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

fn ascii(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).expect("the value was encoded as visible ASCII")
}
