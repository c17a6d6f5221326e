//! What a service costs, from and to (R77).

mod currency;
mod said;

pub(crate) use currency::Currency;
pub(crate) use said::{NoName, NoQuote, Quote};

use super::Key;
use super::phrasebook::Locale;
use bitewing_core::{ClinicId, PriceId};
use std::collections::BTreeMap;
use time::{Date, Duration, OffsetDateTime};

/// The most a service costs in minor units: what wordings can say, nine digits before the point.
pub(crate) const MAX_MINOR_UNITS: i64 = 99_999_999_999;

/// A text in several locales.
pub(crate) type Texts = BTreeMap<Locale, String>;

/// Two amounts, the lower first: one alone would be the final price nobody knows before an exam.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    min: i64,
    max: i64,
    currency: Currency,
}

/// The amounts are no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoRange {
    #[error("must be 0 to {MAX_MINOR_UNITS} minor units")]
    Amount,
    #[error("must be more than min_minor_units: a single final price is not said without an exam")]
    Single,
}

impl Range {
    /// Makes a range.
    pub(crate) fn new(min: i64, max: i64, currency: Currency) -> Result<Self, NoRange> {
        let amount = 0..=MAX_MINOR_UNITS;
        if !amount.contains(&min) || !amount.contains(&max) {
            Err(NoRange::Amount)
        } else if min >= max {
            Err(NoRange::Single)
        } else {
            Ok(Self { min, max, currency })
        }
    }

    pub(crate) const fn min(self) -> i64 {
        self.min
    }

    pub(crate) const fn max(self) -> i64 {
        self.max
    }

    pub(crate) const fn currency(self) -> Currency {
        self.currency
    }
}

/// What can be changed of a price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PriceTerms {
    pub(crate) names: Texts,
    pub(crate) conditions: Texts,
    pub(crate) range: Range,
    pub(crate) valid_from: Option<Date>,
    pub(crate) valid_until: Date,
}

/// A price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Price {
    pub(crate) id: PriceId,
    pub(crate) service: Key,
    /// `None` is the whole chain.
    pub(crate) clinic: Option<ClinicId>,
    pub(crate) terms: PriceTerms,
    pub(crate) version: i32,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) updated_at: OffsetDateTime,
}

impl Price {
    /// The etag: changes with every change.
    pub(crate) fn etag(&self) -> String {
        format!("\"{}\"", self.version)
    }

    /// Whether an etag sent is empty or the current one.
    pub(crate) fn matches(&self, etag: &str) -> bool {
        etag.is_empty() || etag == self.etag()
    }

    /// Takes new terms; `false` if they are the same.
    pub(crate) fn change(&mut self, terms: PriceTerms, now: OffsetDateTime) -> bool {
        if self.terms == terms {
            return false;
        }
        self.terms = terms;
        self.version += 1;
        self.updated_at = now;
        true
    }

    /// Whether it may be said. A clinic's day is not known here: a price begins where its first day begins first, and ends
    /// where its last day ends last (UTC+14 and UTC-12 are the ends of the world's clocks).
    pub(crate) fn in_force(&self, now: OffsetDateTime) -> bool {
        let earliest = now.saturating_add(Duration::hours(14)).date();
        let latest = now.saturating_sub(Duration::hours(12)).date();
        self.terms.valid_from.is_none_or(|from| from <= earliest)
            && latest <= self.terms.valid_until
    }
}

/// The text in a locale: its own, else that of the same language elsewhere.
pub(crate) fn in_locale(texts: &Texts, locale: Locale) -> Option<&str> {
    let same_language = |other: &Locale| other.tag()[..2] == locale.tag()[..2];
    let text = texts.get(&locale);
    let text = text.or_else(|| {
        let mut others = texts.iter().filter(|(other, _)| same_language(other));
        others.next().map(|(_, text)| text)
    });
    text.map(String::as_str)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use time::macros::{date, datetime};
    use uuid::Uuid;

    pub(crate) fn implant() -> Price {
        let texts = |pairs: &[(Locale, &str)]| {
            let owned = |(locale, text): &(Locale, &str)| (*locale, (*text).to_owned());
            pairs.iter().map(owned).collect()
        };
        Price {
            id: PriceId::from_uuid(Uuid::from_u128(1)),
            service: Key::parse("implant").unwrap(),
            clinic: None,
            terms: PriceTerms {
                names: texts(&[(Locale::FrFr, "un implant"), (Locale::Ru, "имплант")]),
                conditions: texts(&[(Locale::Ru, "Всё зависит от кости.")]),
                range: Range::new(6_000_000, 9_000_050, Currency::parse("RUB").unwrap()).unwrap(),
                valid_from: Some(date!(2027 - 01 - 01)),
                valid_until: date!(2027 - 06 - 30),
            },
            version: 1,
            created_at: datetime!(2027-01-01 00:00 UTC),
            updated_at: datetime!(2027-01-01 00:00 UTC),
        }
    }

    #[test]
    fn one_amount_is_no_range() {
        let currency = Currency::parse("CAD").unwrap();
        assert!(Range::new(0, 1, currency).is_ok());
        assert_eq!(Range::new(5, 5, currency), Err(NoRange::Single));
        assert_eq!(Range::new(6, 5, currency), Err(NoRange::Single));
        assert_eq!(Range::new(-1, 5, currency), Err(NoRange::Amount));
        assert_eq!(Range::new(0, i64::MAX, currency), Err(NoRange::Amount));
    }

    #[test]
    fn a_day_lasts_until_it_is_over_everywhere() {
        let price = implant();
        for (now, in_force) in [
            (datetime!(2026-12-31 09:59 UTC), false),
            (datetime!(2026-12-31 10:00 UTC), true),
            (datetime!(2027-07-01 11:59 UTC), true),
            (datetime!(2027-07-01 12:00 UTC), false),
        ] {
            assert_eq!(price.in_force(now), in_force, "{now}");
        }
    }

    #[test]
    fn the_same_language_stands_in_and_no_other() {
        let names = implant().terms.names;
        assert_eq!(in_locale(&names, Locale::FrCa), Some("un implant"));
        assert_eq!(in_locale(&names, Locale::Ru), Some("имплант"));
        assert_eq!(in_locale(&names, Locale::En), None);
    }
}
