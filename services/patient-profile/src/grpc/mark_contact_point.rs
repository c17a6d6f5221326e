//! What MarkContactPointVerified and MarkContactPointUnreachable share.

use super::{Api, note};
use crate::domain::{
    Address, Change, ContactPointKind, Field, HERE, Patient, PointDraft, Stamp, handle,
};
use crate::error::Error;
use bitewing_core::PatientId;
use bitewing_rpc::field::FieldError;
use bitewing_rpc::{Call, Fields, all, field};
use serde_json::Value;

/// Which contact point of whom.
pub(super) struct Target {
    pub(super) patient: PatientId,
    pub(super) kind: ContactPointKind,
    pub(super) value: String,
}

/// Reads whose contact point is meant.
pub(super) fn target(
    fields: Fields,
    patient_id: &str,
    kind: i32,
    value: &str,
) -> Result<Target, Error> {
    let mut fields = fields;
    let patient = fields.take("patient_id", field::id(patient_id));
    let kind = super::read::coded(kind).and_then(|kind| kind.ok_or(FieldError::Required));
    let kind = fields.take("kind", kind);
    let value = fields.take("value", field::text(value, 1..=254));
    let (patient, kind, value) = all!(fields, patient, kind, value)?;
    Ok(Target {
        patient,
        kind,
        value,
    })
}

impl Target {
    /// The values meant: a number without its country is read as in every clinic's region.
    fn values(&self, regions: &[String]) -> Vec<String> {
        match self.kind {
            ContactPointKind::Phone => super::search_patients::phones(&self.value, regions),
            ContactPointKind::Email => PointDraft::email(&self.value)
                .map(|draft| draft.address.value)
                .into_iter()
                .collect(),
            ContactPointKind::Handle => handle(&self.value).into_iter().collect(),
        }
    }
}

/// Marks the contact point by a rule that says whether something changed, or `None` for no such point.
pub(super) async fn run(
    api: &Api,
    call: &Call,
    target: Target,
    mark: impl FnOnce(&mut Patient, &dyn Fn(&Address) -> bool, &Stamp<'_>) -> Option<bool> + Send,
    details: Value,
) -> Result<Patient, Error> {
    let mut tx = api.begin(call).await?;
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let regions = tx.regions().await?;
    let mut patient = tx
        .patient(target.patient, visible.as_deref(), true)
        .await?
        .ok_or(Error::PatientNotFound)?;
    let values = target.values(&regions);
    let is = |address: &Address| address.kind == target.kind && values.contains(&address.value);
    let actor = note::actor(call);
    let changed = mark(&mut patient, &is, &api.stamp(&actor, HERE));
    if changed.ok_or(Error::ContactPointNotFound)? {
        let change = Change {
            fields: vec![Field::ContactPoints],
            closed: Vec::new(),
        };
        tx.update_patients(&[(&patient, &change)]).await?;
        note::tell(
            &mut tx,
            call,
            "patient.contact_point_marked",
            &patient,
            details,
        )
        .await?;
    }
    tx.commit().await?;
    Ok(patient)
}
