//! Any gateway that takes a JSON request over HTTP; the wire format is in the README.

use super::{Answer, Asked, Fault, Outgoing, Provider, retry_after};
use crate::domain::{Channel, Endpoint, Heard, Reason};
use async_trait::async_trait;
use bitewing_core::{MessageId, Sensitive};
use http::StatusCode;
use reqwest::{Client, RequestBuilder, Response};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Bytes of an answer that are read.
const MAX_ANSWER: usize = 64 * 1024;

pub(crate) struct HttpProvider {
    pub(crate) client: Client,
    pub(crate) endpoint: Endpoint,
    pub(crate) credential: Sensitive<String>,
    pub(crate) timeout: Duration,
}

#[derive(Serialize)]
struct Request<'a> {
    id: String,
    channel: &'static str,
    language: &'a str,
    from: &'a str,
    to: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    subject: &'a str,
    /// Spoken at once; `text` only after a keypress.
    #[serde(skip_serializing_if = "str::is_empty")]
    greeting: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    html: &'a str,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Reply {
    reference: String,
    status: Status,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    #[default]
    Accepted,
    Delivered,
    Failed,
}

impl HttpProvider {
    /// One call, in time or unknown. Redirects are not followed: they would carry message and
    /// credential to a place nobody entered.
    async fn call(&self, request: RequestBuilder) -> Result<(StatusCode, Response), Answer> {
        let call = request
            .bearer_auth(self.credential.expose())
            .timeout(self.timeout)
            .send();
        match call.await {
            Ok(response) => Ok((response.status(), response)),
            // Not a byte of the request was written: nobody can have it.
            Err(error) if error.is_connect() => Err(Heard::NotSent(Reason::NotReached).into()),
            Err(_) => Err(Heard::Unknown(Reason::NoAnswer).into()),
        }
    }
}

fn request(outgoing: &Outgoing) -> Request<'_> {
    let (greeting, text) = match outgoing.channel {
        Channel::Voice => outgoing.content.spoken(),
        Channel::Sms | Channel::Email => ("", outgoing.content.text.expose().as_str()),
    };
    Request {
        id: outgoing.id.to_string(),
        channel: outgoing.channel.name(),
        language: &outgoing.language,
        from: &outgoing.sender,
        to: outgoing.recipient.expose(),
        subject: &outgoing.content.subject,
        greeting,
        text,
        html: outgoing.content.html.expose(),
    }
}

/// What an answer says beyond its status. Whatever cannot be read says nothing: the status decided.
async fn reply(mut response: Response) -> Reply {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Reply::default();
        }
        body.extend_from_slice(&chunk);
    }
    let mut reply: Reply = serde_json::from_slice(&body).unwrap_or_default();
    if reply.reference.len() > 200 || !reply.reference.bytes().all(|byte| byte.is_ascii_graphic()) {
        reply.reference.clear();
    }
    reply
}

fn taken(reply: Reply) -> Answer {
    let heard = match reply.status {
        Status::Accepted => Heard::Accepted,
        Status::Delivered => Heard::Delivered,
        Status::Failed => Heard::Undelivered(Reason::NotDelivered),
    };
    Answer {
        heard,
        code: String::new(),
        reference: reply.reference,
        after: None,
    }
}

#[async_trait]
impl Provider for HttpProvider {
    async fn send(&self, outgoing: &Outgoing) -> Answer {
        let post = self
            .client
            .post(self.endpoint.url().clone())
            .header("idempotency-key", outgoing.id.to_string())
            .json(&request(outgoing));
        let (status, response) = match self.call(post).await {
            Ok(answered) => answered,
            Err(answer) => return answer,
        };
        match status {
            StatusCode::TOO_MANY_REQUESTS => Answer {
                after: retry_after(&response),
                ..Heard::NotSent(Reason::ProviderBusy).into()
            },
            // The gateway waited for itself, not for us: it had the whole request.
            StatusCode::REQUEST_TIMEOUT => Heard::Unknown(Reason::NoAnswer).into(),
            _ if status.is_success() => taken(reply(response).await),
            _ if status.is_server_error() => Heard::Unknown(Reason::ProviderError).into(),
            _ => Heard::Refused(Reason::ProviderRefused).into(),
        }
    }

    async fn ask(&self, asked: &Asked) -> Answer {
        match self
            .call(self.client.get(self.endpoint.of_message(&asked.id)))
            .await
        {
            Ok((StatusCode::NOT_FOUND, _)) => Heard::Absent.into(),
            Ok((status, response)) if status.is_success() => taken(reply(response).await),
            Ok((_, response)) => Answer {
                after: retry_after(&response),
                ..Heard::Unknown(Reason::ProviderError).into()
            },
            Err(_) => Heard::Unknown(Reason::NoAnswer).into(),
        }
    }

    /// Asks for a message that never was.
    async fn check(&self, nothing: MessageId) -> Result<(), Fault> {
        let get = self.client.get(self.endpoint.of_message(&nothing));
        let status = match self.call(get).await {
            Ok((status, _)) => status,
            Err(answer) => {
                return Err(match answer.heard {
                    Heard::NotSent(reason) | Heard::Unknown(reason) => reason.into(),
                    _ => Reason::NoAnswer.into(),
                });
            }
        };
        let reason = match status {
            StatusCode::NOT_FOUND => return Ok(()),
            _ if status.is_success() => return Ok(()),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Reason::CredentialsRefused,
            StatusCode::TOO_MANY_REQUESTS => Reason::ProviderBusy,
            _ if status.is_server_error() => Reason::ProviderError,
            _ => Reason::ProviderRefused,
        };
        Err(Fault {
            reason,
            code: status.as_u16().to_string(),
        })
    }
}
