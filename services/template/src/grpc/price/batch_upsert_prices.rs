//! BatchUpsertPrices.

use super::super::Api;
use super::take::Taken;
use super::{convert, read, take};
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Failure as _, Violation};

/// Rows of a batch.
const MAX_ROWS: usize = 1_000;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::BatchUpsertPricesRequest,
) -> Result<pb::BatchUpsertPricesResponse, Error> {
    if !(1..=MAX_ROWS).contains(&request.prices.len()) {
        let wrong = format!("must have 1 to {MAX_ROWS} entries");
        return Err(vec![Violation::new("prices", wrong)].into());
    }
    let drafts = request.prices.into_iter().map(|row| {
        let row = pb::Price {
            etag: String::new(),
            ..row
        };
        Ok(read::draft(row, "")?)
    });
    let mut tx = api.begin(call).await?;
    let taken = take::run(api, call, &mut tx, drafts.collect()).await?;
    tx.commit().await?;
    Ok(pb::BatchUpsertPricesResponse {
        results: taken.into_iter().map(result).collect(),
    })
}

fn result(taken: Taken) -> pb::PriceResult {
    match taken {
        Ok((price, outcome)) => pb::PriceResult {
            outcome: convert::outcome(outcome).into(),
            price_id: price.id.to_string(),
            ..Default::default()
        },
        Err(error) => pb::PriceResult {
            outcome: pb::PriceOutcome::Failed.into(),
            reason: error.reason().to_owned(),
            fields: error
                .violations()
                .iter()
                .map(|violation| violation.field.clone())
                .collect(),
            ..Default::default()
        },
    }
}
