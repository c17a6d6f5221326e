//! The transcoder as the gateway uses it: a request in, a message or violations out.

mod decoding;
mod encoding;
mod properties;
mod routing;

use super::fixture::DESKS;
use super::{Reason, Routes, Violations, decode};
use http::Method;
use prost_reflect::DynamicMessage;
use std::sync::LazyLock;

static ROUTES: LazyLock<Routes> = LazyLock::new(|| Routes::new(&DESKS).unwrap());

/// Sends a request, `GET /v1/desks?page_size=3`, through routing and decoding.
pub(super) fn send(request: &str, body: &str) -> Result<DynamicMessage, Violations> {
    let (verb, target) = request.split_once(' ').unwrap();
    let (path, query) = target
        .split_once('?')
        .map_or((target, None), |(path, query)| (path, Some(query)));
    let verb: Method = verb.parse().unwrap();
    decode(&ROUTES.find(&verb, path).unwrap(), query, body.as_bytes())
}

/// The message a request becomes, in proto text format.
fn message(request: &str, body: &str) -> String {
    match send(request, body) {
        Ok(message) => message.to_text_format(),
        Err(violations) => panic!("{violations:?}"),
    }
}

/// The fields and reasons a request is refused for.
fn refusals(request: &str, body: &str) -> Vec<(String, Reason)> {
    match send(request, body) {
        Ok(message) => panic!("accepted as {}", message.to_text_format()),
        Err(violations) => violations
            .iter()
            .map(|violation| (violation.field.clone(), violation.reason))
            .collect(),
    }
}
