//! Prices, from domain to wire.

use super::take::Outcome;
use crate::domain::phrasebook::Locale;
use crate::domain::price::{Price, Quote, Texts};
use bitewing_core::ClinicId;
use bitewing_proto::template as pb;
use bitewing_rpc::field::to_timestamp;

fn texts(texts: &Texts) -> Vec<pb::LocalizedText> {
    let text = |(locale, text): (&Locale, &String)| pb::LocalizedText {
        locale: locale.to_string(),
        text: text.clone(),
    };
    texts.iter().map(text).collect()
}

impl From<&Price> for pb::Price {
    fn from(price: &Price) -> Self {
        let terms = &price.terms;
        let clinic = price.clinic.as_ref().map(ClinicId::to_string);
        let from = terms.valid_from.map(|day| day.to_string());
        Self {
            price_id: price.id.to_string(),
            service: price.service.to_string(),
            clinic_id: clinic.unwrap_or_default(),
            names: texts(&terms.names),
            min_minor_units: terms.range.min(),
            max_minor_units: terms.range.max(),
            currency: terms.range.currency().code().to_owned(),
            conditions: texts(&terms.conditions),
            valid_from: from.unwrap_or_default(),
            valid_until: terms.valid_until.to_string(),
            version: price.version,
            update_time: Some(to_timestamp(price.updated_at)),
            etag: price.etag(),
        }
    }
}

pub(super) fn quote(price: &Price, quote: Quote, locale: Locale) -> pb::PriceQuote {
    pb::PriceQuote {
        locale: locale.to_string(),
        service_name: quote.service_name,
        range: quote.range,
        conditions: quote.conditions,
        valid_until: quote.valid_until,
        price: Some(price.into()),
    }
}

pub(super) const fn outcome(outcome: Outcome) -> pb::PriceOutcome {
    match outcome {
        Outcome::Created => pb::PriceOutcome::Created,
        Outcome::Updated => pb::PriceOutcome::Updated,
        Outcome::Unchanged => pb::PriceOutcome::Unchanged,
    }
}
