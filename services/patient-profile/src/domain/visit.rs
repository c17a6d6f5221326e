//! Visits, wishes about them, recalls and accounts, as the dental system has them.

use super::ExternalId;
use super::code::{Code, codes};
use super::mirror::Mirrored;
use bitewing_core::{AppointmentId, AppointmentRequestId, ClinicId, PatientId};
use time::{Date, Duration, OffsetDateTime};

/// How long a wish waits at most: who was not answered within a week has called.
const LONGEST_WAIT: Duration = Duration::days(7);

codes! {
    /// The state of a visit.
    VisitStatus { Scheduled = 1, Confirmed = 2, Arrived = 3, Completed = 4, Cancelled = 5, NoShow = 6 }
    /// What a patient wants.
    WishKind { Confirm = 1, Cancel = 2, Book = 3 }
    /// What became of a wish.
    WishState { Requested = 1, Accepted = 2, Rejected = 3, Expired = 4 }
    /// The state of a recall.
    RecallStatus { Due = 1, Scheduled = 2, Done = 3, Dismissed = 4 }
}

impl VisitStatus {
    /// As events tell it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "SCHEDULED",
            Self::Confirmed => "CONFIRMED",
            Self::Arrived => "ARRIVED",
            Self::Completed => "COMPLETED",
            Self::Cancelled => "CANCELLED",
            Self::NoShow => "NO_SHOW",
        }
    }
}

impl WishState {
    /// As events tell it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::Accepted => "ACCEPTED",
            Self::Rejected => "REJECTED",
            Self::Expired => "EXPIRED",
        }
    }
}

impl WishKind {
    /// As events tell it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Confirm => "CONFIRM",
            Self::Cancel => "CANCEL",
            Self::Book => "BOOK",
        }
    }

    /// Whether it may be wished of a visit that begins at a time and is in a state.
    pub(crate) fn fits(
        self,
        status: VisitStatus,
        starts_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> bool {
        let waiting = matches!(status, VisitStatus::Scheduled | VisitStatus::Confirmed);
        match self {
            Self::Confirm | Self::Cancel => waiting && starts_at > now,
            Self::Book => false,
        }
    }
}

/// A visit.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Visit {
    pub(crate) external_id: ExternalId,
    pub(crate) patient: PatientId,
    pub(crate) clinic: ClinicId,
    pub(crate) starts_at: OffsetDateTime,
    pub(crate) ends_at: OffsetDateTime,
    pub(crate) status: VisitStatus,
    pub(crate) provider: String,
    pub(crate) service: String,
    pub(crate) changed_at: OffsetDateTime,
}

/// A recall.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Recall {
    pub(crate) external_id: ExternalId,
    pub(crate) patient: PatientId,
    pub(crate) clinic: ClinicId,
    pub(crate) kind: String,
    pub(crate) due_on: Date,
    pub(crate) status: RecallStatus,
    pub(crate) changed_at: OffsetDateTime,
}

/// What is owed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Balance {
    pub(crate) external_id: ExternalId,
    pub(crate) patient: PatientId,
    pub(crate) clinic: ClinicId,
    pub(crate) currency: String,
    pub(crate) minor_units: i64,
    pub(crate) overdue_minor_units: i64,
    pub(crate) overdue_since: Option<Date>,
    pub(crate) changed_at: OffsetDateTime,
}

macro_rules! mirrored {
    ($($name:ident),+) => {$(
        impl Mirrored for $name {
            fn external_id(&self) -> &ExternalId {
                &self.external_id
            }
            fn changed_at(&self) -> OffsetDateTime {
                self.changed_at
            }
            fn dated(self, changed_at: OffsetDateTime) -> Self {
                Self { changed_at, ..self }
            }
            fn clinic(&self) -> ClinicId {
                self.clinic
            }
            fn of_patient(self, patient: PatientId) -> Self {
                Self { patient, ..self }
            }
        }
    )+};
}

mirrored!(Visit, Recall, Balance);

/// What a patient wants of the dental system.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) id: AppointmentRequestId,
    pub(crate) kind: WishKind,
    pub(crate) patient: PatientId,
    pub(crate) clinic: ClinicId,
    pub(crate) visit: Option<AppointmentId>,
    pub(crate) earliest: Option<OffsetDateTime>,
    pub(crate) latest: Option<OffsetDateTime>,
    pub(crate) note: String,
    pub(crate) state: WishState,
    pub(crate) reason: String,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) resolved_at: Option<OffsetDateTime>,
    /// Until when it waits; none for those made before there was an end.
    pub(crate) expires_at: Option<OffsetDateTime>,
}

/// Until when a wish waits that is moot at a time: the begin of the visit, or the latest a booking is wanted for.
pub(crate) fn waits_until(now: OffsetDateTime, moot: Option<OffsetDateTime>) -> OffsetDateTime {
    let longest = now + LONGEST_WAIT;
    moot.map_or(longest, |moot| moot.min(longest))
}

/// What resolving a wish does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// It is written down.
    New,
    /// It is known already.
    Same,
    /// It was resolved otherwise.
    Contradiction,
}

impl Wish {
    /// Takes the dental system's answer.
    pub(crate) fn resolve(
        &mut self,
        state: WishState,
        reason: String,
        visit: Option<AppointmentId>,
        now: OffsetDateTime,
    ) -> Resolution {
        if self.state != WishState::Requested {
            return if self.state == state {
                Resolution::Same
            } else {
                Resolution::Contradiction
            };
        }
        self.state = state;
        self.reason = reason;
        self.visit = visit.or(self.visit);
        self.resolved_at = Some(now);
        Resolution::New
    }

    /// Ends the waiting; `false` if there is no need.
    pub(crate) fn expire(&mut self, now: OffsetDateTime) -> bool {
        self.resolve(WishState::Expired, String::new(), None, now) == Resolution::New
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-05-04 12:00 UTC);

    #[test]
    fn only_visits_to_come_can_be_confirmed_or_cancelled() {
        let later = NOW + Duration::HOUR;
        assert!(WishKind::Confirm.fits(VisitStatus::Scheduled, later, NOW));
        assert!(WishKind::Cancel.fits(VisitStatus::Confirmed, later, NOW));
        assert!(!WishKind::Cancel.fits(VisitStatus::Cancelled, later, NOW));
        assert!(!WishKind::Confirm.fits(VisitStatus::Scheduled, NOW, NOW));
        assert!(!WishKind::Book.fits(VisitStatus::Scheduled, later, NOW));
    }

    #[test]
    fn a_wish_waits_until_it_is_moot_and_a_week_at_most() {
        let soon = NOW + Duration::HOUR;
        assert_eq!(waits_until(NOW, Some(soon)), soon);
        assert_eq!(waits_until(NOW, None), NOW + Duration::WEEK);
        let late = NOW + Duration::days(90);
        assert_eq!(waits_until(NOW, Some(late)), NOW + Duration::WEEK);
    }

    #[test]
    fn a_wish_is_resolved_once() {
        let id = uuid::Uuid::from_u128(1);
        let mut wish = Wish {
            id: AppointmentRequestId::from_uuid(id),
            kind: WishKind::Confirm,
            patient: PatientId::from_uuid(id),
            clinic: ClinicId::from_uuid(id),
            visit: Some(AppointmentId::from_uuid(id)),
            earliest: None,
            latest: None,
            note: String::new(),
            state: WishState::Requested,
            reason: String::new(),
            created_at: NOW,
            resolved_at: None,
            expires_at: None,
        };
        let refused = |wish: &mut Wish| {
            wish.resolve(
                WishState::Rejected,
                "the chair is taken".to_owned(),
                None,
                NOW,
            )
        };
        assert_eq!(refused(&mut wish), Resolution::New);
        assert_eq!(refused(&mut wish), Resolution::Same);
        assert_eq!(
            wish.resolve(WishState::Accepted, String::new(), None, NOW),
            Resolution::Contradiction
        );
        assert_eq!(
            (wish.state, wish.visit.is_some()),
            (WishState::Rejected, true)
        );
        assert!(!wish.expire(NOW));
    }
}
