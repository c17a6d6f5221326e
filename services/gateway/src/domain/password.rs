//! Passwords of staff.

use bitewing_core::{EmailAddress, Sensitive};
use unicode_normalization::UnicodeNormalization as _;

/// The shortest: NIST SP 800-63B-4 3.1.1.2 asks for 15 where the password is the only factor.
const SHORTEST: usize = 15;
/// The longest, so that hashing has a bound; NIST asks to allow at least 64.
const LONGEST: usize = 128;
/// Fewer different characters are a pattern, not a password.
const LEAST_VARIETY: usize = 5;

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PasswordError {
    #[error("must have 15 to 128 characters")]
    Length,
    #[error("must not hold the user's address or repeat a few characters")]
    Guessable,
}

/// The form that is hashed: the same characters however a keyboard composes them (NIST SP 800-63B-4
/// 3.1.1.2: NFKC or NFKD).
pub(crate) fn normalized(password: &str) -> Sensitive<String> {
    Sensitive::new(password.nfkc().collect())
}

/// Reads a new password; every character counts, no class of characters is asked for.
pub(crate) fn choose(
    password: &str,
    email: &EmailAddress,
) -> Result<Sensitive<String>, PasswordError> {
    let password = normalized(password);
    let text = password.expose();
    if !(SHORTEST..=LONGEST).contains(&text.chars().count()) {
        return Err(PasswordError::Length);
    }
    let mut letters: Vec<char> = text.to_lowercase().chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let local = email.as_str().split('@').next().unwrap_or_default();
    let names_user = local.len() >= 4 && text.to_lowercase().contains(local);
    if letters.len() < LEAST_VARIETY || names_user {
        return Err(PasswordError::Guessable);
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_short_or_can_be_guessed() {
        let email = EmailAddress::parse("anne.cote@example.org").unwrap();
        assert!(choose("correct horse battery", &email).is_ok());
        assert_eq!(
            choose("correct horse", &email).unwrap_err(),
            PasswordError::Length
        );
        for text in ["abababababababab", "Anne.Cote@example.org"] {
            assert_eq!(choose(text, &email).unwrap_err(), PasswordError::Guessable);
        }
    }

    #[test]
    fn composed_and_decomposed_letters_are_one_password() {
        assert_eq!(normalized("caf\u{e9}"), normalized("cafe\u{301}"));
    }
}
