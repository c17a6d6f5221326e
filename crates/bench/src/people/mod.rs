//! Patients of a chain that does not exist: the same for the same seed, made one at a time, so that a million
//! of them need no memory.
//!
//! Ten records in a row are a few families at one clinic. A family has a language, a family name, one number the
//! adults share or not, and children who have no number of their own.

mod address;
mod household;
mod names;
mod random;

pub use household::Household;
pub use random::Random;

use bitewing_proto::patient as pb;
use names::Names;

/// Records in a row that share families.
const BLOCK: u64 = 10;
/// How ten records are families, by chance.
const FAMILIES: [&[u64]; 5] = [
    &[4, 3, 2, 1],
    &[5, 2, 1, 1, 1],
    &[2, 2, 2, 2, 1, 1],
    &[3, 3, 1, 1, 1, 1],
    &[1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
];
/// The year ages are counted from.
const YEAR: u64 = 2026;

/// The system whose ids the records have.
pub const SYSTEM: &str = "opendental";

/// A chain's patients.
#[derive(Debug, Clone, Copy)]
pub struct People {
    /// The same seed makes the same people.
    pub seed: u64,
}

impl People {
    /// The family of a record, and the record's place in it: 0 is who answers the phone.
    pub fn household(self, number: u64) -> (Household, u64) {
        let block = number / BLOCK;
        let mut random = Random::of(self.seed, "families", block);
        let mut place = number % BLOCK;
        let mut first = block * BLOCK;
        for size in FAMILIES[random.below(FAMILIES.len() as u64) as usize] {
            if place < *size {
                return (Household::of(self.seed, first), place);
            }
            place -= size;
            first += size;
        }
        unreachable!("the families of a block have ten members")
    }

    /// A record, at a clinic.
    pub fn patient(self, number: u64, clinic: &str) -> pb::Patient {
        let (home, place) = self.household(number);
        let mut random = Random::of(self.seed, "person", number);
        let names = Names::of(home.language);
        let female = random.below(100) < 51;
        let given = names.given(female, &mut random);
        let age = match place {
            0 | 1 => 22 + random.below(65),
            _ => 2 + random.below(16),
        };
        let year = (YEAR - age) as i32;
        pb::Patient {
            external_ids: vec![pb::ExternalId {
                system: SYSTEM.to_owned(),
                value: number.to_string(),
            }],
            clinic_id: clinic.to_owned(),
            given_name: given.to_owned(),
            patronymic: names.patronymic(female, &mut random),
            family_name: names.family(&home, female),
            birth_date: Some(pb::Date {
                year,
                month: 1 + random.below(12) as i32,
                day: 1 + random.below(28) as i32,
            }),
            language: home.language.tag().to_owned(),
            gender: if female {
                pb::Gender::Female.into()
            } else {
                pb::Gender::Male.into()
            },
            contact_points: home.contact_points(number, place, given, &mut random),
            preferred_channels: if random.below(3) == 0 {
                vec![pb::ContactChannel::Sms.into()]
            } else {
                Vec::new()
            },
            patient_since: Some(pb::Date {
                year: (YEAR - random.below(age.min(20))) as i32,
                month: 1 + random.below(12) as i32,
                day: 1,
            }),
            ..Default::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_core::{EmailAddress, Language, Phone};
    use std::collections::{HashMap, HashSet};

    const PEOPLE: People = People { seed: 7 };

    fn all(count: u64) -> impl Iterator<Item = pb::Patient> {
        (0..count).map(|number| PEOPLE.patient(number, "cln"))
    }

    #[test]
    fn the_same_seed_makes_the_same_people() {
        assert!(all(200).eq(all(200)));
        let other = People { seed: 8 };
        assert!((0..200).any(|n| other.patient(n, "cln") != PEOPLE.patient(n, "cln")));
    }

    #[test]
    fn every_address_is_one_a_clinic_would_take() {
        for patient in all(3_000) {
            for point in &patient.contact_points {
                match point.kind() {
                    pb::ContactPointKind::Phone => {
                        assert!(Phone::parse(&point.value, None).is_ok(), "{}", point.value);
                    }
                    _ => assert!(EmailAddress::parse(&point.value).is_ok(), "{}", point.value),
                }
            }
        }
    }

    #[test]
    fn families_share_numbers_and_strangers_do_not() {
        let mut holders: HashMap<String, HashSet<String>> = HashMap::new();
        for patient in all(5_000) {
            for point in patient.contact_points {
                let root = patient.family_name.chars().take(3).collect();
                holders.entry(point.value).or_default().insert(root);
            }
        }
        assert!(holders.values().all(|families| families.len() == 1));
        let shared = (0..5_000).filter(|n| PEOPLE.household(*n).1 > 0).count();
        assert!((1_500..3_500).contains(&shared), "{shared} are not alone");
    }

    #[test]
    fn all_six_languages_live_in_the_chain() {
        let spoken: HashSet<Language> = (0..1_000)
            .map(|number| PEOPLE.household(number).0.language)
            .collect();
        assert_eq!(spoken.len(), Language::ALL.len());
    }
}
