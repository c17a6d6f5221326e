//! Bytes of staff over plain HTTP: uploads (tus 1.0) and downloads (Range).

pub(crate) mod answer;
mod downloads;
mod uploads;

use crate::error::Error;
use crate::vault::Vault;
use axum::Router;
use axum::routing::{get, options};
use bitewing_rpc::call::Arrival;
use bitewing_rpc::{Call, access};

/// The routes of staff.
pub(crate) fn routes(vault: Vault) -> Router {
    Router::new()
        .route(
            "/v1/uploads/{upload_id}",
            options(uploads::options)
                .head(uploads::head)
                .patch(uploads::patch)
                .delete(uploads::delete),
        )
        .route("/v1/downloads/{document_id}", get(downloads::get))
        .with_state(vault)
}

/// The call behind a plain request, allowed as the RPC that does the same.
fn authorize(arrival: &Arrival, method: &str) -> Result<Call, Error> {
    let call = arrival.call().map_err(|_| Error::Unauthenticated)?;
    let rule = access::rule(&format!("/bitewing.document.v1.DocumentService/{method}"));
    if rule.is_some_and(|rule| rule.allows(&call.caller)) {
        Ok(call)
    } else {
        Err(Error::Forbidden)
    }
}
