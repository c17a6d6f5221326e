//! Randomness is an argument.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use uuid::Uuid;

/// Makes identifiers.
pub trait Ids: Send + Sync + 'static {
    /// The next UUIDv7.
    fn next(&self) -> Uuid;
}

/// Makes unpredictable bytes.
pub trait Entropy: Send + Sync + 'static {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// Reads `N` unpredictable bytes.
pub fn bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut buffer = [0; N];
    entropy.fill(&mut buffer);
    buffer
}

/// Draws a decimal code of `digits` digits, every one equally likely (rejection sampling).
pub fn decimal_code(entropy: &dyn Entropy, digits: usize) -> String {
    let mut code = String::with_capacity(digits);
    while code.len() < digits {
        let [byte] = bytes::<1>(entropy);
        if byte < 250 {
            code.push(char::from(b'0' + byte % 10));
        }
    }
    code
}

/// UUIDv7 from the machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that makes identifiers"
    )]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        SystemRandom::new()
            .fill(buffer)
            .expect("the operating system's random generator answers");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_the_wanted_length_and_every_digit() {
        let codes: String = (0..200).map(|_| decimal_code(&SystemEntropy, 6)).collect();
        assert_eq!(codes.len(), 1200);
        for digit in '0'..='9' {
            assert!(codes.contains(digit));
        }
    }
}
