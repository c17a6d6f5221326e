//! DeletePrice.

use super::super::{Api, owner};
use super::take;
use crate::error::Error;
use bitewing_core::PriceId;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Violation, field};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::DeletePriceRequest,
) -> Result<pb::DeletePriceResponse, Error> {
    let id = field::id::<PriceId>(&request.price_id)
        .map_err(|error| vec![Violation::new("price_id", error)])?;
    let clinics = call.caller.clinics.filter();
    let mut tx = api.begin(call).await?;
    let price = tx.price(id, clinics.as_deref(), true).await?;
    let price = price.ok_or(Error::PriceNotFound)?;
    owner::check(call, price.clinic, "price_id")?;
    if !price.matches(&request.etag) {
        return Err(Error::EtagMismatch);
    }
    tx.delete_price(id).await?;
    take::tell(&mut tx, call, "price.deleted", &price).await?;
    tx.commit().await?;
    Ok(pb::DeletePriceResponse {})
}
