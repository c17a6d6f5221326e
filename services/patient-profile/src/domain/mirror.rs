//! What is mirrored from the dental system: newer rows replace older ones, whatever the order and the
//! batches they arrive in.

use super::ExternalId;
use bitewing_core::{ClinicId, Ids, PatientId};
use std::collections::HashMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// The most rows of one batch.
pub(crate) const MAX_BATCH: usize = 1_000;

/// A row of the dental system.
pub(crate) trait Mirrored: Clone + PartialEq {
    /// The row there.
    fn external_id(&self) -> &ExternalId;
    /// When it last changed there.
    fn changed_at(&self) -> OffsetDateTime;
    /// The same as of another moment.
    fn dated(self, changed_at: OffsetDateTime) -> Self;
    /// Where it belongs.
    fn clinic(&self) -> ClinicId;
    /// The same of a patient who was looked up.
    fn of_patient(self, patient: PatientId) -> Self;
}

/// A row and its identifier here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept<T> {
    pub(crate) id: Uuid,
    pub(crate) row: T,
}

/// What a row did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Created,
    Updated,
    Unchanged,
    Stale,
}

/// What a batch does: for every row its identifier and outcome, and what is to be written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan<T> {
    pub(crate) results: Vec<(Uuid, Outcome)>,
    pub(crate) writes: Vec<Kept<T>>,
}

/// Decides over the rows of a batch, in their order.
pub(crate) fn plan<T: Mirrored>(known: Vec<Kept<T>>, rows: Vec<T>, ids: &dyn Ids) -> Plan<T> {
    let mut current: HashMap<ExternalId, Kept<T>> = known
        .into_iter()
        .map(|kept| (kept.row.external_id().clone(), kept))
        .collect();
    let mut results = Vec::with_capacity(rows.len());
    let mut written: Vec<ExternalId> = Vec::new();
    for row in rows {
        let key = row.external_id().clone();
        let (id, outcome) = match current.get(&key) {
            None => (ids.next(), Outcome::Created),
            Some(kept) if kept.row.changed_at() > row.changed_at() => (kept.id, Outcome::Stale),
            Some(kept) if kept.row.clone().dated(row.changed_at()) == row => {
                (kept.id, Outcome::Unchanged)
            }
            Some(kept) => (kept.id, Outcome::Updated),
        };
        results.push((id, outcome));
        let newer = current
            .get(&key)
            .is_none_or(|kept| kept.row.changed_at() < row.changed_at());
        // What says the same later is written too, so that what lies between is stale from now on.
        if matches!(outcome, Outcome::Created | Outcome::Updated)
            || outcome == Outcome::Unchanged && newer
        {
            if !written.contains(&key) {
                written.push(key.clone());
            }
            current.insert(key, Kept { id, row });
        }
    }
    let writes = written.iter().filter_map(|key| current.remove(key));
    Plan {
        results,
        writes: writes.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_core::SystemIds;
    use proptest::prelude::*;

    #[derive(Debug, Clone, PartialEq, Eq)]
    struct Row {
        key: ExternalId,
        value: u8,
        at: OffsetDateTime,
    }

    impl Mirrored for Row {
        fn external_id(&self) -> &ExternalId {
            &self.key
        }
        fn changed_at(&self) -> OffsetDateTime {
            self.at
        }
        fn dated(self, at: OffsetDateTime) -> Self {
            Self { at, ..self }
        }
        fn clinic(&self) -> ClinicId {
            ClinicId::from_uuid(Uuid::nil())
        }
        fn of_patient(self, _: PatientId) -> Self {
            self
        }
    }

    fn row(key: u8, value: u8, at: i64) -> Row {
        Row {
            key: ExternalId {
                system: "opendental".to_owned(),
                value: key.to_string(),
            },
            value,
            at: OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(at),
        }
    }

    fn outcomes(plan: &Plan<Row>) -> Vec<Outcome> {
        plan.results.iter().map(|(_, outcome)| *outcome).collect()
    }

    /// The state after batches, one after the other.
    fn after(batches: &[&[Row]]) -> Vec<Row> {
        let mut state: Vec<Kept<Row>> = Vec::new();
        for batch in batches {
            let plan = plan(state.clone(), batch.to_vec(), &SystemIds);
            for write in plan.writes {
                state.retain(|kept| kept.row.key != write.row.key);
                state.push(write);
            }
        }
        let mut rows: Vec<_> = state.into_iter().map(|kept| kept.row).collect();
        rows.sort_by(|a, b| a.key.value.cmp(&b.key.value));
        rows
    }

    #[test]
    fn newer_rows_replace_and_older_ones_do_not() {
        let first = plan(
            Vec::new(),
            vec![row(1, 1, 10), row(1, 1, 10), row(1, 2, 9)],
            &SystemIds,
        );
        assert_eq!(
            outcomes(&first),
            [Outcome::Created, Outcome::Unchanged, Outcome::Stale]
        );
        assert_eq!(first.writes.len(), 1);
        let id = first.writes[0].id;
        let second = plan(first.writes, vec![row(1, 3, 11), row(2, 1, 1)], &SystemIds);
        assert_eq!(outcomes(&second), [Outcome::Updated, Outcome::Created]);
        assert_eq!(second.results[0].0, id);
    }

    proptest! {
        #[test]
        fn any_split_of_a_batch_gives_the_same_end_state(
            rows in proptest::collection::vec((0..4u8, 0..3u8, 0..5i64), 0..24), cut in 0..24usize,
        ) {
            let rows: Vec<_> = rows.into_iter().map(|(key, value, at)| row(key, value, at)).collect();
            let cut = cut.min(rows.len());
            prop_assert_eq!(after(&[&rows]), after(&[&rows[..cut], &rows[cut..]]));
            prop_assert_eq!(after(&[&rows, &rows]), after(&[&rows]));
        }
    }
}
