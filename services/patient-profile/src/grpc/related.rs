//! The patients a record names as family.

use crate::domain::{Profile, Related};
use crate::error::Error;
use crate::store::Tx;
use bitewing_core::PatientId;
use bitewing_rpc::Violation;
use uuid::Uuid;

fn named(profile: &Profile) -> impl Iterator<Item = PatientId> + '_ {
    let relations = profile
        .relations
        .iter()
        .filter_map(|relation| match relation.to {
            Related::Patient(id) => Some(id),
            Related::Named(_) => None,
        });
    relations.chain(profile.children.iter().filter_map(|child| child.patient))
}

/// Refuses family that is not there, or that the caller does not see; what was named before may stay.
pub(super) async fn check(
    tx: &mut Tx,
    patient: Option<PatientId>,
    before: Option<&Profile>,
    after: &Profile,
    visible: Option<&[Uuid]>,
) -> Result<(), Error> {
    let known: Vec<_> = before.into_iter().flat_map(named).collect();
    let mut fresh: Vec<_> = named(after).filter(|id| !known.contains(id)).collect();
    if patient.is_some_and(|patient| fresh.contains(&patient)) {
        return Err(vec![Violation::new(
            "patient.relations",
            "must name another patient",
        )]
        .into());
    }
    fresh.sort();
    fresh.dedup();
    if fresh.is_empty() || tx.count_visible(&fresh, visible).await? == fresh.len() {
        Ok(())
    } else {
        Err(Error::RelatedPatientNotFound)
    }
}
