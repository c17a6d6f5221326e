//! UpsertPrice.

use super::super::{Api, owner};
use super::{convert, read, take};
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::field::FieldError;
use bitewing_rpc::{Call, Violation};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::UpsertPriceRequest,
) -> Result<pb::UpsertPriceResponse, Error> {
    let sent = request
        .price
        .ok_or_else(|| vec![Violation::new("price", FieldError::Required)])?;
    let draft = read::draft(sent, "price.")?;
    owner::check(call, draft.clinic, "price.clinic_id")?;
    let mut tx = api.begin(call).await?;
    let taken = take::run(api, call, &mut tx, vec![Ok(draft)]).await?.pop();
    let (price, outcome) = taken.unwrap_or(Err(Error::PriceNotFound))?;
    tx.commit().await?;
    Ok(pb::UpsertPriceResponse {
        price: Some((&price).into()),
        outcome: convert::outcome(outcome).into(),
    })
}
