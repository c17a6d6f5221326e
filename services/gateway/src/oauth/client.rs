//! Who calls an endpoint: an API client by its secret, or the operator.

use super::OAuth;
use super::error::OAuthError;
use super::form::Form;
use crate::domain::{ApiClient, ClientId};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitewing_auth::{Clinics, Scope, password};
use bitewing_core::Sensitive;
use http::HeaderMap;
use http::header::AUTHORIZATION;

/// The client id of who runs the installation.
pub(super) const OPERATOR: &str = "operator";

/// Who proved itself.
pub(super) enum Client {
    /// A program of a chain.
    Api(ApiClient),
    /// Who runs the installation.
    Operator,
}

struct Credential {
    id: String,
    secret: Sensitive<String>,
}

/// Reads and checks the credential, in the header or in the body, never in both (RFC 6749 2.3.1).
pub(super) async fn authenticate(
    oauth: &OAuth,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Client, OAuthError> {
    let Credential { id, secret } = credential(headers, form)?;
    if id == OPERATOR {
        let known = oauth
            .operator_secret
            .as_ref()
            .ok_or(OAuthError::InvalidClient)?;
        let hash = |text: &str| digest::digest(&digest::SHA256, text.as_bytes());
        let (shown, known) = (hash(secret.expose()), hash(known.expose()));
        return verify_slices_are_equal(shown.as_ref(), known.as_ref())
            .map(|()| Client::Operator)
            .map_err(|_| OAuthError::InvalidClient);
    }
    let (client, hashes) = match id.parse::<ClientId>() {
        Ok(id) => {
            let mut tx = oauth
                .store
                .begin(&Scope::of_credential(id.organization))
                .await?;
            let client = tx.api_client(id.id, &Clinics::All).await?;
            let hashes = tx.secret_hashes(id.id).await?;
            tx.commit().await?;
            (client, hashes)
        }
        Err(_) => (None, Vec::new()),
    };
    // As much work for a client that is unknown.
    let right = password::verify(secret, hashes).await;
    client
        .filter(|_| right)
        .map(Client::Api)
        .ok_or(OAuthError::InvalidClient)
}

fn credential(headers: &HeaderMap, form: &Form) -> Result<Credential, OAuthError> {
    let Some(header) = headers.get(AUTHORIZATION) else {
        let id = form.get("client_id").ok_or(OAuthError::InvalidClient)?;
        let secret = form.get("client_secret").ok_or(OAuthError::InvalidClient)?;
        return Ok(Credential {
            id: id.to_owned(),
            secret: secret.to_owned().into(),
        });
    };
    if form.get("client_secret").is_some() {
        return Err(OAuthError::InvalidRequest("the client is named twice"));
    }
    header
        .to_str()
        .ok()
        .and_then(basic)
        .ok_or(OAuthError::InvalidClient)
}

/// Reads `Basic`; both halves are form-encoded inside (RFC 6749 2.3.1).
fn basic(value: &str) -> Option<Credential> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some(Credential {
        id: form_decoded(id),
        secret: form_decoded(secret).into(),
    })
}

fn form_decoded(text: &str) -> String {
    // A pair without a name, so that an equals sign stays part of the value.
    let pair = format!("={text}").replace('&', "%26");
    url::form_urlencoded::parse(pair.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, String)> {
        let header = format!("Basic {}", STANDARD.encode(text));
        basic(&header).map(|read| (read.id, read.secret.expose().clone()))
    }

    #[test]
    fn both_halves_are_decoded() {
        let pair = |id: &str, secret: &str| Some((id.to_owned(), secret.to_owned()));
        assert_eq!(read("cli_1:a%3Ab+c=&d"), pair("cli_1", "a:b c=&d"));
        assert_eq!(read("operator:"), pair("operator", ""));
        assert_eq!(read("no colon"), None);
        assert!(basic("Bearer abc").is_none() && basic("Basic !").is_none());
    }
}
