//! One click in a mail program (RFC 8058): a POST without a page, a cookie or a question. A GET shows the
//! page and changes nothing, because mail scanners follow links.

use super::holder::Holder;
use super::refuse;
use crate::domain::ContactChannel;
use crate::domain::consent::{ConsentSource, Purposes};
use crate::error::Error;
use crate::grpc::Api;
use crate::grpc::consent::say::{Said, say};
use crate::store::LinkPurpose;
use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::response::Response;
use bitewing_rpc::Violation;
use bitewing_rpc::call::Arrival;

/// What the mail program sends, in either form encoding (RFC 8058 3.2).
const SENT: &str = "List-Unsubscribe=One-Click";
const MULTIPART: [&str; 2] = ["name=\"List-Unsubscribe\"", "One-Click"];
const MAX_BODY: usize = 2 * 1024;

pub(super) async fn run(
    State(api): State<Api>,
    Extension(arrival): Extension<Arrival>,
    Path(token): Path<String>,
    body: Body,
) -> Response {
    match unsubscribe(&api, &arrival, &token, body).await {
        Ok(()) => Response::new(Body::empty()),
        Err(error) => refuse(error, &arrival.request_id),
    }
}

async fn unsubscribe(api: &Api, arrival: &Arrival, token: &str, body: Body) -> Result<(), Error> {
    let unread = || vec![Violation::new("body", "must be List-Unsubscribe=One-Click")];
    let bytes = to_bytes(body, MAX_BODY).await.map_err(|_| unread())?;
    let text = String::from_utf8_lossy(&bytes);
    if text.trim() != SENT && !MULTIPART.iter().all(|part| text.contains(part)) {
        return Err(unread().into());
    }
    let (mut tx, holder) = Holder::find(api, arrival, token, LinkPurpose::OneClick).await?;
    let said = Said {
        granted: false,
        purposes: Purposes::All,
        channel: Some(ContactChannel::Email),
        basis: None,
        wording: String::new(),
        source: ConsentSource::OneClick,
        occurred_at: api.base.clock.now(),
    };
    say(
        api,
        &holder.call,
        &mut tx,
        (Some(&holder.patient), None),
        said,
    )
    .await?;
    tx.commit().await
}
