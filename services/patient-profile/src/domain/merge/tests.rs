use super::*;
use crate::domain::testing::{patient, stamp};
use crate::domain::{ContactChannel, Gender, HERE, RelationKind, Source};
use bitewing_core::PatientId;
use proptest::prelude::*;

const PHONES: [&str; 4] = [
    "514 873 1234",
    "418 643 1234",
    "514 873 9999",
    "+33612345678",
];

/// A record with a random choice of everything that can move or fill.
fn any_patient(name: &'static str, system: &'static str) -> impl Strategy<Value = Patient> {
    let lists = (
        proptest::sample::subsequence(PHONES.to_vec(), 0..=4),
        proptest::sample::subsequence(vec!["Léa", "Tom", "Eva"], 0..=3),
        proptest::sample::subsequence(vec![5_u128, 6, 7], 0..=3),
        0..3_usize,
    );
    let words = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (lists, words).prop_map(move |((phones, children, related, ids), words)| {
        let mut made = patient(name, &phones);
        let (silent, gendered, noted, writes) = words;
        let profile = &mut made.profile;
        profile.children = children
            .iter()
            .map(|child| Child {
                given_name: (*child).to_owned(),
                birth_date: None,
                patient: None,
            })
            .collect();
        profile.relations = related
            .iter()
            .map(|id| Relation {
                kind: RelationKind::Sibling,
                to: Related::Patient(PatientId::from_uuid(Uuid::from_u128(*id))),
            })
            .collect();
        profile.external_ids = (0..ids)
            .map(|number| ExternalId::parse(system, &number.to_string()).unwrap())
            .collect();
        profile.do_not_contact = silent;
        profile.gender = gendered.then_some(Gender::Female);
        profile.notes = if noted {
            name.to_owned()
        } else {
            String::new()
        };
        profile.preferred_channels = if writes {
            vec![ContactChannel::Sms]
        } else {
            Vec::new()
        };
        if gendered {
            let source = Source {
                system: HERE.to_owned(),
                at: stamp().now,
            };
            made.sources.insert(Field::Gender, source);
        }
        made
    })
}

/// All that a merge touches but the marks that something happened.
fn without_marks(mut patient: Patient) -> Patient {
    patient.version = 0;
    patient.updated_at = stamp().now;
    patient
}

proptest! {
    #[test]
    fn unmerging_restores_both_records(
        survivor in any_patient("Anne", "a"), duplicate in any_patient("Ann", "b"),
    ) {
        let (mut ours, mut theirs) = (survivor.clone(), duplicate.clone());
        let moved = merge(&mut ours, &mut theirs, &stamp()).unwrap();
        prop_assert!(theirs.merged_into == Some(ours.id) && ours.merged == [theirs.id]);
        unmerge(&mut ours, &mut theirs, moved, &stamp());
        prop_assert!(without_marks(ours) == without_marks(survivor));
        prop_assert!(without_marks(theirs) == without_marks(duplicate));
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_doubled(
        survivor in any_patient("Anne", "a"), duplicate in any_patient("Ann", "b"),
    ) {
        let (mut ours, mut theirs) = (survivor.clone(), duplicate.clone());
        merge(&mut ours, &mut theirs, &stamp()).unwrap();
        for point in survivor.contact_points.iter().chain(&duplicate.contact_points) {
            let same = ours.contact_points.iter().filter(|known| known.address == point.address);
            prop_assert_eq!(same.count(), 1);
        }
        let either = survivor.profile.do_not_contact || duplicate.profile.do_not_contact;
        prop_assert_eq!(ours.profile.do_not_contact, either);
        let ids = survivor.profile.external_ids.len() + duplicate.profile.external_ids.len();
        prop_assert_eq!(ours.profile.external_ids.len(), ids);
    }
}

#[test]
fn what_was_removed_since_does_not_come_back() {
    let (mut ours, mut theirs) = (patient("Anne", &[PHONES[0]]), patient("Ann", &[PHONES[1]]));
    let moved = merge(&mut ours, &mut theirs, &stamp()).unwrap();
    ours.contact_points.truncate(1);
    unmerge(&mut ours, &mut theirs, moved, &stamp());
    assert!(theirs.contact_points.is_empty());
    assert_eq!(ours.contact_points.len(), 1);
}

#[test]
fn what_cannot_be_merged_is_told_apart() {
    let mut ours = patient("Anne", &[]);
    let mut same = ours.clone();
    assert!(merge(&mut ours, &mut same, &stamp()).err() == Some(MergeError::Same));
    let mut deleted = patient("Ann", &[]);
    deleted.set_deleted(true, stamp().now);
    assert!(merge(&mut ours, &mut deleted, &stamp()).err() == Some(MergeError::Deleted));
    let mut theirs = patient("Ann", &[]);
    merge(&mut ours, &mut theirs, &stamp()).unwrap();
    let mut third = patient("Anna", &[]);
    assert!(merge(&mut third, &mut theirs, &stamp()).err() == Some(MergeError::Merged));
}
