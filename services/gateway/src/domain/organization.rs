//! A chain of clinics.

use bitewing_core::{Language, OrganizationId};
use std::fmt;
use time::OffsetDateTime;
use uuid::Uuid;

/// The organization of the operator: no chain has it, and it has no rows.
pub(crate) const RESERVED: OrganizationId = OrganizationId::from_uuid(Uuid::nil());

/// How many regions a chain may send codes to.
pub(crate) const MAX_REGIONS: usize = 50;

/// The short name staff sign in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slug(String);

/// The text is not a slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 3 to 40 of a-z, 0-9 and '-', neither first nor last a '-'")]
pub(crate) struct NotASlug;

impl Slug {
    pub(crate) fn parse(text: &str) -> Result<Self, NotASlug> {
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let fits = (3..=40).contains(&text.len()) && text.bytes().all(known);
        if fits && !text.starts_with('-') && !text.ends_with('-') {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotASlug)
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A CLDR region, as `CA`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Region(String);

/// The text is not a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a CLDR region of two capital letters")]
pub(crate) struct NotARegion;

impl Region {
    pub(crate) fn parse(text: &str) -> Result<Self, NotARegion> {
        if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotARegion)
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The regions of a chain that names none.
    pub(crate) fn defaults() -> Vec<Self> {
        ["CA", "US"].map(|region| Self(region.to_owned())).to_vec()
    }
}

/// Whether a clinic sees the patients of another clinic of its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    Shared,
    PerClinic,
}

impl Visibility {
    /// The name in events.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Shared => "SHARED",
            Self::PerClinic => "PER_CLINIC",
        }
    }
}

/// What a chain decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) display_name: String,
    pub(crate) visibility: Visibility,
    pub(crate) default_language: Language,
    pub(crate) allowed_regions: Vec<Region>,
}

/// A chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Organization {
    pub(crate) id: OrganizationId,
    pub(crate) slug: Slug,
    pub(crate) settings: Settings,
    pub(crate) version: i64,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) updated_at: OffsetDateTime,
}

impl Organization {
    pub(crate) const fn begin(
        id: OrganizationId,
        slug: Slug,
        settings: Settings,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            id,
            slug,
            settings,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// The etag: changes with every update.
    pub(crate) fn etag(&self) -> String {
        format!("\"{}\"", self.version)
    }

    /// Whether an etag sent is empty or the current one.
    pub(crate) fn matches(&self, etag: &str) -> bool {
        etag.is_empty() || etag == self.etag()
    }

    /// Takes new settings; `false` if they are the same.
    pub(crate) fn change(&mut self, settings: Settings, now: OffsetDateTime) -> bool {
        if self.settings == settings {
            return false;
        }
        self.settings = settings;
        self.version += 1;
        self.updated_at = now;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_have_one_spelling() {
        assert_eq!(Slug::parse("dental-12").unwrap().as_str(), "dental-12");
        for text in [
            "",
            "ab",
            "-ab",
            "ab-",
            "Dental",
            "a b",
            "dentál",
            &"a".repeat(41),
        ] {
            assert_eq!(Slug::parse(text), Err(NotASlug), "{text}");
        }
    }

    #[test]
    fn regions_are_two_capitals() {
        assert!(Region::parse("CA").is_ok());
        for text in ["", "ca", "CAN", "Ç1"] {
            assert_eq!(Region::parse(text), Err(NotARegion), "{text}");
        }
    }
}
