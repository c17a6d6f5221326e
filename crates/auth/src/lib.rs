//! Callers, tokens, passwords and keys.
//!
//! | module | holds |
//! |---|---|
//! | [`caller`] | who calls: [`Caller`], [`Actor`], [`Clinics`], [`Role`] |
//! | [`scope`] | [`Scope`], the only thing that opens a transaction on tenant tables |
//! | [`service`] | the five services by name |
//! | [`key`] | Ed25519 keys and key sets |
//! | [`internal`] | the 60-second tokens services show each other |
//! | [`password`] | argon2id behind a permit pool |

pub mod caller;
pub mod internal;
pub mod key;
pub mod password;
pub mod scope;
pub mod service;

pub use caller::{Actor, ActorKind, Caller, Clinics, Role};
pub use internal::{Identity, Minter, TokenError, Verifier};
pub use key::{KeySet, SigningKey};
pub use scope::Scope;
pub use service::Service;
