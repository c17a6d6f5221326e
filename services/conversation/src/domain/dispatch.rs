//! The state machine of sending: what to do with a message, and what an answer means.
//!
//! ```text
//! queued -> sending -> accepted -> delivered
//!   |  ^       |
//!   |  |       +--> failed | ambiguous
//!   |  +----------- (not sent, or proven absent)
//!   +-> expired
//! ```
//! What somebody has to agree to begins as `held`: it is queued when they do, and fails or expires otherwise.
//! What providers tell later (`sent`, `delivered`, `failed`) is [`delivery`](super::delivery)'s.
//!
//! The intent to call (`sending`, one more attempt) is committed before the call. So a message found in
//! `sending` by a new run was interrupted: its provider may or may not have it. What then is allowed
//! depends on what the provider promises, and nothing here ever sends twice unless the provider
//! promised that this is harmless.

use super::Contract;
use time::Duration;

/// Where a message has got to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum State {
    Queued,
    Sending,
    Accepted,
    Delivered,
    Failed,
    Ambiguous,
    Expired,
    /// A carrier took it, or the phone was answered.
    Sent,
    /// Somebody has to agree before it leaves.
    Held,
}

impl State {
    /// The stable name, in events.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::Sending => "SENDING",
            Self::Accepted => "ACCEPTED",
            Self::Delivered => "DELIVERED",
            Self::Failed => "FAILED",
            Self::Ambiguous => "AMBIGUOUS",
            Self::Expired => "EXPIRED",
            Self::Sent => "SENT",
            Self::Held => "HELD",
        }
    }

    /// Whether nothing will be done with the message any more.
    pub(crate) const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Accepted | Self::Sent | Self::Delivered | Self::Failed | Self::Expired
        )
    }
}

/// Providers keep idempotency keys for a day (Stripe: 24 hours); a repeat stops an hour before.
pub(crate) const KEY_WINDOW: Duration = Duration::hours(23);

/// What a run finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Situation {
    pub(crate) state: State,
    pub(crate) contract: Contract,
    /// Its time has passed.
    pub(crate) expired: bool,
    /// Nothing of the last call can be under way any more, here or at the provider.
    pub(crate) quiet: bool,
    /// The provider still knows the key of the first call.
    pub(crate) key_known: bool,
    /// Its account was disabled meanwhile.
    pub(crate) disabled: bool,
}

/// What a run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Nothing is left to do.
    Finish,
    /// Too late to send.
    Expire,
    /// The account is disabled.
    Refuse,
    /// Come back once the last call is over for certain.
    Wait,
    /// Commit the intent, then call the provider.
    Send,
    /// Ask the provider what became of the last call.
    Ask,
    /// Nobody can know: staff decide, until its time passes.
    Hold,
    /// Nobody can know, and it is too late to send again.
    Close,
}

/// Decides what to do with a message.
pub(crate) const fn plan(found: Situation) -> Plan {
    match found.state {
        State::Accepted | State::Sent | State::Delivered | State::Failed | State::Expired => {
            Plan::Finish
        }
        State::Queued | State::Held if found.expired => Plan::Expire,
        State::Held => Plan::Hold,
        State::Queued if found.disabled => Plan::Refuse,
        State::Queued => Plan::Send,
        State::Sending | State::Ambiguous => match found.contract {
            // The same key again is harmless at any time, even while the first call is under way.
            Contract::Keyed if !found.expired && found.key_known && !found.disabled => Plan::Send,
            _ if !found.quiet => Plan::Wait,
            Contract::Queryable if !found.disabled => Plan::Ask,
            _ if found.expired => Plan::Close,
            _ => Plan::Hold,
        },
    }
}

/// What a provider said, or did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It has the message.
    Accepted,
    /// It has delivered the message.
    Delivered,
    /// It will not take the request.
    Refused(Reason),
    /// It took the message and could not deliver it.
    Undelivered(Reason),
    /// It cannot have the message: not a byte of the request left, or it said so.
    NotSent(Reason),
    /// It may or may not have the message.
    Unknown(Reason),
    /// Asked, it does not have the message and never will by an earlier call.
    Absent,
}

/// Why a message is where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The provider refused the request.
    ProviderRefused,
    /// The provider does not send to the address.
    AddressRefused,
    /// The provider has no way to send to such an address.
    AddressNotSupported,
    /// The provider did not take the account's credentials.
    CredentialsRefused,
    /// The connection could not be secured, so nothing was said on it.
    EncryptionFailed,
    /// The patient does not want messages from this number.
    OptedOut,
    /// The phone is off or away.
    NotReachable,
    /// A carrier did not let what was written through.
    ContentRefused,
    /// What it is sent from may not send it.
    SenderRefused,
    /// The account does not send to the country.
    RegionNotEnabled,
    /// The account is suspended, or a trial.
    AccountRestricted,
    /// Free text may not be sent at this time.
    WindowClosed,
    /// The called line was busy.
    LineBusy,
    /// Nobody answered the call.
    NotAnswered,
    /// The call did not come about.
    CallFailed,
    /// The call was answered and nobody asked to hear what it had to say.
    NoKeypress,
    /// The provider failed to deliver it.
    NotDelivered,
    /// The provider asked to come back later.
    ProviderBusy,
    /// No connection came about.
    NotReached,
    /// The connection broke, or no answer came in time.
    NoAnswer,
    /// The provider failed while it had the request.
    ProviderError,
    /// This process ended while the provider was called.
    Interrupted,
    /// The account was disabled before the message left.
    AccountDisabled,
    /// Its time passed.
    TooLate,
    /// Staff took it as sent.
    ConsideredSent,
    /// Staff took it as failed.
    ConsideredFailed,
    /// It waits for a dentist to agree to what it says.
    NeedsDentist,
    /// It waits for a manager to agree to what it says.
    NeedsManager,
    /// Somebody did not agree to what it says.
    Rejected,
}

impl Reason {
    /// The stable name: part of the API.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ProviderRefused => "PROVIDER_REFUSED",
            Self::AddressRefused => "ADDRESS_REFUSED",
            Self::AddressNotSupported => "ADDRESS_NOT_SUPPORTED",
            Self::CredentialsRefused => "CREDENTIALS_REFUSED",
            Self::EncryptionFailed => "ENCRYPTION_FAILED",
            Self::OptedOut => "OPTED_OUT",
            Self::NotReachable => "NOT_REACHABLE",
            Self::ContentRefused => "CONTENT_REFUSED",
            Self::SenderRefused => "SENDER_REFUSED",
            Self::RegionNotEnabled => "REGION_NOT_ENABLED",
            Self::AccountRestricted => "ACCOUNT_RESTRICTED",
            Self::WindowClosed => "WINDOW_CLOSED",
            Self::LineBusy => "LINE_BUSY",
            Self::NotAnswered => "NOT_ANSWERED",
            Self::CallFailed => "CALL_FAILED",
            Self::NoKeypress => "NO_KEYPRESS",
            Self::NotDelivered => "NOT_DELIVERED",
            Self::ProviderBusy => "PROVIDER_BUSY",
            Self::NotReached => "PROVIDER_NOT_REACHED",
            Self::NoAnswer => "NO_ANSWER",
            Self::ProviderError => "PROVIDER_ERROR",
            Self::Interrupted => "INTERRUPTED",
            Self::AccountDisabled => "CHANNEL_ACCOUNT_DISABLED",
            Self::TooLate => "TOO_LATE",
            Self::ConsideredSent => "CONSIDERED_SENT",
            Self::ConsideredFailed => "CONSIDERED_FAILED",
            Self::NeedsDentist => "NEEDS_DENTIST",
            Self::NeedsManager => "NEEDS_MANAGER",
            Self::Rejected => "REJECTED",
        }
    }
}

/// Where an answer brings a message that a run found in the state `before`.
///
/// A repeat that was not sent, or was refused (a credential may have been revoked meanwhile), proves
/// nothing about the call before it: what was ambiguous stays so.
pub(crate) const fn judge(before: State, heard: Heard) -> (State, Option<Reason>) {
    let in_doubt = matches!(before, State::Sending | State::Ambiguous);
    match heard {
        Heard::Accepted => (State::Accepted, None),
        Heard::Delivered => (State::Delivered, None),
        Heard::Undelivered(reason) => (State::Failed, Some(reason)),
        Heard::Refused(reason) | Heard::NotSent(reason) | Heard::Unknown(reason) if in_doubt => {
            (State::Ambiguous, Some(reason))
        }
        Heard::Refused(reason) => (State::Failed, Some(reason)),
        Heard::NotSent(reason) => (State::Queued, Some(reason)),
        Heard::Unknown(reason) => (State::Ambiguous, Some(reason)),
        Heard::Absent => (State::Queued, None),
    }
}

#[cfg(test)]
mod tests;
