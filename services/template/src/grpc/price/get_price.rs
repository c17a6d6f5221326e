//! GetPrice.

use super::super::Api;
use crate::error::Error;
use bitewing_core::PriceId;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Violation, field};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::GetPriceRequest,
) -> Result<pb::GetPriceResponse, Error> {
    let id = field::id::<PriceId>(&request.price_id)
        .map_err(|error| vec![Violation::new("price_id", error)])?;
    let clinics = call.caller.clinics.filter();
    let mut tx = api.begin(call).await?;
    let price = tx.price(id, clinics.as_deref(), false).await?;
    tx.commit().await?;
    let price = price.ok_or(Error::PriceNotFound)?;
    Ok(pb::GetPriceResponse {
        price: Some((&price).into()),
    })
}
