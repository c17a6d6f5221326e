//! Text messages and calls by Twilio's REST API.
//!
//! | file | holds |
//! |---|---|
//! | `api.rs` | requests and what their answers mean |
//! | `errors.rs` | error codes |
//! | `lookup.rs` | what became of a request that broke off |
//! | `status.rs` | words for where a message has got to |
//! | `twiml.rs`, `voices.rs` | what a call says, and who says it |
//!
//! Twilio honours no idempotency key; it can be asked, and it calls back to a path that names the
//! message.

mod api;
mod errors;
mod lookup;
mod status;
mod twiml;
mod voices;

pub(crate) use status::{is_over, news_of_call, news_of_message};
pub(crate) use twiml::{hang_up, tell};

use super::{Answer, Asked, Fault, Outgoing, Provider, Providers};
use crate::domain::{Channel, Heard, Reason, TwilioSecrets, TwilioSettings};
use crate::webhook::{Hook, Hooks};
use api::Api;
use async_trait::async_trait;
use bitewing_core::{ChannelAccountId, MessageId};

/// How long Twilio may keep a text message in its queue: 1 to 36,000 seconds.
const VALIDITY_SECONDS: std::ops::RangeInclusive<u64> = 1..=36_000;
/// How long a phone rings: about five times.
const RING_SECONDS: u64 = 30;
/// The longest a call takes, which is three times as long as a code is spoken.
const CALL_SECONDS: &str = "120";

pub(crate) struct TwilioProvider {
    api: Api,
    hooks: Hooks,
}

impl TwilioProvider {
    pub(super) fn new(
        shared: &Providers,
        settings: TwilioSettings,
        secrets: TwilioSecrets,
    ) -> Self {
        Self {
            api: Api {
                client: shared.client.clone(),
                settings,
                secrets,
                timeout: shared.sending.call_timeout,
            },
            hooks: shared.hooks.clone(),
        }
    }

    async fn text(&self, outgoing: &Outgoing, account: ChannelAccountId) -> Answer {
        let hook = self
            .hooks
            .url(&outgoing.scope, account, Hook::Message(outgoing.id));
        let validity = outgoing
            .left
            .as_secs()
            .clamp(*VALIDITY_SECONDS.start(), *VALIDITY_SECONDS.end())
            .to_string();
        let from = if outgoing.sender.starts_with("MG") {
            "MessagingServiceSid"
        } else {
            "From"
        };
        let form = [
            ("To", outgoing.recipient.expose().as_str()),
            (from, &outgoing.sender),
            ("Body", outgoing.content.text.expose()),
            ("StatusCallback", hook.as_str()),
            // A message that waits in a queue dies with the code in it.
            ("ValidityPeriod", &validity),
        ];
        match self.api.create("Messages", &form).await {
            Ok(created) => {
                let news = news_of_message(&created.status, created.error_code);
                taken(created, news.map(Heard::from))
            }
            Err(answer) => answer,
        }
    }

    /// Only the greeting leaves: what is said after a keypress is asked for then.
    async fn call(&self, outgoing: &Outgoing, account: ChannelAccountId) -> Answer {
        let url = |hook| self.hooks.url(&outgoing.scope, account, hook);
        let key = url(Hook::Key(outgoing.id));
        let (greeting, _) = outgoing.content.spoken();
        let twiml = twiml::greet(&outgoing.language, greeting, &key);
        if twiml.len() > twiml::MAX_INLINE {
            return Heard::Refused(Reason::ContentRefused).into();
        }
        let hook = url(Hook::Call(outgoing.id));
        let ring = outgoing.left.as_secs().clamp(1, RING_SECONDS).to_string();
        let form = [
            ("To", outgoing.recipient.expose().as_str()),
            ("From", &outgoing.sender),
            ("Twiml", &twiml),
            ("StatusCallback", hook.as_str()),
            ("StatusCallbackEvent", "answered"),
            ("StatusCallbackEvent", "completed"),
            ("Timeout", &ring),
            ("TimeLimit", CALL_SECONDS),
        ];
        match self.api.create("Calls", &form).await {
            // A reply tells that the call was made, never how it ended.
            Ok(created) => taken(created, None),
            Err(answer) => answer,
        }
    }
}

fn taken(created: api::Created, heard: Option<Heard>) -> Answer {
    Answer {
        code: created
            .error_code
            .map(|code| code.to_string())
            .unwrap_or_default(),
        reference: sid(created.sid),
        ..heard.unwrap_or(Heard::Accepted).into()
    }
}

/// Identifiers of Twilio are 34 letters and digits; anything else is not kept.
fn sid(text: String) -> String {
    if text.len() == 34 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        text
    } else {
        String::new()
    }
}

#[async_trait]
impl Provider for TwilioProvider {
    async fn send(&self, outgoing: &Outgoing) -> Answer {
        match (outgoing.channel, outgoing.account) {
            (Channel::Sms, Some(account)) => self.text(outgoing, account).await,
            (Channel::Voice, Some(account)) => self.call(outgoing, account).await,
            _ => Heard::Refused(Reason::AddressNotSupported).into(),
        }
    }

    async fn ask(&self, asked: &Asked) -> Answer {
        match asked.channel {
            Channel::Sms => lookup::message(&self.api, asked).await,
            Channel::Voice => lookup::call(&self.api, asked).await,
            Channel::Email => Heard::Absent.into(),
        }
    }

    async fn check(&self, _: MessageId) -> Result<(), Fault> {
        let Err(answer) = self.api.check().await else {
            return Ok(());
        };
        let reason = match answer.heard {
            Heard::Refused(reason) | Heard::NotSent(reason) | Heard::Unknown(reason) => reason,
            _ => Reason::ProviderError,
        };
        Err(Fault {
            reason,
            code: answer.code,
        })
    }
}
