//! Prices, from wire to domain.

use crate::domain::Key;
use crate::domain::phrasebook::Locale;
use crate::domain::price::{Currency, PriceTerms, Range, Texts};
use bitewing_core::ClinicId;
use bitewing_proto::template as pb;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Fields, Violation, all};
use time::Date;
use time::macros::format_description;

/// Characters of a name.
const MAX_NAME: usize = 120;
/// Characters of a condition.
const MAX_CONDITION: usize = 500;

/// A price as a request holds it.
pub(super) struct Draft {
    pub(super) service: Key,
    pub(super) clinic: Option<ClinicId>,
    pub(super) terms: PriceTerms,
    pub(super) etag: String,
}

/// Reads a price below a path: `price.` of the only one, empty in a batch.
pub(super) fn draft(sent: pb::Price, below: &str) -> Result<Draft, Vec<Violation>> {
    let mut fields = Fields::new();
    let at = |field: &str| format!("{below}{field}");
    let service = fields.take(at("service"), Key::parse(&sent.service));
    let clinic = fields.take(at("clinic_id"), field::optional_id(&sent.clinic_id));
    if sent.names.is_empty() {
        fields.note(at("names"), FieldError::Required);
    }
    let names = texts(&mut fields, &at("names"), sent.names, 1..=MAX_NAME);
    let conditions = texts(
        &mut fields,
        &at("conditions"),
        sent.conditions,
        1..=MAX_CONDITION,
    );
    let currency = fields.take(at("currency"), Currency::parse(&sent.currency));
    let range = currency.and_then(|currency| {
        let range = Range::new(sent.min_minor_units, sent.max_minor_units, currency);
        fields.take(at("max_minor_units"), range)
    });
    let valid_from = (!sent.valid_from.is_empty())
        .then(|| day(&sent.valid_from))
        .transpose();
    let valid_from = fields.take(at("valid_from"), valid_from);
    let valid_until = fields.take(at("valid_until"), day(&sent.valid_until));
    if let (Some(Some(from)), Some(until)) = (valid_from, valid_until)
        && from > until
    {
        fields.note(at("valid_until"), "must not be before valid_from");
    }
    let (service, clinic, names, conditions, range, valid_from, valid_until) = all!(
        fields,
        service,
        clinic,
        names,
        conditions,
        range,
        valid_from,
        valid_until
    )?;
    Ok(Draft {
        service,
        clinic,
        terms: PriceTerms {
            names,
            conditions,
            range,
            valid_from,
            valid_until,
        },
        etag: sent.etag,
    })
}

fn day(text: &str) -> Result<Date, &'static str> {
    let format = format_description!("[year]-[month]-[day]");
    Date::parse(text, format).map_err(|_| "must be a day as 2027-06-30")
}

fn texts(
    fields: &mut Fields,
    path: &str,
    sent: Vec<pb::LocalizedText>,
    length: std::ops::RangeInclusive<usize>,
) -> Option<Texts> {
    if sent.len() > Locale::ALL.len() {
        fields.note(path, FieldError::TooMany(Locale::ALL.len()));
        return None;
    }
    let mut texts = Texts::new();
    for (index, one) in sent.into_iter().enumerate() {
        let at = |field: &str| format!("{path}[{index}].{field}");
        let locale = fields.take(at("locale"), Locale::parse(&one.locale));
        let text = fields.take(at("text"), field::text(&one.text, length.clone()));
        let (Some(locale), Some(text)) = (locale, text) else {
            continue;
        };
        if text.contains("{{") || text.contains("{%") {
            fields.note(at("text"), "must not hold {{ or {%");
        } else if texts.insert(locale, text).is_some() {
            fields.note(at("locale"), "must be given once");
        }
    }
    Some(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent() -> pb::Price {
        let text = |locale: &str, text: &str| pb::LocalizedText {
            locale: locale.to_owned(),
            text: text.to_owned(),
        };
        pb::Price {
            service: "implant".to_owned(),
            names: vec![text("en", "an implant"), text("ru", "имплант")],
            min_minor_units: 1,
            max_minor_units: 2,
            currency: "CAD".to_owned(),
            valid_until: "2027-06-30".to_owned(),
            ..Default::default()
        }
    }

    fn paths(sent: pb::Price) -> Vec<String> {
        let violations = draft(sent, "price.").err().unwrap_or_default();
        violations
            .into_iter()
            .map(|violation| violation.field)
            .collect()
    }

    #[test]
    fn every_fault_is_named_at_once() {
        assert!(paths(sent()).is_empty());
        let all = pb::Price {
            valid_from: "soon".to_owned(),
            ..Default::default()
        };
        let expected = ["service", "names", "currency", "valid_from", "valid_until"];
        assert_eq!(paths(all), expected.map(|field| format!("price.{field}")));
        let mut twice = sent();
        twice.names[1].locale = "en".to_owned();
        assert_eq!(paths(twice), ["price.names[1].locale"]);
        let mut bomb = sent();
        bomb.names[0].text = "{{ x }}".to_owned();
        assert_eq!(paths(bomb), ["price.names[0].text"]);
        let single = pb::Price {
            max_minor_units: 1,
            ..sent()
        };
        assert_eq!(paths(single), ["price.max_minor_units"]);
        let backwards = pb::Price {
            valid_from: "2027-07-01".to_owned(),
            ..sent()
        };
        assert_eq!(paths(backwards), ["price.valid_until"]);
    }
}
