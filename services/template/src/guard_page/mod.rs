//! The page where somebody types a message and sees what the guard sees. It is a client of the JSON API like any
//! other: it signs in as whoever uses it, keeps the token in memory alone, and sends nothing to patients.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use bitewing_runtime::page::{self, PublicUrl, STYLE};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Name, media type and text of the files the page is made of.
const ASSETS: [(&str, &str, &str); 5] = [
    ("base.css", CSS, STYLE),
    ("guard.css", CSS, include_str!("assets/guard.css")),
    ("guard.js", SCRIPT, include_str!("assets/guard.js")),
    ("session.js", SCRIPT, include_str!("assets/session.js")),
    ("marks.js", SCRIPT, include_str!("assets/marks.js")),
];

/// The routes below `/guard`.
pub(crate) fn routes(public: PublicUrl) -> Router {
    Router::new()
        .route(
            "/guard",
            get(async || serve(HTML, include_str!("assets/guard.html"))),
        )
        .route("/guard/assets/{name}", get(asset))
        .layer(from_fn_with_state(public, page::headers))
}

async fn asset(Path(name): Path<String>) -> Response {
    let found = ASSETS.iter().find(|(known, ..)| *known == name);
    if let Some((_, media_type, body)) = found {
        return serve(media_type, body);
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

fn serve(media_type: &'static str, body: &'static str) -> Response {
    let mut response = Response::new(Body::from(body));
    let media_type = HeaderValue::from_static(media_type);
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_asks_for_nothing_its_policy_forbids() {
        let html = include_str!("assets/guard.html");
        assert!(!html.contains("style=") && !html.contains(" on") || !html.contains("onclick"));
        for (name, media_type, body) in ASSETS {
            assert!(
                !body.contains("http://") && !body.contains("https://"),
                "{name}"
            );
            let script = media_type == SCRIPT;
            assert!(
                !script || !body.contains("innerHTML") && !body.contains("eval("),
                "{name}"
            );
            assert!(!script || !body.contains("localStorage") && !body.contains("sessionStorage"));
            assert!(script || !body.contains("@import"), "{name}");
        }
        for name in ["base.css", "guard.css", "guard.js"] {
            assert!(html.contains(&format!("/guard/assets/{name}\"")), "{name}");
        }
    }
}
