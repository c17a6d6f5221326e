//! Calls of the gateway in JSON.
//!
//! Every call made here may be repeated: it reads, it carries a `request_id`, or doing it twice is doing
//! it once. So a call that got no answer, or was told to come back, is made again.

use super::account::Account;
use super::failure::{Failure, Problem};
use super::options::Base;
use super::session::Session;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use std::time::Duration;

/// How long a call may take: longer than the gateway lets it.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a call is made before it counts as failed.
const TRIES: u32 = 6;
/// Answers are small; more than this is none of the gateway's.
const LONGEST_ANSWER: usize = 16 << 20;

/// A gateway as one caller sees it.
pub(super) struct Api {
    http: Client,
    base: Base,
    session: Session,
}

impl Api {
    /// Signs in, so that a wrong credential is known before anything else happens.
    pub(super) async fn sign_in(account: Account) -> Result<Self, Failure> {
        let api = Self {
            http: account.base.http()?,
            base: account.base,
            session: Session::new(account.caller),
        };
        repeated(async || api.token(None).await).await?;
        Ok(api)
    }

    async fn token(
        &self,
        refused: Option<&bitewing_core::Sensitive<String>>,
    ) -> Result<bitewing_core::Sensitive<String>, Failure> {
        self.session.token(&self.http, &self.base, refused).await
    }

    /// A reading call.
    pub(super) async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.call(Method::GET, path, None).await
    }

    /// A call with a body; it must be one that may be repeated.
    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.call(Method::POST, path, Some(body)).await
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        repeated(async || {
            let response = self
                .once(async |http| {
                    let request = http.request(method.clone(), self.base.at(path));
                    let request = request.timeout(PATIENCE);
                    Ok(match body {
                        Some(body) => request.json(body),
                        None => request,
                    })
                })
                .await?;
            let body = bytes(response).await?;
            serde_json::from_slice(&body)
                .map_err(|_| Failure::Other("the gateway answered what is no JSON".to_owned()))
        })
        .await
    }

    /// One request with a token, and a second one with a new token if the first was not taken.
    /// Answers a success, or the refusal as a failure.
    pub(super) async fn once(
        &self,
        make: impl AsyncFn(&Client) -> Result<RequestBuilder, Failure>,
    ) -> Result<Response, Failure> {
        let mut token = self.token(None).await?;
        let mut fresh = false;
        loop {
            let request = make(&self.http).await?.bearer_auth(token.expose());
            let response = request.send().await.map_err(|error| lost(&error))?;
            let status = response.status();
            if status.is_success() {
                return Ok(response);
            }
            if status != StatusCode::UNAUTHORIZED || fresh {
                let body = bytes(response).await.unwrap_or_default();
                return Err(Failure::Refused(Box::new(Problem::read(status, &body))));
            }
            token = self.token(Some(&token)).await?;
            fresh = true;
        }
    }

    /// The address of a path.
    pub(super) fn at(&self, path: &str) -> String {
        self.base.at(path)
    }
}

/// Makes a call again while that can help: twice as late each time, or when the gateway says.
pub(super) async fn repeated<T>(
    mut call: impl AsyncFnMut() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut tried = 1;
    loop {
        let failure = match call().await {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        let Some(wait) = pause(&failure, tried).filter(|_| tried < TRIES) else {
            return Err(given_up(failure));
        };
        tokio::time::sleep(wait).await;
        tried += 1;
    }
}

/// How long to wait before the next try; none where trying again does not help.
pub(super) fn pause(failure: &Failure, tried: u32) -> Option<Duration> {
    let later = Duration::from_millis(250 << tried.min(6));
    match failure {
        Failure::Unreachable(_) => Some(later),
        Failure::Refused(problem) if matches!(problem.status, 429 | 502 | 503 | 504) => {
            Some(problem.wait().unwrap_or(later))
        }
        // Another call changed the same at the same moment.
        Failure::Refused(problem) if problem.reason == "CONFLICT" => Some(later),
        _ => None,
    }
}

/// A gateway that only ever says that it has no time cannot be reached.
fn given_up(failure: Failure) -> Failure {
    match failure {
        Failure::Refused(problem) if matches!(problem.status, 502..=504) => {
            Failure::Unreachable(problem.to_string())
        }
        failure => failure,
    }
}

/// An answer whose status the caller reads; an empty body is null.
pub(super) async fn answered(request: RequestBuilder) -> Result<(StatusCode, Value), Failure> {
    let response = request.timeout(PATIENCE).send().await;
    let response = response.map_err(|error| lost(&error))?;
    let status = response.status();
    let body = bytes(response).await?;
    let value = serde_json::from_slice(&body).unwrap_or_default();
    if matches!(status.as_u16(), 429 | 502..=504) {
        return Err(Failure::Refused(Box::new(Problem::read(status, &body))));
    }
    Ok((status, value))
}

async fn bytes(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
        if bytes.len() + chunk.len() > LONGEST_ANSWER {
            return Err(Failure::Other("the answer is too long".to_owned()));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// A connection that failed: the innermost reason, without the address, which may hold anything.
pub(super) fn lost(error: &reqwest::Error) -> Failure {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    let what = if error.is_connect() {
        "the gateway cannot be reached"
    } else if error.is_timeout() {
        "the gateway did not answer in time"
    } else {
        "the connection to the gateway broke"
    };
    Failure::Unreachable(format!("{what}: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(status: u16, body: &Value) -> Failure {
        Failure::Refused(Box::new(Problem::of(status, body)))
    }

    #[test]
    fn only_what_helps_is_tried_again_and_when_the_gateway_says() {
        let busy = refused(429, &json!({ "retry_after_seconds": 7 }));
        assert_eq!(pause(&busy, 1), Some(Duration::from_secs(7)));
        let away = Failure::Unreachable(String::new());
        assert_eq!(pause(&away, 1), Some(Duration::from_millis(500)));
        assert_eq!(pause(&away, 3), Some(Duration::from_secs(2)));
        for final_answer in [400, 401, 403, 404, 409, 500] {
            assert_eq!(pause(&refused(final_answer, &json!({})), 1), None);
        }
    }

    #[test]
    fn a_gateway_that_never_has_time_counts_as_away() {
        assert_eq!(given_up(refused(503, &json!({}))).exit_code(), 4);
        assert_eq!(given_up(refused(404, &json!({}))).exit_code(), 1);
    }
}
