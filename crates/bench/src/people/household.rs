//! A family: who answers the phone, and how its members are reached.

use super::address::{email, landline, mobile};
use super::random::Random;
use bitewing_core::Language;
use bitewing_proto::patient as pb;

/// Patients who live together.
#[derive(Debug, Clone, Copy)]
pub struct Household {
    /// The number of its first record.
    pub first: u64,
    /// What it speaks.
    pub language: Language,
    /// Chooses its family name.
    pub(super) name: u64,
    /// One number for everybody.
    one_number: bool,
    /// Has a telephone at home.
    landline: bool,
}

impl Household {
    pub(super) fn of(seed: u64, first: u64) -> Self {
        let mut random = Random::of(seed, "household", first);
        Self {
            first,
            language: *random.pick(&Language::ALL),
            name: random.next_number(),
            one_number: random.below(4) == 0,
            landline: random.below(3) == 0,
        }
    }

    /// The number its members share.
    pub fn phone(&self) -> String {
        mobile(self.language, self.first)
    }

    pub(super) fn contact_points(
        &self,
        number: u64,
        place: u64,
        given: &str,
        random: &mut Random,
    ) -> Vec<pb::ContactPoint> {
        let own = place <= 1 && !self.one_number;
        let mut points = vec![phone(
            if own {
                mobile(self.language, number)
            } else {
                self.phone()
            },
            pb::LineType::Mobile,
        )];
        if self.landline {
            let value = landline(self.language, self.first);
            points.push(phone(value, pb::LineType::Landline));
        }
        if place <= 1 && random.below(5) > 0 {
            points.push(pb::ContactPoint {
                kind: pb::ContactPointKind::Email.into(),
                value: email(given, number),
                ..Default::default()
            });
        }
        points
    }
}

fn phone(value: String, line: pb::LineType) -> pb::ContactPoint {
    pb::ContactPoint {
        kind: pb::ContactPointKind::Phone.into(),
        value,
        line_type: line.into(),
        ..Default::default()
    }
}
