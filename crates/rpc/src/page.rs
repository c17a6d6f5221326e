//! Page tokens: the key of the last row, authenticated, and bound to the method, the organization and
//! the filters of the list, so that a token cannot be forged or carried to another list.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bitewing_core::OrganizationId;
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

const MAC: usize = 16;

/// What a token is bound to.
#[derive(Debug, Clone)]
pub struct Filter(Vec<u8>);

impl Filter {
    /// Starts with the method and the organization.
    pub fn of(method: &'static str, organization: OrganizationId) -> Self {
        Self(Vec::new())
            .with(method.as_bytes())
            .with(organization.uuid().as_bytes())
    }

    /// Adds the value of a filter.
    #[must_use]
    pub fn with(mut self, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        self.0
            .extend_from_slice(&(value.len() as u64).to_be_bytes());
        self.0.extend_from_slice(value);
        self
    }
}

/// The token is not one of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a token of the same list with the same filters")]
pub struct PageTokenError;

/// Writes and reads page tokens.
#[derive(Clone)]
pub struct PageTokens(Arc<hmac::Key>);

impl PageTokens {
    /// Tokens under a secret, the same for every replica of a service.
    pub fn new(secret: &[u8]) -> Self {
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), b"page-token");
        Self(Arc::new(hmac::Key::new(
            hmac::HMAC_SHA256,
            derived.as_ref(),
        )))
    }

    fn mac(&self, key: &[u8], filter: &Filter) -> [u8; MAC] {
        let bound = filter.clone().with(key);
        let mut mac = [0; MAC];
        mac.copy_from_slice(&hmac::sign(&self.0, &bound.0).as_ref()[..MAC]);
        mac
    }

    /// The token behind a row.
    pub fn write(&self, last: Uuid, filter: &Filter) -> String {
        self.write_bytes(last.as_bytes(), filter)
    }

    /// The row behind which the page starts; empty is the first page.
    pub fn read(&self, token: &str, filter: &Filter) -> Result<Option<Uuid>, PageTokenError> {
        let Some(key) = self.read_bytes(token, filter)? else {
            return Ok(None);
        };
        Uuid::from_slice(&key).map(Some).map_err(|_| PageTokenError)
    }

    /// A token behind any key, for lists that are not ordered by an identifier.
    pub fn write_bytes(&self, key: &[u8], filter: &Filter) -> String {
        let mut token = key.to_vec();
        token.extend_from_slice(&self.mac(key, filter));
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The key of [`Self::write_bytes`].
    pub fn read_bytes(
        &self,
        token: &str,
        filter: &Filter,
    ) -> Result<Option<Vec<u8>>, PageTokenError> {
        if token.is_empty() {
            return Ok(None);
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| PageTokenError)?;
        let split = bytes.len().checked_sub(MAC).ok_or(PageTokenError)?;
        let mac = bytes.split_off(split);
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.mac(&bytes, filter), &mac)
            .map_err(|_| PageTokenError)?;
        Ok(Some(bytes))
    }
}

impl fmt::Debug for PageTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageTokens")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn filter(organization: u128) -> Filter {
        Filter::of(
            "ListPatients",
            OrganizationId::from_uuid(Uuid::from_u128(organization)),
        )
    }

    #[test]
    fn reads_back_only_for_the_same_list() {
        let tokens = PageTokens::new(b"secret");
        let last = Uuid::from_u128(9);
        let token = tokens.write(last, &filter(1));
        assert_eq!(tokens.read(&token, &filter(1)), Ok(Some(last)));
        assert_eq!(tokens.read("", &filter(1)), Ok(None));
        assert_eq!(tokens.read(&token, &filter(2)), Err(PageTokenError));
        assert_eq!(
            tokens.read(&token, &filter(1).with("clinic")),
            Err(PageTokenError)
        );
        assert_eq!(
            PageTokens::new(b"other").read(&token, &filter(1)),
            Err(PageTokenError)
        );
    }

    proptest! {
        #[test]
        fn forged_tokens_are_refused(token in "[A-Za-z0-9_-]{1,80}") {
            prop_assert_eq!(PageTokens::new(b"secret").read(&token, &filter(1)), Err(PageTokenError));
        }
    }
}
