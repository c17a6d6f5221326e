//! The preference centre: a page where patients decide whether, when and where they are written to (R35).
//!
//! | module | holds |
//! |---|---|
//! | [`assets`] | the files the page is made of |
//! | `api` | what the page asks |
//! | `state` | what is on and what is off |
//! | `unsubscribe` | one click in a mail program (RFC 8058) |

mod api;
pub(crate) mod assets;
mod holder;
mod state;
mod unsubscribe;

use crate::error::Error;
use crate::grpc::Api;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use bitewing_rpc::call::Arrival;
use bitewing_rpc::problem;
use bitewing_runtime::page;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};

/// The routes below `/preferences`.
pub(crate) fn routes(api: Api) -> Router {
    let asked = Router::new()
        .route("/preferences/api/open", post(api::open))
        .route("/preferences/api/save", post(api::save))
        .route_layer(from_fn_with_state(api.clone(), own));
    Router::new()
        .route("/preferences", get(show))
        .route("/preferences/assets/{name}", get(asset))
        .route(
            "/preferences/unsubscribe/{token}",
            get(show).post(unsubscribe::run),
        )
        .merge(asked)
        .layer(from_fn_with_state(api.public_url.clone(), page::headers))
        .with_state(api)
}

/// Turns away what does not come from the page itself.
async fn own(State(api): State<Api>, request: Request, next: Next) -> Response {
    if page::is_own(&api.public_url, request.headers()) {
        return next.run(request).await;
    }
    let arrival = request.extensions().get::<Arrival>();
    let request_id = arrival.map(|arrival| arrival.request_id.clone());
    refuse(Error::CrossSite, &request_id.unwrap_or_default())
}

/// The page itself: the same for every link, and for none.
async fn show() -> Response {
    serve(&assets::PAGE)
}

async fn asset(Path(name): Path<String>) -> Response {
    assets::find(&name).map_or_else(missing, serve)
}

fn serve(asset: &'static assets::Asset) -> Response {
    let mut response = Response::new(Body::from(asset.body));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    response
}

fn missing() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// A failure as a problem (RFC 9457).
fn refuse(error: Error, request_id: &str) -> Response {
    problem::response(&error.into(), request_id)
}
