//! The running SHA-256 of the plaintext.

use aws_lc_rs::digest::{Context, SHA256};
use std::fmt;

/// The SHA-256 of a document's plaintext, as receipts show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Takes a stored hash.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Hashes bytes that are all there.
    pub fn of(bytes: &[u8]) -> Self {
        let mut writer = FingerprintWriter::default();
        writer.update(bytes);
        writer.finish()
    }
}

impl fmt::Debug for Fingerprint {
    /// Shows nothing: the hash of a known form identifies who holds it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[fingerprint]")
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// Hashes plaintext while it passes.
#[derive(Clone)]
pub struct FingerprintWriter(Context);

impl FingerprintWriter {
    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Ends the hash.
    pub fn finish(self) -> Fingerprint {
        let mut hash = [0; 32];
        hash.copy_from_slice(self.0.finish().as_ref());
        Fingerprint(hash)
    }
}

impl Default for FingerprintWriter {
    fn default() -> Self {
        Self(Context::new(&SHA256))
    }
}

impl fmt::Debug for FingerprintWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FingerprintWriter")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_the_example_of_fips_180() {
        let mut writer = FingerprintWriter::default();
        writer.update(b"a");
        writer.update(b"bc");
        assert_eq!(
            writer.finish().to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
