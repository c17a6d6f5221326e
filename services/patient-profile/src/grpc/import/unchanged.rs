//! Rows that say again what was said last of a patient who did not change since: they are answered without reading
//! or writing the patient.

use super::row::Row;
use crate::domain::import::{ConflictRule, ImportRow, Imported};
use crate::domain::{Code as _, ExternalId};
use crate::error::Error;
use crate::store::{ImportedHashes, KeptResult, Tx};
use bitewing_core::PatientId;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What the rows of a batch say, each in a hash, and whose patients need nothing of it.
pub(super) struct Unchanged {
    hashes: ImportedHashes,
    patients: HashMap<ExternalId, PatientId>,
}

impl Unchanged {
    /// Looks the rows up. Two rows of one external id are taken one after the other, so neither is looked up; nor is
    /// a row without a time under a rule that goes by time.
    pub(super) async fn read(
        tx: &mut Tx,
        rule: ConflictRule,
        visible: Option<&[Uuid]>,
        rows: impl Iterator<Item = (&Row, &ImportRow)>,
    ) -> Result<Self, Error> {
        let mut hashes = ImportedHashes::new();
        let mut twice = HashSet::new();
        for (row, read) in rows {
            let mut hash = row.content.clone();
            hash.extend(rule.code().to_be_bytes());
            if hashes.insert(read.key.clone(), hash).is_some()
                || rule == ConflictRule::Newest && !row.dated
            {
                twice.insert(read.key.clone());
            }
        }
        hashes.retain(|key, _| !twice.contains(key));
        let patients = tx.unchanged_since_import(&hashes, visible).await?;
        Ok(Self { hashes, patients })
    }

    /// The patient of a row that needs nothing.
    pub(super) fn patient(&self, key: &ExternalId) -> Option<PatientId> {
        self.patients.get(key).copied()
    }

    /// What to remember of the rows that were taken: nothing of rejected ones, and nothing of patients whom more
    /// than one row was about, for then the first might change what the last left.
    pub(super) fn remembered<'a>(
        mut self,
        taken: impl Iterator<Item = (&'a ImportRow, &'a KeptResult)> + Clone,
    ) -> ImportedHashes {
        let mut rows_of: HashMap<PatientId, usize> = HashMap::new();
        for (_, result) in taken.clone() {
            if let Some(patient) = result.patient {
                *rows_of.entry(patient).or_default() += 1;
            }
        }
        let mut remembered = ImportedHashes::new();
        for (row, result) in taken {
            let alone = result.patient.is_some_and(|patient| rows_of[&patient] == 1);
            if alone
                && result.outcome != Imported::Rejected
                && !self.patients.contains_key(&row.key)
                && let Some(hash) = self.hashes.remove(&row.key)
            {
                remembered.insert(row.key.clone(), hash);
            }
        }
        remembered
    }
}
