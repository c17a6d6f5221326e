//! What every mirrored row names: patients and clinics, looked up for a whole batch at once.

use super::{Tx, narrow};
use crate::error::Error;
use bitewing_core::{ClinicId, PatientId};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

impl Tx {
    /// The patients the caller sees among those named, each with the record that stands for it.
    pub(crate) async fn patients_named(
        &mut self,
        ids: &[PatientId],
        visible: Option<&[Uuid]>,
    ) -> Result<HashMap<PatientId, PatientId>, Error> {
        let organization = self.organization_uuid();
        let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT p.id, coalesce(p.merged_into, p.id) AS "survivor!"
               FROM patients p
               WHERE p.organization_id = $1 AND p.id = ANY($2) AND p.erased_at IS NULL
                 AND ($3::uuid[] IS NULL OR p.clinic_id = ANY($3))"#,
            organization,
            &ids,
            visible
        )
        .fetch_all(self.conn())
        .await?;
        let pairs = rows.into_iter();
        Ok(pairs
            .map(|row| {
                let survivor = PatientId::from_uuid(row.survivor);
                (PatientId::from_uuid(row.id), survivor)
            })
            .collect())
    }

    /// The clinics there are among those named.
    pub(crate) async fn clinics_named(
        &mut self,
        ids: &[ClinicId],
    ) -> Result<HashSet<ClinicId>, Error> {
        let organization = self.organization_uuid();
        let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let found = sqlx::query_scalar!(
            "SELECT id FROM clinics WHERE organization_id = $1 AND id = ANY($2)",
            organization,
            &ids
        )
        .fetch_all(self.conn())
        .await?;
        Ok(found.into_iter().map(ClinicId::from_uuid).collect())
    }
}

/// Along which index a list goes: that of the whole organization, those of clinics, or those of the records of one
/// patient. What a caller may not see is left out by the choice of clinics.
pub(crate) enum Along {
    Organization,
    Clinics(Vec<Uuid>),
    Patient {
        records: Vec<Uuid>,
        clinics: Option<Vec<Uuid>>,
    },
}

impl Along {
    /// What a caller who sees some clinics, or all, gets of a clinic and a patient.
    pub(crate) fn of(
        visible: Option<Vec<Uuid>>,
        clinic: Option<ClinicId>,
        records: Option<Vec<Uuid>>,
    ) -> Self {
        match (records, narrow(visible, clinic)) {
            (Some(records), clinics) => Self::Patient { records, clinics },
            (None, Some(clinics)) => Self::Clinics(clinics),
            (None, None) => Self::Organization,
        }
    }
}

/// Which rows a list shows, in the order of a time or a day.
pub(crate) struct Listed<T, S> {
    pub(crate) along: Along,
    pub(crate) from: Option<T>,
    pub(crate) before: Option<T>,
    pub(crate) status: Option<S>,
    /// Only rows behind this one.
    pub(crate) after: Option<(T, Uuid)>,
}

impl<T: Copy, S> Listed<T, S> {
    /// Behind which row the page begins, which need not be there. Every bound has a value, so that a plan for any
    /// values still goes along the index.
    pub(super) fn begin(&self, first: T) -> (T, Uuid) {
        let from = (self.from.unwrap_or(first), Uuid::nil());
        self.after.unwrap_or(from)
    }
}
