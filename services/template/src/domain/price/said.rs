//! A price as wordings take it and as a patient is told it.

use super::{Price, Range, in_locale};
use crate::domain::phrasebook::{
    FillError, Given, Locale, Medium, Occasion, Place, Register, Words, fill,
};
use crate::domain::scenario::service_name;
use time::macros::format_description;

/// The price has no name in the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoName;

/// Why a price is not said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoQuote {
    Name,
    Fill(FillError),
}

impl From<NoName> for NoQuote {
    fn from(_: NoName) -> Self {
        Self::Name
    }
}

impl From<FillError> for NoQuote {
    fn from(error: FillError) -> Self {
        Self::Fill(error)
    }
}

/// A price, said in one locale.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Quote {
    pub(crate) service_name: String,
    pub(crate) range: String,
    pub(crate) conditions: String,
    pub(crate) valid_until: String,
}

impl Price {
    /// The values by which wordings place it. A service without a name of its own in the language is called as the library
    /// calls it; nothing is said of conditions in a language that has none.
    pub(crate) fn values(&self, locale: Locale) -> Result<Vec<(&'static str, String)>, NoName> {
        let name = in_locale(&self.terms.names, locale);
        let name = name
            .or_else(|| service_name(&self.service, locale))
            .ok_or(NoName)?;
        let day = format_description!("[year]-[month]-[day]");
        let valid_until = self.terms.valid_until.format(day).map_err(|_| NoName)?;
        let mut values = vec![
            ("price.service", name.to_owned()),
            ("price.range", plain(self.terms.range)),
            ("price.valid_until", valid_until),
        ];
        if let Some(conditions) = in_locale(&self.terms.conditions, locale) {
            values.push(("price.conditions", conditions.to_owned()));
        }
        Ok(values)
    }

    /// The price as a patient reads it; `kind` is one whose wordings place prices.
    pub(crate) fn quote(&self, kind: &Occasion, locale: Locale) -> Result<Quote, NoQuote> {
        let values = self.values(locale)?;
        let given = Given {
            values: values
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            now: None,
        };
        let place = Place {
            locale,
            register: Register::Formal,
            medium: Medium::Chat,
        };
        let said = |body: &str| {
            let words = Words {
                subject: String::new(),
                body: body.to_owned(),
            };
            fill(kind, place, &words, &given).map(|message| message.text)
        };
        Ok(Quote {
            service_name: said("{{ price.service }}")?,
            range: said("{{ price.range }}")?,
            conditions: said("{{ price.conditions }}")?,
            valid_until: said("{{ price.valid_until }}")?,
        })
    }
}

/// Both ends in the form of the palette, as `1200.00-1800.00 CAD`.
fn plain(range: Range) -> String {
    let amount = |minor: i64| format!("{}.{:02}", minor / 100, minor % 100);
    let (from, to) = (amount(range.min()), amount(range.max()));
    format!("{from}-{to} {}", range.currency().code())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Key;
    use crate::domain::phrasebook::kind;
    use crate::domain::price::{Currency, tests::implant};
    use proptest::prelude::*;

    #[test]
    fn a_price_is_said_from_and_to_with_what_it_depends_on() {
        let kind = kind("price-range").unwrap();
        let quote = implant().quote(kind, Locale::Ru).ok().unwrap();
        let plain = |text: &str| text.replace(['\u{a0}', '\u{202f}'], " ");
        assert_eq!(plain(&quote.range), "от 60 000 ₽ до 90 000,50 ₽");
        assert_eq!(plain(&quote.valid_until), "30 июня 2027 г.");
        assert_eq!(quote.conditions, "Всё зависит от кости.");
        let quote = implant().quote(kind, Locale::FrCa).ok().unwrap();
        assert_eq!(
            (quote.service_name.as_str(), quote.conditions.as_str()),
            ("un implant", "")
        );
        let quote = implant().quote(kind, Locale::En).ok().unwrap();
        assert_eq!(quote.service_name, "an implant");
        let mut unknown = implant();
        unknown.service = Key::parse("laser").unwrap();
        assert!(unknown.quote(kind, Locale::En).is_err());
    }

    proptest! {
        #[test]
        fn every_range_can_be_said(a in 0..=super::super::MAX_MINOR_UNITS, b in 0..=super::super::MAX_MINOR_UNITS) {
            prop_assume!(a != b);
            let mut price = implant();
            let currency = Currency::parse("EUR").unwrap();
            price.terms.range = Range::new(a.min(b), a.max(b), currency).unwrap();
            let quote = price.quote(kind("price-range").unwrap(), Locale::Ru);
            prop_assert!(quote.is_ok_and(|quote| quote.range.contains('€')));
        }
    }
}
