//! Rows in any split, taken once or twice.

use super::*;
use crate::domain::testing::{draft, patient, stamp};
use proptest::prelude::*;
use time::Duration;

const PHONES: [&str; 3] = ["514 873 1234", "418 643 1234", "604 660 2421"];

fn key(value: u8) -> ExternalId {
    ExternalId::parse("opendental", &value.to_string()).unwrap()
}

fn row(value: u8, given: &str, phone: usize, at: i64) -> ImportRow {
    let mut draft = draft(given, &[PHONES[phone]]);
    draft.profile.external_ids = vec![key(value)];
    ImportRow {
        key: key(value),
        draft,
        mask: vec![Field::GivenName, Field::FamilyName, Field::ContactPoints],
        sent_at: stamp().now + Duration::minutes(at),
        permissions: Vec::new(),
    }
}

fn of_system() -> Stamp<'static> {
    Stamp {
        source: "opendental",
        ..stamp()
    }
}

/// The records after batches, one after the other, as the database keeps them.
fn after(rule: ConflictRule, batches: &[&[ImportRow]]) -> (Vec<Patient>, Vec<Vec<Imported>>) {
    let mut kept: Vec<Patient> = Vec::new();
    let mut outcomes = Vec::new();
    for batch in batches {
        let known = kept.iter().cloned().map(|patient| {
            let keys = patient.profile.external_ids.clone();
            (patient, keys)
        });
        let mut import = Import::new(rule, known.collect());
        let rows = batch.iter().cloned();
        outcomes.push(rows.map(|row| import.take(row, &of_system()).1).collect());
        for entry in &import.entries {
            let version = kept.iter().find(|one| one.id == entry.patient.id);
            let version = version.map_or(0, |one| one.version);
            let written = entry.is_new() || entry.is_changed();
            assert_eq!(entry.patient.version, version + i64::from(written));
        }
        kept = import
            .entries
            .into_iter()
            .map(|entry| entry.patient)
            .collect();
    }
    (kept, outcomes)
}

/// What a record says, without the identifiers it was given.
fn said(patients: &[Patient]) -> Vec<String> {
    let mut all: Vec<_> = patients
        .iter()
        .map(|one| {
            let points = one.contact_points.iter().map(|point| &point.address.value);
            let points: Vec<_> = points.collect();
            let at = one.sources.get(&Field::GivenName).map(|source| source.at);
            let id = &one.profile.external_ids[0].value;
            format!("{id} {} {points:?} {at:?}", one.profile.name.given)
        })
        .collect();
    all.sort();
    all
}

fn known(given: &str, stamp: &Stamp<'_>) -> Vec<(Patient, Vec<ExternalId>)> {
    let mut anne = patient("Anne", &[PHONES[0]]);
    anne.profile.external_ids = vec![key(1)];
    anne.change(draft_of(&anne, given), stamp);
    vec![(anne, vec![key(1)])]
}

fn draft_of(patient: &Patient, given: &str) -> Draft {
    let mut draft = patient.draft();
    given.clone_into(&mut draft.profile.name.given);
    draft
}

#[test]
fn whose_word_counts_is_the_organizations_choice() {
    let cases = [
        (ConflictRule::DentalSystem, -5, "Anna"),
        (ConflictRule::Bitewing, 5, "Annie"),
        (ConflictRule::Newest, -5, "Annie"),
        (ConflictRule::Newest, 5, "Anna"),
    ];
    for (rule, at, expected) in cases {
        let mut import = Import::new(rule, known("Annie", &stamp()));
        import.take(row(1, "Anna", 1, at), &of_system());
        assert_eq!(import.entries[0].patient.profile.name.given, expected);
    }
}

#[test]
fn a_field_the_system_wrote_before_is_its_to_change() {
    let mut import = Import::new(ConflictRule::Bitewing, known("Annie", &of_system()));
    import.take(row(1, "Anna", 0, 5), &of_system());
    let anne = &import.entries[0].patient;
    assert_eq!(anne.profile.name.given, "Anna");
    // The number stands as the record began here.
    assert_eq!(anne.contact_points[0].address.value, "+15148731234");
}

proptest! {
    #[test]
    fn any_split_of_an_import_gives_the_same_end_state_and_twice_is_once(
        rows in proptest::collection::vec((0..4u8, 0..3u8, 0..3usize, 0..4i64), 0..24),
        cut in 0..24usize, rule in 0..3usize,
    ) {
        let rule = [
            ConflictRule::DentalSystem, ConflictRule::Bitewing, ConflictRule::Newest,
        ][rule];
        let rows: Vec<_> = rows
            .into_iter()
            .map(|(value, given, phone, at)| row(value, ["Anne", "Ana", "Аня"][usize::from(given)], phone, at))
            .collect();
        let cut = cut.min(rows.len());
        let (whole, all) = after(rule, &[&rows]);
        let (split, parts) = after(rule, &[&rows[..cut], &rows[cut..]]);
        prop_assert_eq!(said(&whole), said(&split));
        prop_assert_eq!(all.concat(), parts.concat());

        // The last word on every patient, sent again, changes nothing.
        let mut last: Vec<ImportRow> = Vec::new();
        for row in rows {
            last.retain(|one| one.key != row.key);
            last.push(row);
        }
        let (once, _) = after(rule, &[&last]);
        let (twice, outcomes) = after(rule, &[&last, &last]);
        prop_assert_eq!(said(&once), said(&twice));
        prop_assert!(outcomes[1].iter().all(|one| *one == Imported::Unchanged));
    }
}
