//! Turns away what does not come from the page itself.

use crate::error::Error;
use crate::http::answer::refuse;
use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bitewing_rpc::call::Arrival;
use bitewing_runtime::page::{PublicUrl, is_own};

pub(super) async fn run(
    State(public): State<PublicUrl>,
    Extension(arrival): Extension<Arrival>,
    request: Request,
    next: Next,
) -> Response {
    if is_own(&public, request.headers()) {
        next.run(request).await
    } else {
        refuse(Error::CrossSite, &arrival.request_id)
    }
}
