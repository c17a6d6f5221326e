//! Access tokens: JWTs in the profile of RFC 9068, signed with Ed25519.
//!
//! The algorithm, the type, the issuer, the audience and the key are this installation's own and are
//! never taken from the token (RFC 8725 3.1, 3.2, 3.10, 3.11). A token lives 15 minutes; one that must
//! end sooner is listed in the table `revocations`, which every edge process reads once a second.

mod claims;
mod denied;
mod issuer;
mod keys;

pub(crate) use denied::{Denied, Verdict};
pub(crate) use issuer::{AccessTokens, LIFE, Verified};
pub use keys::TokenKeys;
