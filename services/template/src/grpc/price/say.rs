//! A price for whoever writes to a patient: the values `price.service`, `price.range`, `price.conditions` and
//! `price.valid_until` of wordings and scenarios.

use crate::domain::Key;
use crate::domain::phrasebook::Locale;
use crate::domain::price::{NoName, Price};
use crate::error::Error;
use crate::store::Tx;
use bitewing_core::ClinicId;
use bitewing_rpc::Violation;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// Why a price is not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::grpc) enum Unsaid {
    NotFound,
    NotInForce,
    NameMissing,
}

impl From<Unsaid> for Error {
    fn from(unsaid: Unsaid) -> Self {
        match unsaid {
            Unsaid::NotFound => Self::PriceNotFound,
            Unsaid::NotInForce => Self::PriceNotInForce,
            Unsaid::NameMissing => Self::PriceNameMissing,
        }
    }
}

/// The price in force: the clinic's, else the chain's. Where the clinic's has expired the chain's does not stand in: the
/// clinic said that its prices differ.
pub(super) async fn in_force(
    tx: &mut Tx,
    service: &Key,
    clinic: Option<ClinicId>,
    now: OffsetDateTime,
) -> Result<Result<Price, Unsaid>, Error> {
    Ok(match tx.price_said(service, clinic).await? {
        None => Err(Unsaid::NotFound),
        Some(price) if !price.in_force(now) => Err(Unsaid::NotInForce),
        Some(price) => Ok(price),
    })
}

/// The values by which wordings place the price of a service.
pub(in crate::grpc) async fn values(
    tx: &mut Tx,
    service: &Key,
    clinic: Option<ClinicId>,
    locale: Locale,
    now: OffsetDateTime,
) -> Result<Result<Vec<(&'static str, String)>, Unsaid>, Error> {
    let price = in_force(tx, service, clinic, now).await?;
    Ok(price.and_then(|price| price.values(locale).map_err(|NoName| Unsaid::NameMissing)))
}

/// The value by which a caller names a service whose price is placed: no wording places it itself.
pub(in crate::grpc) const CODE: &str = "price.code";

/// Reads [`CODE`] out of what a caller sent.
pub(in crate::grpc) fn code(sent: Option<&String>) -> Result<Option<Key>, Error> {
    let code = sent.map(|code| Key::optional(code)).transpose();
    let wrong = |error| vec![Violation::new(format!("variables.{CODE}"), error)];
    Ok(code.map_err(wrong)?.flatten())
}

/// Adds the price of a service to a wording's values; one that is not in force is an error.
pub(in crate::grpc) async fn place_values(
    tx: &mut Tx,
    service: &Key,
    (clinic, locale, now): (Option<ClinicId>, Locale, OffsetDateTime),
    given: &mut BTreeMap<String, String>,
) -> Result<(), Error> {
    let values = values(tx, service, clinic, locale, now).await??;
    given.extend(
        values
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value)),
    );
    Ok(())
}
