//! Chance that is the same every time: SplitMix64 (Steele, Lea and Flood, 2014).

/// A row of numbers that look like chance.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The row of a seed, for a purpose and a number: other purposes do not disturb it.
    pub fn of(seed: u64, purpose: &str, number: u64) -> Self {
        let start = purpose.bytes().fold(seed, |state, byte| {
            mix(state ^ u64::from(byte)).wrapping_add(0x9e37_79b9_7f4a_7c15)
        });
        Self(mix(start ^ mix(number)))
    }

    /// The next number.
    pub fn next_number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below another one that is not 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next_number() % end
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len() as u64) as usize]
    }
}

fn mix(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}
