//! Twilio's signatures (<https://www.twilio.com/docs/usage/webhooks/webhooks-security>): HMAC-SHA1 by
//! the account's token over the URL and every field of the form; with another body over the URL, which
//! then holds the body's SHA-256.

use super::inbound::Inbound;
use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitewing_core::Sensitive;
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

/// The query parameter with the SHA-256 of a body that is no form.
const BODY_HASH: &str = "bodySHA256";

/// Whether a request was signed with one of an account's tokens: two while they are exchanged.
pub(super) fn is_signed<'a>(
    inbound: &Inbound,
    tokens: impl Iterator<Item = &'a Sensitive<String>>,
) -> bool {
    let signature = inbound
        .header("x-twilio-signature")
        .and_then(|text| STANDARD.decode(text).ok());
    let Some(signature) = signature else {
        return false;
    };
    let Some(rest) = signed_rest(inbound) else {
        return false;
    };
    // Twilio is not of one mind about the port: with and without it are the same URL (RFC 3986 6.2.3).
    let urls = [with_port(&inbound.url), without_port(&inbound.url)];
    let keys = tokens.map(|token| {
        hmac::Key::new(
            hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            token.expose().as_bytes(),
        )
    });
    keys.into_iter().any(|key| {
        urls.iter().any(|url| {
            let signed = format!("{url}{rest}");
            hmac::verify(&key, signed.as_bytes(), &signature).is_ok()
        })
    })
}

/// What is signed behind the URL; `None` where a body does not have the hash that is signed.
fn signed_rest(inbound: &Inbound) -> Option<String> {
    if inbound.is_form() {
        return Some(concatenated(inbound.fields()));
    }
    if inbound.body.is_empty() {
        return Some(String::new());
    }
    let url = Url::parse(&inbound.url).ok()?;
    let (_, announced) = url.query_pairs().find(|(name, _)| name == BODY_HASH)?;
    let announced = hex(&announced)?;
    let hash = digest::digest(&digest::SHA256, &inbound.body);
    (hash.as_ref() == announced).then(String::new)
}

/// Every field by name, each value once and in order, without anything between.
fn concatenated(fields: Vec<(String, String)>) -> String {
    let mut sorted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, value) in fields {
        sorted.entry(name).or_default().insert(value);
    }
    let mut text = String::new();
    for (name, values) in sorted {
        for value in values {
            text.push_str(&name);
            text.push_str(&value);
        }
    }
    text
}

fn hex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}

/// Scheme, authority, and the rest with its first character; nothing of it is written differently.
fn parts(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    Some((scheme, &rest[..end], &rest[end..]))
}

/// An authority as host and port.
fn host_and_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, Some(port)),
        _ => (authority, None),
    }
}

fn with_port(url: &str) -> String {
    match parts(url) {
        Some((scheme, authority, rest)) if host_and_port(authority).1.is_none() => {
            let port = if scheme == "https" { 443 } else { 80 };
            format!("{scheme}://{authority}:{port}{rest}")
        }
        _ => url.to_owned(),
    }
}

fn without_port(url: &str) -> String {
    match parts(url) {
        Some((scheme, authority, rest)) => {
            format!("{scheme}://{}{rest}", host_and_port(authority).0)
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vendor's own example.
    fn example() -> Inbound {
        Inbound {
            url: "https://mycompany.com/myapp.php?foo=1&bar=2".to_owned(),
            headers: vec![
                header(
                    "content-type",
                    "application/x-www-form-urlencoded; charset=UTF-8",
                ),
                header("x-twilio-signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
            ],
            body: b"CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&To=%2B18005551212\
                    &Caller=%2B14158675309"
                .to_vec(),
        }
    }

    fn header(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    fn token(text: &str) -> Sensitive<String> {
        text.to_owned().into()
    }

    fn signed(inbound: &Inbound, tokens: &[&str]) -> bool {
        let tokens: Vec<_> = tokens.iter().map(|text| token(text)).collect();
        is_signed(inbound, tokens.iter())
    }

    #[test]
    fn the_vendors_example_is_signed() {
        assert!(signed(&example(), &["12345"]));
        assert!(
            signed(&example(), &["other", "12345"]),
            "while tokens are exchanged"
        );
        assert!(!signed(&example(), &["other"]));
        assert!(!signed(&example(), &[]));
    }

    #[test]
    fn whatever_is_changed_breaks_it() {
        let changes: [fn(&mut Inbound); 7] = [
            |inbound| inbound.url.push('x'),
            |inbound| inbound.url = inbound.url.replace("https", "http"),
            |inbound| inbound.body.extend_from_slice(b"&Unknown=1"),
            |inbound| inbound.body.truncate(20),
            |inbound| inbound.headers[0].1 = "application/json".to_owned(),
            |inbound| drop(inbound.headers.pop()),
            |inbound| inbound.headers.push(inbound.headers[1].clone()),
        ];
        for (index, change) in changes.into_iter().enumerate() {
            let mut inbound = example();
            change(&mut inbound);
            assert!(!signed(&inbound, &["12345"]), "{index}");
        }
    }

    #[test]
    fn a_url_is_the_same_with_its_port() {
        for (url, with, without) in [
            (
                "https://a.example/x",
                "https://a.example:443/x",
                "https://a.example/x",
            ),
            (
                "http://a.example?x",
                "http://a.example:80?x",
                "http://a.example?x",
            ),
            (
                "https://a.example:8443/",
                "https://a.example:8443/",
                "https://a.example/",
            ),
            ("http://[::1]/x", "http://[::1]:80/x", "http://[::1]/x"),
            ("nothing", "nothing", "nothing"),
        ] {
            assert_eq!(
                (with_port(url), without_port(url)),
                (with.to_owned(), without.to_owned())
            );
        }
    }
}
