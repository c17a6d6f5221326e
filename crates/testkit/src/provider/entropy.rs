//! Randomness that can be had again.

use bitewing_core::Entropy;
use std::sync::atomic::{AtomicU64, Ordering};

/// The same bytes for the same seed (SplitMix64: Steele, Lea, Flood, OOPSLA 2014).
#[derive(Debug)]
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// Begins at a seed; a test that fails prints it.
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut word = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_be_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_core::random::bytes;

    #[test]
    fn a_seed_gives_the_same_bytes_again() {
        let (one, other) = (SeededEntropy::new(7), SeededEntropy::new(7));
        assert_eq!(bytes::<20>(&one), bytes::<20>(&other));
        assert_ne!(bytes::<20>(&one), bytes::<20>(&SeededEntropy::new(8)));
    }
}
