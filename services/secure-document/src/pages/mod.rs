//! The pages patients see.
//!
//! | module | holds |
//! |---|---|
//! | [`assets`] | the files the page is made of |
//! | `headers` | what keeps a page to itself |
//! | `cookies` | what the browser holds: a code's holder, sessions |
//! | `site` | whether a request comes from the page itself |
//! | `api` | what the page asks |
//! | `files` | the bytes of a file |

mod api;
pub mod assets;
mod cookies;
mod files;
mod headers;
mod site;

use crate::vault::Vault;
use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};

/// The routes below `/d`.
pub(crate) fn routes(vault: Vault) -> Router {
    let api = Router::new()
        .route("/d/api/open", post(api::open))
        .route("/d/api/code", post(api::code))
        .route("/d/api/verify", post(api::verify))
        .route("/d/api/files", post(api::files))
        .route("/d/api/done", post(api::done))
        .route_layer(from_fn_with_state(vault.public_url.clone(), site::run));
    Router::new()
        .route("/d", get(page))
        .route("/d/assets/{name}", get(asset))
        .route("/d/files/{document_id}", get(files::get))
        .merge(api)
        .layer(from_fn_with_state(vault.public_url.clone(), headers::run))
        .with_state(vault)
}

/// The page itself: the same for every link, and for none.
async fn page() -> Response {
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
