//! What the dental system says of channels, as statements of consent.
//!
//! It is written down only when the dental system changes its mind, and it never lifts what the patient revoked
//! here: a box at the front desk is older than a STOP.

use crate::domain::ContactChannel;
use crate::domain::consent::{Ask, ConsentSource, Purpose, Purposes, Statement, standing};
use bitewing_core::PatientId;
use time::OffsetDateTime;

/// How many one row may say.
pub(crate) const MAX_PERMISSIONS: usize = 10;

/// What the dental system says of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Permission {
    pub(crate) channel: ContactChannel,
    pub(crate) allowed: bool,
}

/// What is to be written down of a permission that was said at a time: whether it allows, and for what. `known`
/// are the statements of the patient and of the records merged into it.
pub(crate) fn said(
    permission: Permission,
    at: OffsetDateTime,
    patients: &[PatientId],
    known: &[Statement],
) -> Vec<(bool, Purposes)> {
    let channel = Some(permission.channel);
    let (theirs, ours): (Vec<&Statement>, Vec<&Statement>) = known
        .iter()
        .partition(|one| one.source == ConsentSource::DentalSystem);
    let last = theirs
        .into_iter()
        .filter(|one| one.channel == channel && one.address.is_none())
        .max_by_key(|one| (one.occurred_at, one.id));
    if last.is_some_and(|last| last.granted == permission.allowed || last.occurred_at > at) {
        return Vec::new();
    }
    if !permission.allowed {
        return vec![(false, Purposes::All)];
    }
    let ours: Vec<Statement> = ours.into_iter().cloned().collect();
    let open = |purpose| {
        let ask = Ask {
            patients,
            purpose: Some(purpose),
            channel,
            address: None,
            at,
        };
        standing(&ours, &ask).is_none()
    };
    // A tick in the dental system allows what belongs to the treatment; offers need more (47 CFR 64.1200(f)(9)).
    [
        (Purpose::Care, Purposes::Care),
        (Purpose::Recall, Purposes::Recall),
    ]
    .into_iter()
    .filter(|(purpose, _)| open(*purpose))
    .map(|(_, purposes)| (true, purposes))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::consent::{Decision, Why, decide};
    use bitewing_core::ConsentId;
    use uuid::Uuid;

    const SMS: ContactChannel = ContactChannel::Sms;

    fn patient() -> PatientId {
        PatientId::from_uuid(Uuid::from_u128(7))
    }

    fn at(hour: i64) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + time::Duration::hours(hour)
    }

    fn statement(
        hour: i64,
        source: ConsentSource,
        (granted, purposes): (bool, Purposes),
    ) -> Statement {
        Statement {
            id: ConsentId::from_uuid(Uuid::from_u128(hour.unsigned_abs().into())),
            patient: Some(patient()),
            granted,
            purposes,
            channel: Some(SMS),
            address: None,
            basis: None,
            wording: String::new(),
            source,
            recorded_by: String::new(),
            occurred_at: at(hour),
            created_at: at(hour),
        }
    }

    fn say(known: &mut Vec<Statement>, hour: i64, allowed: bool) -> usize {
        let permission = Permission {
            channel: SMS,
            allowed,
        };
        let words = said(permission, at(hour), &[patient()], known);
        let count = words.len();
        known.extend(
            words
                .into_iter()
                .map(|word| statement(hour, ConsentSource::DentalSystem, word)),
        );
        count
    }

    fn may(known: &[Statement], purpose: Purpose) -> Decision {
        let ask = Ask {
            patients: &[patient()],
            purpose: Some(purpose),
            channel: Some(SMS),
            address: None,
            at: at(1_000),
        };
        decide(known, &ask)
    }

    #[test]
    fn no_forbids_everything_and_yes_brings_back_what_belongs_to_the_treatment() {
        let mut known = Vec::new();
        assert_eq!(say(&mut known, 1, false), 1);
        assert!(!may(&known, Purpose::Care).allowed());
        assert_eq!(say(&mut known, 2, true), 2);
        assert_eq!(may(&known, Purpose::Recall).why, Why::Granted);
        assert!(!may(&known, Purpose::Marketing).allowed());
        // Saying the same again writes nothing; what is older than what was said is not heard.
        assert_eq!(say(&mut known, 3, true), 0);
        assert_eq!(say(&mut known, 1, false), 0);
        assert_eq!(say(&mut known, 4, false), 1);
        assert!(!may(&known, Purpose::Care).allowed());
    }

    #[test]
    fn a_yes_of_the_dental_system_lifts_nothing_the_patient_revoked_here() {
        let stop = (false, Purposes::All);
        let mut known = vec![statement(1, ConsentSource::Reply, stop)];
        assert_eq!(say(&mut known, 2, true), 0);
        assert!(!may(&known, Purpose::Care).allowed());
        let recalls = (false, Purposes::Recall);
        let mut known = vec![statement(1, ConsentSource::PreferenceCentre, recalls)];
        assert_eq!(say(&mut known, 2, true), 1);
        assert_eq!(may(&known, Purpose::Care).why, Why::Granted);
        assert_eq!(may(&known, Purpose::Recall).why, Why::Revoked);
    }
}
