//! Accounts at providers.

use super::{Channel, Endpoint, SmtpSettings, TwilioSettings};
use bitewing_core::{ChannelAccountId, Sensitive};
use time::OffsetDateTime;

/// Who carries the messages of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProviderKind {
    Sandbox,
    Http,
    Smtp,
    Twilio,
}

impl ProviderKind {
    /// The stable name, in metrics and audit trails.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Http => "http",
            Self::Smtp => "smtp",
            Self::Twilio => "twilio",
        }
    }

    /// Whether a message of the channel can leave this way.
    pub(crate) const fn carries(self, channel: Channel) -> bool {
        match self {
            Self::Sandbox | Self::Http => true,
            Self::Smtp => matches!(channel, Channel::Email),
            Self::Twilio => matches!(channel, Channel::Sms | Channel::Voice),
        }
    }
}

/// What a provider promises about a request it has seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Contract {
    /// A repeated key sends nothing twice.
    Keyed,
    /// It can be asked what became of a request.
    Queryable,
    /// Neither.
    None,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) id: ChannelAccountId,
    pub(crate) display_name: String,
    pub(crate) channels: Vec<Channel>,
    /// The number, address or name of a pool of numbers that messages come from; only the sandbox
    /// may have none.
    pub(crate) sender: String,
    pub(crate) route: Route,
    pub(crate) disabled: bool,
    pub(crate) version: i64,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) updated_at: OffsetDateTime,
}

impl Account {
    /// The etag: changes with every update.
    pub(crate) fn etag(&self) -> String {
        format!("\"{}\"", self.version)
    }

    /// Whether an etag sent is empty or the current one.
    pub(crate) fn matches(&self, etag: &str) -> bool {
        etag.is_empty() || etag == self.etag()
    }
}

/// How an account's messages get out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    Sandbox,
    Http {
        endpoint: Endpoint,
        contract: Contract,
    },
    Smtp(SmtpSettings),
    Twilio(TwilioSettings),
}

/// What an account is let in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    Bearer(Sensitive<String>),
    /// Of the mail server's user.
    Password(Sensitive<String>),
    Twilio(TwilioSecrets),
}

/// The secrets of an account at Twilio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TwilioSecrets {
    pub(crate) auth_token: Sensitive<String>,
    /// The one before or after it, while they are exchanged.
    pub(crate) secondary_auth_token: Option<Sensitive<String>>,
    /// Stands in for account and token towards Twilio, where the settings name a key.
    pub(crate) api_key_secret: Option<Sensitive<String>>,
}

impl Route {
    /// Whether a secret given for the other route would be shown to the same machine, as safely: only then
    /// may it stay when an account changes. Otherwise whoever may change accounts could read secrets.
    pub(crate) fn leads_where(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Sandbox, Self::Sandbox) => true,
            (Self::Http { endpoint: one, .. }, Self::Http { endpoint: two, .. }) => one == two,
            (Self::Smtp(one), Self::Smtp(two)) => {
                (&one.host, one.port, one.security) == (&two.host, two.port, two.security)
            }
            (Self::Twilio(one), Self::Twilio(two)) => one.base_url == two.base_url,
            _ => false,
        }
    }

    pub(crate) const fn provider(&self) -> ProviderKind {
        match self {
            Self::Sandbox => ProviderKind::Sandbox,
            Self::Http { .. } => ProviderKind::Http,
            Self::Smtp(_) => ProviderKind::Smtp,
            Self::Twilio(_) => ProviderKind::Twilio,
        }
    }

    /// The sandbox knows its messages by their ids. A mail server promises nothing (RFC 5321 has no
    /// key and no question); Twilio lists what it took.
    pub(crate) const fn contract(&self) -> Contract {
        match self {
            Self::Sandbox => Contract::Keyed,
            Self::Http { contract, .. } => *contract,
            Self::Smtp(_) => Contract::None,
            Self::Twilio(_) => Contract::Queryable,
        }
    }
}
