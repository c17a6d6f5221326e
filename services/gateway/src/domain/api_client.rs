//! A program of a chain.

use super::ClientId;
use bitewing_auth::Clinics;
use time::OffsetDateTime;

/// How many scopes a client may have.
pub(crate) const MAX_SCOPES: usize = 50;
/// How many clinics a caller may be restricted to: they travel in every token, so more would not fit
/// the headers that common proxies accept.
pub(crate) const MAX_CLINICS: usize = 100;
/// How many secrets of a client are live.
pub(crate) const LIVE_SECRETS: usize = 2;

/// A program that calls the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiClient {
    pub(crate) id: ClientId,
    pub(crate) display_name: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) clinics: Clinics,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) secret_created_at: OffsetDateTime,
    pub(crate) live_secrets: usize,
}
