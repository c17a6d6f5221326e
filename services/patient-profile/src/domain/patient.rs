//! A patient.

use super::contact_point::reconcile;
use super::{
    Address, ClosedPoint, ContactPoint, Draft, Field, HERE, Profile, Related, Sources, Stamp,
    Unreachable, UnreachableReason,
};
use bitewing_core::PatientId;
use time::OffsetDateTime;

/// A patient's record.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Patient {
    pub(crate) id: PatientId,
    pub(crate) profile: Profile,
    /// The most wanted first.
    pub(crate) contact_points: Vec<ContactPoint>,
    pub(crate) sources: Sources,
    /// The patient this record was merged into.
    pub(crate) merged_into: Option<PatientId>,
    /// The records merged into this one.
    pub(crate) merged: Vec<PatientId>,
    pub(crate) version: i64,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) updated_at: OffsetDateTime,
    pub(crate) deleted_at: Option<OffsetDateTime>,
    pub(crate) erased_at: Option<OffsetDateTime>,
}

/// What a change did.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Change {
    pub(crate) fields: Vec<Field>,
    pub(crate) closed: Vec<ClosedPoint>,
}

impl Change {
    /// The names of the changed fields: what events and audit lines tell.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.fields.iter().map(|field| field.name()).collect()
    }
}

impl Patient {
    /// A record that begins now. What another system sent is marked with it.
    pub(crate) fn begin(id: PatientId, draft: Draft, stamp: &Stamp<'_>) -> Self {
        let (contact_points, _) = reconcile(Vec::new(), draft.contact_points, stamp);
        let profile = draft.profile;
        let mut sources = Sources::new();
        if stamp.source != HERE {
            let known = Field::ALL.into_iter().filter(|field| match field {
                Field::ContactPoints => !contact_points.is_empty(),
                field => !profile.is_blank(*field),
            });
            sources.extend(known.map(|field| (field, stamp.source())));
        }
        Self {
            id,
            profile,
            contact_points,
            sources,
            merged_into: None,
            merged: Vec::new(),
            version: 1,
            created_at: stamp.now,
            updated_at: stamp.now,
            deleted_at: None,
            erased_at: None,
        }
    }

    /// The record as it would be sent: what a change of some fields starts from.
    pub(crate) fn draft(&self) -> Draft {
        Draft {
            profile: self.profile.clone(),
            contact_points: self
                .contact_points
                .iter()
                .map(ContactPoint::draft)
                .collect(),
        }
    }

    /// The etag: changes with every update.
    pub(crate) fn etag(&self) -> String {
        format!("\"{}\"", self.version)
    }

    /// Whether an etag sent is empty or the current one.
    pub(crate) fn matches(&self, etag: &str) -> bool {
        etag.is_empty() || etag == self.etag()
    }

    /// Takes what was sent, and brings a deleted record back; `None` if it is all there already.
    pub(crate) fn change(&mut self, draft: Draft, stamp: &Stamp<'_>) -> Option<Change> {
        let (points, closed) = reconcile(self.contact_points.clone(), draft.contact_points, stamp);
        let mut fields = self.profile.differences(&draft.profile);
        if points != self.contact_points {
            fields.push(Field::ContactPoints);
        }
        if fields.is_empty() && self.deleted_at.is_none() {
            return None;
        }
        self.profile = draft.profile;
        self.contact_points = points;
        self.deleted_at = None;
        self.sources
            .extend(fields.iter().map(|field| (*field, stamp.source())));
        self.touch(stamp.now);
        Some(Change { fields, closed })
    }

    /// Confirms a contact point, or takes that back; `None` if there is no such point.
    pub(crate) fn mark_verified(
        &mut self,
        matches: impl Fn(&Address) -> bool,
        verified: bool,
        stamp: &Stamp<'_>,
    ) -> Option<bool> {
        self.mark(matches, stamp, |point| {
            let changes = point.verified.is_some() != verified;
            if changes {
                point.verified = verified.then(|| stamp.verification());
            }
            changes
        })
    }

    /// Says that nothing arrives at a contact point, or that it works; `None` if there is no such point.
    pub(crate) fn mark_unreachable(
        &mut self,
        matches: impl Fn(&Address) -> bool,
        reason: Option<UnreachableReason>,
        stamp: &Stamp<'_>,
    ) -> Option<bool> {
        self.mark(matches, stamp, |point| {
            let changes = point.unreachable.map(|state| state.reason) != reason;
            if changes {
                // The first report tells since when; a better reason does not make it younger.
                let since = point.unreachable.map_or(stamp.now, |state| state.since);
                point.unreachable = reason.map(|reason| Unreachable { since, reason });
            }
            changes
        })
    }

    fn mark(
        &mut self,
        matches: impl Fn(&Address) -> bool,
        stamp: &Stamp<'_>,
        mut set: impl FnMut(&mut ContactPoint) -> bool,
    ) -> Option<bool> {
        let (mut found, mut changed) = (false, false);
        for point in &mut self.contact_points {
            if matches(&point.address) {
                found = true;
                changed |= set(point);
            }
        }
        if changed {
            self.touch(stamp.now);
        }
        found.then_some(changed)
    }

    /// Hides the record, or brings it back; `false` if it is so already.
    pub(crate) fn set_deleted(&mut self, deleted: bool, now: OffsetDateTime) -> bool {
        if self.deleted_at.is_some() == deleted {
            return false;
        }
        self.deleted_at = deleted.then_some(now);
        self.touch(now);
        true
    }

    /// Empties the record for good.
    pub(crate) fn erase(&mut self, now: OffsetDateTime) {
        self.profile = Profile::empty(self.profile.clinic);
        self.contact_points.clear();
        self.sources.clear();
        self.deleted_at.get_or_insert(now);
        self.erased_at = Some(now);
        self.touch(now);
    }

    /// Takes people out of the family.
    pub(crate) fn forget(&mut self, gone: &[PatientId], now: OffsetDateTime) {
        let named = |id: &PatientId| gone.contains(id);
        let profile = &mut self.profile;
        profile
            .relations
            .retain(|relation| !matches!(&relation.to, Related::Patient(id) if named(id)));
        profile
            .children
            .retain(|child| !child.patient.as_ref().is_some_and(named));
        self.touch(now);
    }

    pub(super) fn touch(&mut self, now: OffsetDateTime) {
        self.version += 1;
        self.updated_at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::{draft, patient, stamp};

    #[test]
    fn what_is_sent_again_changes_nothing() {
        let mut anne = patient("Anne", &["514 873 1234"]);
        assert!(
            anne.change(draft("Anne", &["514 873 1234"]), &stamp())
                .is_none()
        );
        assert_eq!(anne.version, 1);
    }

    #[test]
    fn a_change_names_its_fields_and_their_source() {
        let mut anne = patient("Anne", &["514 873 1234"]);
        let from_system = Stamp {
            source: "opendental",
            ..stamp()
        };
        let change = anne
            .change(draft("Annie", &["418 643 1234"]), &from_system)
            .unwrap();
        assert_eq!(change.names(), ["given_name", "contact_points"]);
        assert_eq!(change.closed.len(), 1);
        let source = &anne.sources[&Field::GivenName];
        assert_eq!(source.system, "opendental");
        assert!(!anne.sources.contains_key(&Field::FamilyName));
    }

    #[test]
    fn a_better_reason_does_not_make_an_unreachable_address_younger() {
        let mut anne = patient("Anne", &["514 873 1234"]);
        let later = Stamp {
            now: stamp().now + time::Duration::DAY,
            ..stamp()
        };
        let all = |_: &Address| true;
        assert_eq!(
            anne.mark_unreachable(all, Some(UnreachableReason::Other), &stamp()),
            Some(true)
        );
        assert_eq!(
            anne.mark_unreachable(all, Some(UnreachableReason::NotInService), &later),
            Some(true)
        );
        assert_eq!(
            anne.mark_unreachable(all, Some(UnreachableReason::NotInService), &later),
            Some(false)
        );
        let state = anne.contact_points[0].unreachable.unwrap();
        assert!(state.since == stamp().now && state.reason == UnreachableReason::NotInService);
        assert_eq!(anne.mark_unreachable(|_| false, None, &later), None);
    }
}
