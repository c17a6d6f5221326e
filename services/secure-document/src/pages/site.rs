//! Whether a request comes from the page itself. Browsers say so in headers no script can set; with
//! SameSite cookies this is the second lock on the same door (OWASP CSRF cheat sheet).

use crate::config::PublicUrl;
use crate::error::Error;
use crate::http::answer::refuse;
use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bitewing_rpc::call::Arrival;
use http::HeaderMap;
use http::header::ORIGIN;

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

fn is_own(public: &PublicUrl, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(http::HeaderValue::as_bytes);
    match text("sec-fetch-site") {
        Some(site) => site == b"same-origin",
        // Older browsers send the origin with every POST.
        None => text(ORIGIN.as_str()) == Some(public.origin().as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs.iter().map(|(name, value)| {
            (
                http::HeaderName::from_static(name),
                http::HeaderValue::from_static(value),
            )
        });
        is_own(
            &PublicUrl::parse("https://docs.example.org").unwrap(),
            &headers.collect(),
        )
    }

    #[test]
    fn only_the_page_itself_may_ask() {
        assert!(own(&[("sec-fetch-site", "same-origin")]));
        assert!(own(&[("origin", "https://docs.example.org")]));
        for other in [
            &[][..],
            &[("sec-fetch-site", "same-site")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://docs.example.org"),
            ],
            &[("sec-fetch-site", "none")],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
        ] {
            assert!(!own(other), "{other:?}");
        }
    }
}
