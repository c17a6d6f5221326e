//! The languages patients are written to in.

use std::fmt;
use std::str::FromStr;

/// One of the six languages (R66, R85; architecture section 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
    /// Italian.
    It,
    /// Portuguese.
    Pt,
    /// Spanish.
    Es,
    /// Russian.
    Ru,
}

/// The tag is not BCP 47 or its language is none of the six.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a BCP 47 tag of en, fr, it, pt, es or ru")]
pub struct UnknownLanguage;

impl Language {
    /// All six.
    pub const ALL: [Self; 6] = [Self::En, Self::Fr, Self::It, Self::Pt, Self::Es, Self::Ru];

    /// The primary subtag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
            Self::It => "it",
            Self::Pt => "pt",
            Self::Es => "es",
            Self::Ru => "ru",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    /// Reads `fr`, `fr-CA`, `FR`: the primary subtag decides.
    fn from_str(tag: &str) -> Result<Self, UnknownLanguage> {
        let well_formed = tag.len() <= 35
            && tag.split('-').all(|part| {
                (1..=8).contains(&part.len())
                    && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
        let primary = tag
            .split('-')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|language| well_formed && language.tag() == primary)
            .ok_or(UnknownLanguage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_accepted_and_others_refused() {
        assert_eq!("fr-CA".parse(), Ok(Language::Fr));
        for tag in ["", "xx", "fr_CA", "fr-", "french"] {
            assert_eq!(tag.parse::<Language>(), Err(UnknownLanguage));
        }
    }
}
