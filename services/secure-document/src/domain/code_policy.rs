//! How many codes an organization sends, and where to.

use super::CodeChannel;
use bitewing_core::phone::is_region;
use std::fmt;
use std::str::FromStr;

/// Codes a day where nothing is said: a chain of a hundred clinics that each send ten documents.
pub(crate) const DEFAULT_BUDGET: i32 = 1_000;
/// The largest budget.
pub(crate) const MAX_BUDGET: i32 = 100_000;
/// The most kill switches.
pub(crate) const MAX_STOPS: usize = 100;
/// How many times the usual number of codes is unusual (secure messaging providers' advice on
/// pumping: alarms relative to the week before).
const UNUSUAL: i32 = 3;
/// A usual day has at least so many codes: three on a quiet clinic's first day are no alarm.
const LEAST_USUAL: i32 = 10;

/// A kill switch: no code goes by this channel to this region; `None` is every one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeStop {
    pub(crate) channel: Option<CodeChannel>,
    pub(crate) region: Option<String>,
}

/// The text is no kill switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be switches as SMS:CU, VOICE:* or *:CU, separated by commas")]
pub struct NotAStop;

impl CodeStop {
    fn holds(&self, channel: CodeChannel, region: &str) -> bool {
        self.channel.is_none_or(|stopped| stopped == channel)
            && self.region.as_ref().is_none_or(|stopped| stopped == region)
    }
}

impl FromStr for CodeStop {
    type Err = NotAStop;

    fn from_str(text: &str) -> Result<Self, NotAStop> {
        let (channel, region) = text.trim().split_once(':').ok_or(NotAStop)?;
        let channel = match channel {
            "*" => None,
            "SMS" => Some(CodeChannel::Sms),
            "VOICE" => Some(CodeChannel::Voice),
            _ => return Err(NotAStop),
        };
        let region = match region {
            "*" => None,
            region if is_region(region) => Some(region.to_owned()),
            _ => return Err(NotAStop),
        };
        Ok(Self { channel, region })
    }
}

impl fmt::Display for CodeStop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let channel = self.channel.map_or("*", CodeChannel::name);
        write!(f, "{channel}:{}", self.region.as_deref().unwrap_or("*"))
    }
}

/// Kill switches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodeStops(pub(crate) Vec<CodeStop>);

impl CodeStops {
    /// Whether a code by this channel to this region is stopped.
    pub(crate) fn hold(&self, channel: CodeChannel, region: &str) -> bool {
        self.0.iter().any(|stop| stop.holds(channel, region))
    }
}

impl FromStr for CodeStops {
    type Err = NotAStop;

    /// Reads `SMS:CU, *:JM`.
    fn from_str(text: &str) -> Result<Self, NotAStop> {
        let stops: Vec<CodeStop> = text.split(',').map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self(stops))
    }
}

/// What an organization decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodePolicy {
    pub(crate) daily_budget: i32,
    pub(crate) stops: CodeStops,
    pub(crate) version: i32,
}

impl Default for CodePolicy {
    /// Until it decides.
    fn default() -> Self {
        Self {
            daily_budget: DEFAULT_BUDGET,
            stops: CodeStops::default(),
            version: 0,
        }
    }
}

impl CodePolicy {
    /// The etag: changes with every update.
    pub(crate) fn etag(&self) -> String {
        format!("\"{}\"", self.version)
    }

    /// Whether an etag sent is empty or the current one.
    pub(crate) fn matches(&self, etag: &str) -> bool {
        etag.is_empty() || etag == self.etag()
    }
}

/// Why a code that was asked for is not sent, as the clinic is told. The patient is told to try later
/// or to call the clinic, whichever it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The link had its codes of this hour.
    LinkHour,
    /// The link had all its codes.
    LinkLife,
    /// The phone had its codes, from whomever.
    PhoneLimit,
    /// The network address asked for too many.
    AddressLimit,
    /// The organization's budget of the day is spent.
    BudgetSpent,
    /// The organization sends no codes to this country.
    RegionNotAllowed,
    /// The organization's kill switch.
    CodesStopped,
    /// The operator's kill switch.
    CodesStoppedByOperator,
}

impl Refused {
    /// The stable name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::LinkHour => "LINK_HOUR",
            Self::LinkLife => "LINK_LIFE",
            Self::PhoneLimit => "PHONE_LIMIT",
            Self::AddressLimit => "ADDRESS_LIMIT",
            Self::BudgetSpent => "BUDGET_SPENT",
            Self::RegionNotAllowed => "REGION_NOT_ALLOWED",
            Self::CodesStopped => "CODES_STOPPED",
            Self::CodesStoppedByOperator => "CODES_STOPPED_BY_OPERATOR",
        }
    }
}

/// Where codes of an organization may go at all.
pub(crate) struct Reach<'a> {
    pub(crate) allowed_regions: &'a [String],
    pub(crate) stops: &'a CodeStops,
    pub(crate) operator_stops: &'a CodeStops,
}

impl Reach<'_> {
    /// Whether a code may go by this channel to this region.
    pub(crate) fn check(&self, channel: CodeChannel, region: &str) -> Result<(), Refused> {
        if !self.allowed_regions.iter().any(|known| known == region) {
            return Err(Refused::RegionNotAllowed);
        }
        if self.operator_stops.hold(channel, region) {
            return Err(Refused::CodesStoppedByOperator);
        }
        if self.stops.hold(channel, region) {
            return Err(Refused::CodesStopped);
        }
        Ok(())
    }
}

/// The middle of the week before; days without codes count as such.
pub(crate) fn usual(mut week: [i32; 7]) -> i32 {
    week.sort_unstable();
    week[3]
}

/// Whether so many codes in a day are worth an alarm.
pub(crate) fn is_unusual(sent: i32, usual: i32) -> bool {
    sent >= usual.max(LEAST_USUAL).saturating_mul(UNUSUAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stops(text: &str) -> CodeStops {
        text.parse().unwrap()
    }

    #[test]
    fn a_switch_stops_its_channel_and_region() {
        let some = stops("SMS:CU, *:JM,VOICE:*");
        for (channel, region, stopped) in [
            (CodeChannel::Sms, "CU", true),
            (CodeChannel::Sms, "CA", false),
            (CodeChannel::Sms, "JM", true),
            (CodeChannel::Voice, "CA", true),
        ] {
            assert_eq!(some.hold(channel, region), stopped, "{channel:?} {region}");
        }
        assert!(stops("*:*").hold(CodeChannel::Sms, "CA"));
        let written: Vec<_> = some.0.iter().map(ToString::to_string).collect();
        assert_eq!(written, ["SMS:CU", "*:JM", "VOICE:*"]);
        for text in ["", "SMS", "SMS:", "FAX:CA", "SMS:Canada", "SMS:CA,"] {
            assert_eq!(text.parse::<CodeStops>(), Err(NotAStop), "{text}");
        }
    }

    #[test]
    fn the_operator_comes_before_the_organization() {
        let regions = ["CA".to_owned()];
        let (own, operator) = (stops("*:CA"), stops("SMS:CA"));
        let reach = Reach {
            allowed_regions: &regions,
            stops: &own,
            operator_stops: &operator,
        };
        assert_eq!(
            reach.check(CodeChannel::Sms, "CA"),
            Err(Refused::CodesStoppedByOperator)
        );
        assert_eq!(
            reach.check(CodeChannel::Voice, "CA"),
            Err(Refused::CodesStopped)
        );
        assert_eq!(
            reach.check(CodeChannel::Voice, "US"),
            Err(Refused::RegionNotAllowed)
        );
    }

    #[test]
    fn three_times_the_median_is_unusual() {
        assert_eq!(usual([0, 0, 0, 5, 9, 9, 900]), 5);
        assert_eq!(usual([100, 90, 110, 0, 95, 0, 105]), 95);
        assert!(!is_unusual(284, 95));
        assert!(is_unusual(285, 95));
        assert!(!is_unusual(29, 0));
        assert!(is_unusual(30, 0));
    }
}
