//! What a patient is looked for by.

use super::{ContactPointKind, ExternalId, Patient, fold};
use time::Date;

/// Criteria that must all hold; what was not given asks nothing.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Criteria {
    /// Folded beginnings of names, the longest first.
    pub(crate) words: Vec<String>,
    /// What a phone may be in E.164: more than one where the country is not said.
    pub(crate) phones: Option<Vec<String>>,
    pub(crate) email: Option<String>,
    pub(crate) handle: Option<String>,
    pub(crate) birth_date: Option<Date>,
    pub(crate) external_id: Option<ExternalId>,
}

/// The criterion an index is entered with; the others are asked of what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Driver {
    ExternalId,
    Address,
    BirthDate,
    Name,
}

/// Reads what staff type for a name: at most eight words, the longest first, because it finds the
/// fewest.
pub(crate) fn name_words(typed: &str) -> Vec<String> {
    let mut words = fold::words(typed);
    words.sort_by(|a, b| b.chars().count().cmp(&a.chars().count()).then(a.cmp(b)));
    words.dedup();
    words.truncate(8);
    words
}

impl Criteria {
    /// The most telling criterion given.
    pub(crate) fn driver(&self) -> Option<Driver> {
        if self.external_id.is_some() {
            Some(Driver::ExternalId)
        } else if self.phones.is_some() || self.email.is_some() || self.handle.is_some() {
            Some(Driver::Address)
        } else if self.birth_date.is_some() {
            Some(Driver::BirthDate)
        } else if self.words.is_empty() {
            None
        } else {
            Some(Driver::Name)
        }
    }

    /// The kind of address and the values an index of addresses is entered with.
    pub(crate) fn address(&self) -> (ContactPointKind, Vec<String>) {
        match (&self.phones, &self.email, &self.handle) {
            (Some(phones), ..) => (ContactPointKind::Phone, phones.clone()),
            (None, Some(email), _) => (ContactPointKind::Email, vec![email.clone()]),
            (None, None, handle) => (ContactPointKind::Handle, handle.iter().cloned().collect()),
        }
    }

    /// Whether a patient meets every criterion.
    pub(crate) fn met_by(&self, patient: &Patient) -> bool {
        let profile = &patient.profile;
        let name = &profile.name;
        let parts = [&name.given, &name.patronymic, &name.family, &name.preferred];
        let tokens = fold::tokens(parts.map(String::as_str));
        let has = |kind: ContactPointKind, values: &[String]| {
            let mut points = patient.contact_points.iter();
            points.any(|point| point.address.kind == kind && values.contains(&point.address.value))
        };
        let one = |kind, value: &Option<String>| {
            value
                .as_ref()
                .is_none_or(|value| has(kind, std::slice::from_ref(value)))
        };
        self.words
            .iter()
            .all(|word| tokens.iter().any(|token| token.starts_with(word)))
            && self
                .phones
                .as_ref()
                .is_none_or(|phones| has(ContactPointKind::Phone, phones))
            && one(ContactPointKind::Email, &self.email)
            && one(ContactPointKind::Handle, &self.handle)
            && (self.birth_date.is_none() || profile.birth_date == self.birth_date)
            && self
                .external_id
                .as_ref()
                .is_none_or(|id| profile.external_ids.contains(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::patient;

    #[test]
    fn the_longest_word_comes_first() {
        assert_eq!(name_words("An  CÔTÉ an"), ["cote", "an"]);
        assert!(name_words(" - ").is_empty());
    }

    #[test]
    fn the_most_telling_criterion_drives() {
        let mut criteria = Criteria::default();
        assert_eq!(criteria.driver(), None);
        criteria.words = name_words("an");
        assert_eq!(criteria.driver(), Some(Driver::Name));
        criteria.email = Some("a@b.ca".to_owned());
        assert_eq!(criteria.driver(), Some(Driver::Address));
        criteria.external_id = ExternalId::parse("od", "1").ok();
        assert_eq!(criteria.driver(), Some(Driver::ExternalId));
    }

    #[test]
    fn every_criterion_must_hold() {
        let anne = patient("Anne-Marie", &["514 873 1234"]);
        let asked = Criteria {
            words: name_words("cote mar"),
            phones: Some(vec!["+15148731234".to_owned()]),
            ..Criteria::default()
        };
        assert!(asked.met_by(&anne));
        let other = Criteria {
            words: name_words("cote paul"),
            ..asked
        };
        assert!(!other.met_by(&anne));
    }
}
