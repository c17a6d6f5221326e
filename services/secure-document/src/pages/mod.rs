//! The pages patients see.
//!
//! | module | holds |
//! |---|---|
//! | [`assets`] | the files the page is made of |
//! | `words` | the page in six languages, and which one a browser gets |
//! | `cookies` | what the browser holds: a code's holder, sessions |
//! | `packed` | answers that are the same for everybody, small on the wire |
//! | `site` | turns away what does not come from the page itself |
//! | `api` | what the page asks |
//! | `files` | the bytes of a file |

mod api;
pub mod assets;
mod cookies;
mod files;
mod packed;
mod site;
mod words;

use self::packed::Packed;
use crate::vault::Vault;
use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use bitewing_runtime::page;
use http::header::{ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};

/// The routes below `/d`.
pub(crate) fn routes(vault: Vault) -> Router {
    let api = Router::new()
        .route("/d/api/open", post(api::open))
        .route("/d/api/code", post(api::code))
        .route("/d/api/verify", post(api::verify))
        .route("/d/api/files", post(api::files))
        .route("/d/api/logo", post(api::logo))
        .route("/d/api/done", post(api::done))
        .route_layer(from_fn_with_state(vault.public_url.clone(), site::run));
    Router::new()
        .route("/d", get(show))
        .route("/d/assets/{name}", get(asset))
        .route("/d/files/{document_id}", get(files::get))
        .merge(api)
        .layer(from_fn_with_state(vault.public_url.clone(), page::headers))
        .with_state(vault)
}

/// The page itself: the same for every link, and for none, in the language the browser asks for.
async fn show(headers: HeaderMap) -> Response {
    let wanted = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let Some(page) = words::page(words::preferred(wanted)) else {
        return missing();
    };
    serve(&headers, page, assets::PAGE.media_type)
}

async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match assets::packed(&name) {
        Some((asset, packed)) => serve(&headers, packed, asset.media_type),
        None => missing(),
    }
}

fn serve(asked: &HeaderMap, body: &'static Packed, media_type: &'static str) -> Response {
    let gzip = body.gzip_for(asked);
    let bytes = gzip.unwrap_or_else(|| body.plain().as_bytes());
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(
        VARY,
        HeaderValue::from_static("accept-encoding, accept-language"),
    );
    if gzip.is_some() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn missing() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
