//! Requests to Twilio's REST API (<https://www.twilio.com/docs/usage/requests-to-twilio>): basic
//! authentication, forms in, JSON out.

use super::errors::{self, Class};
use crate::domain::{Heard, Reason, TwilioSecrets, TwilioSettings};
use crate::provider::{Answer, retry_after};
use bitewing_core::Sensitive;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use reqwest::{Client, RequestBuilder, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use url::form_urlencoded::Serializer;

/// The version of the API that is spoken.
const VERSION: &str = "2010-04-01";
/// Bytes of an answer that are read: a page of a hundred long messages.
const MAX_ANSWER: usize = 1024 * 1024;

/// An account, and how its requests get there.
pub(super) struct Api {
    pub(super) client: Client,
    pub(super) settings: TwilioSettings,
    pub(super) secrets: TwilioSecrets,
    pub(super) timeout: Duration,
}

/// What a refusal says.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Problem {
    code: u32,
}

impl Api {
    /// Makes something: a message or a call. Whatever was not clearly refused may have been made.
    pub(super) async fn create(
        &self,
        resource: &str,
        form: &[(&str, &str)],
    ) -> Result<Created, Answer> {
        let body = Serializer::new(String::new()).extend_pairs(form).finish();
        let post = self
            .client
            .post(self.url(resource))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        let response = self.call(self.authenticated(post)).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(read(response).await.unwrap_or_default());
        }
        Err(refusal(response).await)
    }

    /// Reads a list.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        resource: &str,
        query: &[(&str, &str)],
    ) -> Result<T, Answer> {
        let get = self.client.get(self.asking(resource, query));
        let response = self.call(self.authenticated(get)).await?;
        if !response.status().is_success() {
            let after = retry_after(&response);
            return Err(Answer {
                after,
                ..Heard::Unknown(Reason::ProviderError).into()
            });
        }
        read(response)
            .await
            .ok_or_else(|| Heard::Unknown(Reason::ProviderError).into())
    }

    /// Whether the account lets its key, and the token its callbacks are signed with, in. The list
    /// of its numbers is asked for: nothing in it is about patients.
    pub(super) async fn check(&self) -> Result<(), Answer> {
        let account = self.settings.account_sid.as_str();
        let mut entrances = vec![(account, &self.secrets.auth_token)];
        if let (Some(key), Some(secret)) =
            (&self.settings.api_key_sid, &self.secrets.api_key_secret)
        {
            entrances.push((key.as_str(), secret));
        }
        for (user, secret) in entrances {
            let get = self
                .client
                .get(self.asking("IncomingPhoneNumbers", &[("PageSize", "1")]))
                .basic_auth(user, Some(secret.expose()));
            let response = self.call(get).await?;
            if !response.status().is_success() {
                return Err(refusal(response).await);
            }
        }
        Ok(())
    }

    fn url(&self, resource: &str) -> String {
        let base = match (&self.settings.base_url, &self.settings.place) {
            (Some(url), _) => url.trim_end_matches('/').to_owned(),
            (None, Some(place)) => format!(
                "https://api.{}.{}.twilio.com",
                place.edge.as_str(),
                place.region.as_str()
            ),
            (None, None) => "https://api.twilio.com".to_owned(),
        };
        let account = self.settings.account_sid.as_str();
        format!("{base}/{VERSION}/Accounts/{account}/{resource}.json")
    }

    fn asking(&self, resource: &str, query: &[(&str, &str)]) -> String {
        let query = Serializer::new(String::new()).extend_pairs(query).finish();
        format!("{}?{query}", self.url(resource))
    }

    fn authenticated(&self, request: RequestBuilder) -> RequestBuilder {
        let (user, secret): (_, &Sensitive<String>) =
            match (&self.settings.api_key_sid, &self.secrets.api_key_secret) {
                (Some(key), Some(secret)) => (key, secret),
                _ => (&self.settings.account_sid, &self.secrets.auth_token),
            };
        request.basic_auth(user.as_str(), Some(secret.expose()))
    }

    async fn call(&self, request: RequestBuilder) -> Result<Response, Answer> {
        match request.timeout(self.timeout).send().await {
            Ok(response) => Ok(response),
            // Not a byte of the request was written: nobody can have it.
            Err(error) if error.is_connect() => Err(Heard::NotSent(Reason::NotReached).into()),
            Err(_) => Err(Heard::Unknown(Reason::NoAnswer).into()),
        }
    }
}

/// What was made.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Created {
    pub(super) sid: String,
    pub(super) status: String,
    pub(super) error_code: Option<u32>,
}

async fn read<T: DeserializeOwned>(mut response: Response) -> Option<T> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        if body.len() + chunk.len() > MAX_ANSWER {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).ok()
}

/// What an answer that is no success means for the message.
async fn refusal(response: Response) -> Answer {
    let (status, after) = (response.status(), retry_after(&response));
    let code = read::<Problem>(response).await.unwrap_or_default().code;
    Answer {
        code: if code == 0 {
            String::new()
        } else {
            code.to_string()
        },
        after,
        ..heard(status, code).into()
    }
}

/// A class of errors decides only where Twilio says that it did not take the request.
fn heard(status: StatusCode, code: u32) -> Heard {
    match (status, errors::known(code)) {
        // It waited for itself, not for us: it had the whole request.
        (StatusCode::REQUEST_TIMEOUT, _) => Heard::Unknown(Reason::NoAnswer),
        (StatusCode::TOO_MANY_REQUESTS, _) => Heard::NotSent(Reason::ProviderBusy),
        _ if status.is_server_error() => Heard::Unknown(Reason::ProviderError),
        (_, Some(meaning)) if meaning.class == Class::Later => Heard::NotSent(meaning.reason),
        (_, Some(meaning)) => Heard::Refused(meaning.reason),
        (StatusCode::UNAUTHORIZED, None) => Heard::Refused(Reason::CredentialsRefused),
        (_, None) => Heard::Refused(Reason::ProviderRefused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_clearly_not_taken_is_sent_again() {
        for (status, code, expected) in [
            (429, 20429, Heard::NotSent(Reason::ProviderBusy)),
            (429, 0, Heard::NotSent(Reason::ProviderBusy)),
            (400, 30001, Heard::NotSent(Reason::ProviderBusy)),
            (408, 0, Heard::Unknown(Reason::NoAnswer)),
            (500, 20500, Heard::Unknown(Reason::ProviderError)),
            (503, 20429, Heard::Unknown(Reason::ProviderError)),
            (400, 21211, Heard::Refused(Reason::AddressRefused)),
            (400, 21610, Heard::Refused(Reason::OptedOut)),
            (401, 20003, Heard::Refused(Reason::CredentialsRefused)),
            (401, 0, Heard::Refused(Reason::CredentialsRefused)),
            (400, 99_999, Heard::Refused(Reason::ProviderRefused)),
            (404, 20404, Heard::Refused(Reason::ProviderRefused)),
            (302, 0, Heard::Refused(Reason::ProviderRefused)),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(heard(status, code), expected, "{status} {code}");
        }
    }
}
