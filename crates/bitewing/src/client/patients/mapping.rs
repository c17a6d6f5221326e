//! The file that says which column holds what, where the headers do not.

use super::super::failure::Failure;
use super::columns::{Column, fold};
use super::value::Order;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// What `--mapping` says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Mapping {
    /// The name of the dental system.
    pub(in super::super) system: Option<String>,
    /// The clinic of rows that name none.
    pub(in super::super) clinic: Option<String>,
    /// How dates with slashes are written.
    pub(super) dates: Option<Order>,
    /// An empty cell takes away what is known.
    #[serde(default)]
    pub(super) empty_clears: bool,
    /// What the columns hold, by header.
    #[serde(default)]
    pub(super) columns: BTreeMap<String, Column>,
    /// What stands for an empty cell or a missing column.
    #[serde(default)]
    pub(super) defaults: BTreeMap<DefaultOf, String>,
    /// Clinics by what other formats than tables call them.
    #[serde(default)]
    pub(in super::super) clinics: BTreeMap<String, String>,
}

/// A column that can have a default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DefaultOf {
    Language,
    Gender,
    Title,
}

impl DefaultOf {
    pub(super) const fn column(self) -> Column {
        match self {
            Self::Language => Column::Language,
            Self::Gender => Column::Gender,
            Self::Title => Column::Title,
        }
    }
}

impl Mapping {
    pub(in super::super) fn read(path: &Path) -> Result<Self, Failure> {
        let no = |problem: String| Failure::Usage(format!("{}: {problem}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| no(error.to_string()))?;
        toml::from_str(&text).map_err(|error| no(error.message().to_owned()))
    }

    /// What a column holds: as the file says, or as its header usually does.
    pub(super) fn column(&self, header: &str) -> Option<Column> {
        let folded = fold(header);
        let named = self.columns.iter().find(|(name, _)| fold(name) == folded);
        named
            .map(|(_, column)| *column)
            .or_else(|| Column::usual(header))
    }

    /// The headers it names that a file does not have.
    pub(super) fn missing(&self, headers: &[String]) -> Option<&str> {
        let there: Vec<_> = headers.iter().map(|header| fold(header)).collect();
        let mut names = self.columns.keys();
        names
            .find(|name| !there.contains(&fold(name)))
            .map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_names_columns_and_what_stands_for_empty_cells() {
        let mapping: Mapping = toml::from_str(
            "system = 'abeldent'\ndates = 'dmy'\n[columns]\n'Pat. No' = 'external_id'\nName = 'family_name'\n[defaults]\nlanguage = 'fr'\n",
        )
        .unwrap();
        assert_eq!(mapping.column("PAT NO"), Some(Column::ExternalId));
        assert_eq!(mapping.column("name"), Some(Column::FamilyName));
        assert_eq!(mapping.column("DOB"), Some(Column::BirthDate));
        assert_eq!(mapping.defaults[&DefaultOf::Language], "fr");
        let headers = ["Name".to_owned()];
        assert_eq!(mapping.missing(&headers), Some("Pat. No"));
        assert!(toml::from_str::<Mapping>("columns = { A = 'iq' }").is_err());
    }
}
