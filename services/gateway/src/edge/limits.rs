//! How many calls are let through.

use super::client_address::network;
use crate::config::Rates;
use bitewing_auth::Caller;
use bitewing_core::OrganizationId;
use bitewing_rpc::Refusal;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often what was forgotten by time is forgotten by memory.
const SWEEP: Duration = Duration::from_mins(1);

/// So many a second, and so many at once after a pause; written `100/200`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    per_second: NonZeroU32,
    burst: NonZeroU32,
}

/// The text is not a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be two positive numbers, as 100/200: per second, and at once")]
pub struct NotARate;

impl Rate {
    /// A rate; zero counts as one.
    pub const fn new(per_second: u32, burst: u32) -> Self {
        Self {
            per_second: positive(per_second),
            burst: positive(burst),
        }
    }

    fn limiter<K: Hash + Eq + Clone>(self) -> DefaultKeyedRateLimiter<K> {
        RateLimiter::keyed(Quota::per_second(self.per_second).allow_burst(self.burst))
    }
}

const fn positive(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

impl FromStr for Rate {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        let (per_second, burst) = text.split_once('/').ok_or(NotARate)?;
        let read = |text: &str| text.trim().parse().map_err(|_| NotARate);
        Ok(Self {
            per_second: read(per_second)?,
            burst: read(burst)?,
        })
    }
}

/// The buckets of everybody who called lately, in this process.
pub(crate) struct Limits {
    callers: DefaultKeyedRateLimiter<(OrganizationId, String)>,
    organizations: DefaultKeyedRateLimiter<OrganizationId>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    hooks: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

impl Limits {
    pub(super) fn new(rates: &Rates) -> Self {
        Self {
            callers: rates.caller.limiter(),
            organizations: rates.organization.limiter(),
            addresses: rates.address.limiter(),
            hooks: rates.hook.limiter(),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a call of somebody who is known.
    pub(super) fn count(&self, caller: &Caller) -> Result<(), Refusal> {
        let organization = caller.organization();
        self.check(&self.callers, &(organization, caller.actor.id.clone()))?;
        self.check(&self.organizations, &organization)
    }

    /// Counts a call of somebody who is not known.
    pub(super) fn count_stranger(&self, address: IpAddr) -> Result<(), Refusal> {
        self.check(&self.addresses, &network(address))
    }

    /// Counts what a provider calls back: few addresses that call a lot.
    pub(super) fn count_hook(&self, address: IpAddr) -> Result<(), Refusal> {
        self.check(&self.hooks, &network(address))
    }

    fn check<K: Hash + Eq + Clone>(
        &self,
        limiter: &DefaultKeyedRateLimiter<K>,
        key: &K,
    ) -> Result<(), Refusal> {
        limiter.check_key(key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            // Whole seconds: `Retry-After` knows no others.
            Refusal::TooManyRequests(Duration::from_secs(wait.as_secs() + 1))
        })
    }

    /// Forgets those who have not called for a while, until told to stop.
    pub(crate) async fn run(&self, stop: CancellationToken) {
        while stop
            .run_until_cancelled(tokio::time::sleep(SWEEP))
            .await
            .is_some()
        {
            self.callers.retain_recent();
            self.organizations.retain_recent();
            self.addresses.retain_recent();
            self.hooks.retain_recent();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_of_one_network_share_a_bucket() {
        let rates = Rates {
            address: Rate::new(1, 2),
            ..Rates::default()
        };
        let limits = Limits::new(&rates);
        let [one, two, other] =
            ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"].map(|text| text.parse().unwrap());
        assert_eq!(limits.count_stranger(one), Ok(()));
        assert_eq!(limits.count_stranger(two), Ok(()));
        let refused = Refusal::TooManyRequests(Duration::from_secs(1));
        assert_eq!(limits.count_stranger(one), Err(refused));
        assert_eq!(limits.count_stranger(other), Ok(()));
    }

    #[test]
    fn rates_are_read_or_refused() {
        assert_eq!("100/200".parse(), Ok(Rate::new(100, 200)));
        for text in ["", "100", "0/1", "1/0", "a/b", "-1/2"] {
            assert_eq!(text.parse::<Rate>(), Err(NotARate), "{text}");
        }
    }
}
