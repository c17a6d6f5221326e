//! The library as a page that a clinic's manager reads: every kind in every locale, register and channel, with the
//! values of people who do not exist. Made once, of what the program is made of; the same for everybody.
//!
//! | module | holds |
//! |---|---|
//! | [`library`] | the contents and one page per locale |
//! | [`html`] | the parts pages are made of |

mod html;
mod library;

use crate::domain::phrasebook::Locale;
use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use bitewing_runtime::page::{self, PublicUrl};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use std::sync::LazyLock;

const HTML: &str = "text/html; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
/// The only locale of the contents: managers of every chain read the page.
static CONTENTS: LazyLock<String> = LazyLock::new(library::contents);
static PAGES: LazyLock<Vec<String>> =
    LazyLock::new(|| Locale::ALL.into_iter().map(library::page).collect());

/// The routes below `/docs/templates`.
pub(crate) fn routes(public: PublicUrl) -> Router {
    Router::new()
        .route("/docs/templates", get(async || serve(HTML, &CONTENTS)))
        .route("/docs/templates/{locale}", get(locale))
        .route("/docs/templates/assets/{name}", get(asset))
        .layer(from_fn_with_state(public, page::headers))
}

async fn locale(Path(tag): Path<String>) -> Response {
    let place = Locale::ALL.into_iter().position(|known| known.tag() == tag);
    place.map_or_else(missing, |place| serve(HTML, &PAGES[place]))
}

async fn asset(Path(name): Path<String>) -> Response {
    match name.as_str() {
        "base.css" => serve(STYLE, page::STYLE),
        "templates.css" => serve(STYLE, include_str!("templates.css")),
        "icon.svg" => serve("image/svg+xml", include_str!("icon.svg")),
        _ => missing(),
    }
}

fn serve(media_type: &'static str, body: &'static str) -> Response {
    let mut response = Response::new(Body::from(body));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

fn missing() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
