//! Whole runs, and small ones that only show that everything works.

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// What the figures are made from.
    Whole,
    /// Enough to see that it works.
    Small,
}

impl Size {
    /// One of two.
    pub fn of<T>(self, whole: T, small: T) -> T {
        match self {
            Self::Whole => whole,
            Self::Small => small,
        }
    }
}
