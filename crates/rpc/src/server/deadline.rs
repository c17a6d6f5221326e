//! Deadlines: the caller's `grpc-timeout`, at most 30 s, 10 s where none is given; refused where less
//! than 20 ms are left. Streams and plain HTTP have none but the caller's own.

use super::{refuse, speaks_grpc};
use crate::{Refusal, access};
use axum::extract::Request;
use axum::response::Response;
use std::time::{Duration, Instant};

const DEFAULT: Duration = Duration::from_secs(10);
const CAP: Duration = Duration::from_secs(30);
const LEAST: Duration = Duration::from_millis(20);
/// Taken off the caller's time, so that the refusal is still on time.
const WAY_HOME: Duration = Duration::from_millis(10);

/// When the answer is no longer wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline(pub(super) Instant);

/// Reads `grpc-timeout`: up to eight digits and a unit.
fn parse(value: &str) -> Option<Duration> {
    let (digits, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(amount * 3600),
        "M" => Duration::from_secs(amount * 60),
        "S" => Duration::from_secs(amount),
        "m" => Duration::from_millis(amount),
        "u" => Duration::from_micros(amount),
        "n" => Duration::from_nanos(amount),
        _ => return None,
    })
}

pub(super) async fn run<F>(mut request: Request, next: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let wanted = request
        .headers()
        .get("grpc-timeout")
        .and_then(|value| value.to_str().ok())
        .and_then(parse);
    let unary = access::rule(request.uri().path()).is_some_and(|rule| !rule.streaming);
    let Some(allowed) = wanted
        .map(|wanted| if unary { wanted.min(CAP) } else { wanted })
        .or(unary.then_some(DEFAULT))
    else {
        return next(request).await;
    };
    let grpc = speaks_grpc(&request);
    let id = crate::server::request_id_of(&request);
    if allowed < LEAST {
        return refuse(grpc, &id, Refusal::DeadlinePassed.into());
    }
    let allowed = allowed.saturating_sub(WAY_HOME);
    request
        .extensions_mut()
        .insert(Deadline(Instant::now() + allowed));
    match tokio::time::timeout(allowed, next(request)).await {
        Ok(response) => response,
        Err(_) => refuse(grpc, &id, Refusal::DeadlinePassed.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_units_of_the_protocol() {
        assert_eq!(parse("5S"), Some(Duration::from_secs(5)));
        assert_eq!(parse("250m"), Some(Duration::from_millis(250)));
        for text in ["", "S", "123456789S", "5x", "-1S", "é", "5é"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
