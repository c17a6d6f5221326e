//! QuotePrice.

use super::super::Api;
use super::{convert, say};
use crate::domain::Key;
use crate::domain::phrasebook::{Locale, kind};
use crate::domain::price::NoQuote;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, all, field};

/// A kind whose wordings place prices.
const KIND: &str = "price-range";

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::QuotePriceRequest,
) -> Result<pb::QuotePriceResponse, Error> {
    let mut fields = Fields::new();
    let service = fields.take("service", Key::parse(&request.service));
    let clinic = fields.take("clinic_id", field::optional_id(&request.clinic_id));
    let (service, clinic) = all!(fields, service, clinic)?;
    let locale = Locale::nearest(&request.locale);
    let mut tx = api.begin(call).await?;
    let price = say::in_force(&mut tx, &service, clinic, api.base.clock.now()).await?;
    tx.commit().await?;
    let price = price?;
    let kind = kind(KIND).ok_or(Error::Engine)?;
    let quote = price.quote(kind, locale).map_err(|error| match error {
        NoQuote::Name => Error::PriceNameMissing,
        NoQuote::Fill(error) => error.into(),
    })?;
    Ok(pb::QuotePriceResponse {
        quote: Some(convert::quote(&price, quote, locale)),
    })
}
