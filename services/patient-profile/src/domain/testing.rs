//! Patients for the tests of the rules.

use super::{Draft, HERE, Name, Patient, PointDraft, Profile, Stamp};
use bitewing_core::{ClinicId, Ids as _, PatientId, SystemIds};
use time::macros::datetime;
use uuid::Uuid;

/// What a failing property prints: no test needs more, and nothing else may.
impl std::fmt::Debug for Patient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Patient({})", self.id)
    }
}

/// A change made here by a user.
pub(crate) fn stamp() -> Stamp<'static> {
    Stamp {
        now: datetime!(2026-11-22 09:00 UTC),
        actor: "user/usr_1",
        source: HERE,
        ids: &SystemIds,
    }
}

/// A patient as it is sent.
pub(crate) fn draft(given: &str, phones: &[&str]) -> Draft {
    Draft {
        profile: Profile {
            name: Name {
                given: given.to_owned(),
                family: "Côté".to_owned(),
                ..Name::default()
            },
            ..Profile::empty(ClinicId::from_uuid(Uuid::from_u128(1)))
        },
        contact_points: phones
            .iter()
            .map(|phone| PointDraft::phone(phone, "CA", None).unwrap())
            .collect(),
    }
}

/// A record of that patient.
pub(crate) fn patient(given: &str, phones: &[&str]) -> Patient {
    Patient::begin(
        PatientId::from_uuid(SystemIds.next()),
        draft(given, phones),
        &stamp(),
    )
}
