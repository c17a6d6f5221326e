//! What an organization says on an occasion.

use super::Api;
use crate::domain::{Slot, Wording, built_in};
use crate::error::Error;
use bitewing_rpc::Call;

/// Its own wording of the slot, else the one that comes with the product.
pub(super) async fn in_exactly(api: &Api, call: &Call, slot: Slot) -> Result<Wording, Error> {
    let mut tx = api.begin(call).await?;
    let own = tx.template_of(slot).await?;
    tx.commit().await?;
    Ok(own.map_or_else(|| built_in(slot).clone(), |template| template.wording))
}
