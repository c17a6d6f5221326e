//! Imports: many rows of a dental system, one after the other, however they are split into batches.

mod permissions;

pub(crate) use permissions::{MAX_PERMISSIONS, Permission, said};

use super::code::codes;
use super::{Change, Code, Draft, ExternalId, Field, HERE, Patient, Stamp};
use bitewing_core::PatientId;
use std::collections::HashMap;
use time::OffsetDateTime;

/// The most rows of one batch.
pub(crate) const MAX_ROWS: usize = 1_000;

codes! {
    /// Whose word counts where the dental system and a person here say different things of one field (R21).
    ConflictRule { DentalSystem = 1, Bitewing = 2, Newest = 3 }
    /// What became of a row.
    Imported { Created = 1, Updated = 2, Unchanged = 3, Rejected = 4 }
}

impl ConflictRule {
    /// Whether what the dental system says of a field counts.
    fn takes(self, patient: &Patient, field: Field, sent_at: OffsetDateTime) -> bool {
        let blank = || match field {
            Field::ContactPoints => patient.contact_points.is_empty(),
            field => patient.profile.is_blank(field),
        };
        let source = patient.sources.get(&field);
        match self {
            Self::DentalSystem => true,
            // A field without a source stands as the record began here.
            Self::Bitewing => source.map_or_else(blank, |source| source.system != HERE),
            Self::Newest => source.map_or_else(
                || blank() || patient.created_at <= sent_at,
                |source| source.at <= sent_at,
            ),
        }
    }
}

/// A row that may be taken.
#[derive(Clone)]
pub(crate) struct ImportRow {
    pub(crate) key: ExternalId,
    pub(crate) draft: Draft,
    /// The fields it speaks of.
    pub(crate) mask: Vec<Field>,
    /// When the dental system last changed it.
    pub(crate) sent_at: OffsetDateTime,
    /// What the patient allows, as the dental system has it.
    pub(crate) permissions: Vec<Permission>,
}

/// A record while rows change it.
pub(crate) struct Entry {
    pub(crate) patient: Patient,
    /// The version it was read at; none for a new one.
    base: Option<i64>,
    pub(crate) change: Change,
}

/// The records a batch is about.
pub(crate) struct Import {
    rule: ConflictRule,
    pub(crate) entries: Vec<Entry>,
    by_key: HashMap<ExternalId, usize>,
}

impl Import {
    /// Begins with the patients that are known, and the external ids that lead to each.
    pub(crate) fn new(rule: ConflictRule, known: Vec<(Patient, Vec<ExternalId>)>) -> Self {
        let mut import = Self {
            rule,
            entries: Vec::with_capacity(known.len()),
            by_key: HashMap::new(),
        };
        for (patient, keys) in known {
            let place = import.entries.len();
            import
                .by_key
                .extend(keys.into_iter().map(|key| (key, place)));
            import.entries.push(Entry {
                base: Some(patient.version),
                patient,
                change: Change::default(),
            });
        }
        import
    }

    /// The record of a patient the batch is about.
    pub(crate) fn patient(&self, id: PatientId) -> Option<&Patient> {
        let mut entries = self.entries.iter().map(|entry| &entry.patient);
        entries.find(|patient| patient.id == id)
    }

    /// The record a row is about, if there is one.
    pub(crate) fn find(&self, key: &ExternalId) -> Option<&Patient> {
        let place = *self.by_key.get(key)?;
        Some(&self.entries[place].patient)
    }

    /// Takes a row.
    pub(crate) fn take(&mut self, row: ImportRow, stamp: &Stamp<'_>) -> (PatientId, Imported) {
        let Some(place) = self.by_key.get(&row.key).copied() else {
            let id = PatientId::from_uuid(stamp.ids.next());
            let mut patient = Patient::begin(id, row.draft, stamp);
            for source in patient.sources.values_mut() {
                source.at = row.sent_at;
            }
            self.by_key.insert(row.key, self.entries.len());
            self.entries.push(Entry {
                patient,
                base: None,
                change: Change::default(),
            });
            return (id, Imported::Created);
        };
        let entry = &mut self.entries[place];
        let mut draft = entry.patient.draft();
        for field in row.mask {
            if self.rule.takes(&entry.patient, field, row.sent_at) {
                draft.take(field, &row.draft);
            }
        }
        let id = entry.patient.id;
        let Some(change) = entry.patient.change(draft, stamp) else {
            return (id, Imported::Unchanged);
        };
        for field in &change.fields {
            if let Some(source) = entry.patient.sources.get_mut(field) {
                source.at = row.sent_at;
            }
        }
        entry.add(change);
        (id, Imported::Updated)
    }
}

impl Entry {
    /// However many rows changed a record, it is written once.
    fn add(&mut self, change: Change) {
        for field in change.fields {
            if !self.change.fields.contains(&field) {
                self.change.fields.push(field);
            }
        }
        self.change.closed.extend(change.closed);
        self.patient.version = self.base.map_or(1, |base| base + 1);
    }

    /// Whether the record is new.
    pub(crate) const fn is_new(&self) -> bool {
        self.base.is_none()
    }

    /// Whether a record that was there is another one now.
    pub(crate) fn is_changed(&self) -> bool {
        self.base.is_some_and(|base| base != self.patient.version)
    }
}

#[cfg(test)]
mod tests;
