//! Password and client-secret hashing: argon2id with the crate's defaults (19 MiB, 2 passes, 1 lane:
//! the OWASP minimum), off the async threads, two at a time so that a flood of sign-ins cannot take the
//! machine's memory.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use bitewing_core::Sensitive;
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

static PERMITS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(2)));

/// A hash of nobody's password: verified against when the account does not exist, so that a stranger
/// cannot tell by the time the answer takes.
static DUMMY: LazyLock<String> = LazyLock::new(|| hash_now(b"no account has this password"));

fn hash_now(password: &[u8]) -> String {
    Argon2::default()
        .hash_password(password)
        .expect("argon2 hashes any password with its own salt")
        .to_string()
}

async fn with_permit<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let permit = Arc::clone(&PERMITS)
        .acquire_owned()
        .await
        .expect("the semaphore is never closed");
    tokio::task::spawn_blocking(move || {
        let _permit = permit;
        work()
    })
    .await
    .expect("hashing does not panic")
}

/// Hashes a password; the result is a PHC string.
pub async fn hash(password: Sensitive<String>) -> String {
    with_permit(move || hash_now(password.expose().as_bytes())).await
}

/// Whether the password fits one of the hashes; with none, the same work is done for nothing.
pub async fn verify(password: Sensitive<String>, hashes: Vec<String>) -> bool {
    with_permit(move || {
        let fits = |hash: &str| {
            Argon2::default()
                .verify_password(password.expose().as_bytes(), hash)
                .is_ok()
        };
        if hashes.is_empty() {
            fits(&DUMMY);
            return false;
        }
        hashes.iter().any(|hash| fits(hash))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn fits_only_the_right_password() {
        let hash = hash("correct horse".to_owned().into()).await;
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct horse".to_owned().into(), vec![hash.clone()]).await);
        assert!(!verify("wrong horse".to_owned().into(), vec![hash]).await);
        assert!(!verify("anything".to_owned().into(), vec![]).await);
    }
}
