//! Locale, register and channel: where a wording stands within its kind.

use bitewing_core::Language;
use std::fmt;

/// A way to write one of the six languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Locale {
    En,
    FrCa,
    FrFr,
    It,
    PtBr,
    PtPt,
    Es,
    Ru,
}

/// The tag is none of the eight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of en, fr-CA, fr-FR, it, pt-BR, pt-PT, es and ru")]
pub(crate) struct UnknownLocale;

impl Locale {
    pub(crate) const ALL: [Self; 8] = [
        Self::En,
        Self::FrCa,
        Self::FrFr,
        Self::It,
        Self::PtBr,
        Self::PtPt,
        Self::Es,
        Self::Ru,
    ];

    /// BCP 47.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::FrCa => "fr-CA",
            Self::FrFr => "fr-FR",
            Self::It => "it",
            Self::PtBr => "pt-BR",
            Self::PtPt => "pt-PT",
            Self::Es => "es",
            Self::Ru => "ru",
        }
    }

    /// Reads one of the eight tags, in any case.
    pub(crate) fn parse(tag: &str) -> Result<Self, UnknownLocale> {
        Self::ALL
            .into_iter()
            .find(|locale| locale.tag().eq_ignore_ascii_case(tag))
            .ok_or(UnknownLocale)
    }

    /// The nearest of the eight: the tag itself, else its language as most of its speakers write it (CLDR, likely
    /// subtags: fr is written in FR, pt in BR), else English.
    pub(crate) fn nearest(tag: &str) -> Self {
        Self::parse(tag).unwrap_or_else(|_| match tag.parse::<Language>() {
            Ok(Language::Fr) => Self::FrFr,
            Ok(Language::It) => Self::It,
            Ok(Language::Pt) => Self::PtBr,
            Ok(Language::Es) => Self::Es,
            Ok(Language::Ru) => Self::Ru,
            Ok(Language::En) | Err(_) => Self::En,
        })
    }
}

impl Locale {
    /// The same language as it is written elsewhere, if that is one of the eight too.
    pub(crate) const fn sibling(self) -> Option<Self> {
        match self {
            Self::FrCa => Some(Self::FrFr),
            Self::FrFr => Some(Self::FrCa),
            Self::PtBr => Some(Self::PtPt),
            Self::PtPt => Some(Self::PtBr),
            Self::En | Self::It | Self::Es | Self::Ru => None,
        }
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// Formal or informal: one of them for a whole message (R31).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Register {
    Formal,
    Informal,
}

impl Register {
    pub(crate) const ALL: [Self; 2] = [Self::Formal, Self::Informal];

    /// The name in files.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Formal => "formal",
            Self::Informal => "informal",
        }
    }
}

/// How a wording travels.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize, serde::Serialize,
)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Medium {
    Sms,
    Chat,
    Email,
    Voice,
}

impl Medium {
    /// The name in files.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Chat => "chat",
            Self::Email => "email",
            Self::Voice => "voice",
        }
    }
}

/// Where a wording stands within its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) locale: Locale,
    pub(crate) register: Register,
    pub(crate) medium: Medium,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tag_has_a_nearest_locale() {
        for (tag, locale) in [
            ("fr-ca", Locale::FrCa),
            ("fr", Locale::FrFr),
            ("fr-BE", Locale::FrFr),
            ("pt", Locale::PtBr),
            ("pt-AO", Locale::PtBr),
            ("es-MX", Locale::Es),
            ("ru-RU", Locale::Ru),
            ("de", Locale::En),
            ("", Locale::En),
            ("{{", Locale::En),
        ] {
            assert_eq!(Locale::nearest(tag), locale, "{tag}");
        }
        assert_eq!(Locale::parse("fr"), Err(UnknownLocale));
    }
}
