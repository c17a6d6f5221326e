//! Page sizes.

/// How many rows a list answers at most: 1 to 1,000, 50 when the request says 0 (AIP-158).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(u16);

/// The size is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must not be negative")]
pub struct NegativePageSize;

impl PageSize {
    /// The largest page.
    pub const MAX: u16 = 1_000;
    /// The page when none is asked for.
    pub const DEFAULT: u16 = 50;

    /// Reads a request's `page_size`; more than [`Self::MAX`] is cut to it (AIP-158).
    pub fn parse(size: i32) -> Result<Self, NegativePageSize> {
        match size {
            0 => Ok(Self(Self::DEFAULT)),
            1.. => Ok(Self(
                u16::try_from(size).map_or(Self::MAX, |size| size.min(Self::MAX)),
            )),
            _ => Err(NegativePageSize),
        }
    }

    /// Rows to ask the database for: one more than the page, to learn whether there is a next one.
    pub fn probe(self) -> i64 {
        i64::from(self.0) + 1
    }

    /// Rows on the page.
    pub fn rows(self) -> usize {
        usize::from(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_bounded() {
        assert_eq!(PageSize::parse(0).unwrap().rows(), 50);
        assert_eq!(PageSize::parse(i32::MAX).unwrap().rows(), 1_000);
        assert_eq!(PageSize::parse(-1), Err(NegativePageSize));
    }
}
