//! Takes prices in one transaction; service and clinic decide which are new.

use super::super::{Api, owner};
use super::read::Draft;
use crate::domain::price::Price;
use crate::error::Error;
use crate::store::Tx;
use bitewing_core::{ClinicId, PriceId};
use bitewing_rpc::Call;
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::{Value, json};
use std::collections::HashMap;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Created,
    Updated,
    Unchanged,
}

/// What became of a row.
pub(super) type Taken = Result<(Price, Outcome), Error>;

/// Takes rows in their order; a refused one costs only itself.
pub(super) async fn run(
    api: &Api,
    call: &Call,
    tx: &mut Tx,
    drafts: Vec<Result<Draft, Error>>,
) -> Result<Vec<Taken>, Error> {
    let mut services: Vec<String> = drafts
        .iter()
        .flatten()
        .map(|draft| draft.service.to_string())
        .collect();
    services.sort_unstable();
    services.dedup();
    let known = tx.prices_of(&services).await?;
    let key = |price: &Price| (price.service.clone(), price.clinic);
    let mut known: HashMap<_, Price> = known
        .into_iter()
        .map(|price| (key(&price), price))
        .collect();
    let now = api.base.clock.now();
    let mut taken = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let draft =
            draft.and_then(|draft| owner::check(call, draft.clinic, "clinic_id").map(|()| draft));
        let draft = match draft {
            Ok(draft) => draft,
            Err(error) => {
                taken.push(Err(error));
                continue;
            }
        };
        let place = (draft.service.clone(), draft.clinic);
        let one = match known.remove(&place) {
            Some(price) if !price.matches(&draft.etag) => Err((price, Error::EtagMismatch)),
            Some(mut price) => {
                let changed = price.change(draft.terms, now);
                if changed {
                    tx.update_price(&price).await?;
                    tell(tx, call, "price.updated", &price).await?;
                }
                let outcome = if changed {
                    Outcome::Updated
                } else {
                    Outcome::Unchanged
                };
                Ok((price, outcome))
            }
            None if !draft.etag.is_empty() => {
                taken.push(Err(Error::EtagMismatch));
                continue;
            }
            None => {
                let price = Price {
                    id: PriceId::from_uuid(api.base.ids.next()),
                    service: draft.service,
                    clinic: draft.clinic,
                    terms: draft.terms,
                    version: 1,
                    created_at: now,
                    updated_at: now,
                };
                if !tx.insert_price(&price).await? {
                    return Err(Error::Conflict);
                }
                tell(tx, call, "price.created", &price).await?;
                Ok((price, Outcome::Created))
            }
        };
        let (price, one) = match one {
            Ok((price, outcome)) => (price.clone(), Ok((price, outcome))),
            Err((price, error)) => (price, Err(error)),
        };
        known.insert(place, price);
        taken.push(one);
    }
    Ok(taken)
}

/// What every change of a price leaves behind.
pub(super) async fn tell(
    tx: &mut Tx,
    call: &Call,
    what: &'static str,
    price: &Price,
) -> Result<(), Error> {
    let details: Value = json!({
        "service": price.service.as_str(),
        "clinic_id": price.clinic.as_ref().map(ClinicId::to_string),
        "version": price.version,
    });
    tx.emit(Event {
        event_type: what,
        resource: price.id.to_string(),
        payload: details.clone(),
    })
    .await?;
    tx.audit(audit::entry(call, what, price.id, price.clinic, details))
        .await?;
    Ok(())
}
