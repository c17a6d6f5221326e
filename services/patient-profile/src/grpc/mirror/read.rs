//! The parts every mirrored row has.

use super::super::moment;
use crate::domain::ExternalId;
use bitewing_core::{ClinicId, PatientId};
use bitewing_proto::patient as pb;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Fields, Violation};
use prost_types::Timestamp;
use std::fmt::Display;
use time::OffsetDateTime;
use uuid::Uuid;

/// Who a row is about, as the dental system names them.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(in crate::grpc) enum PatientRef {
    Id(PatientId),
    External(ExternalId),
}

/// A row whose patient is still to be looked up.
pub(in crate::grpc) struct Draft<M> {
    pub(in crate::grpc) patient: PatientRef,
    pub(in crate::grpc) row: M,
}

/// Reads one row's fields below a path.
pub(in crate::grpc) struct Reader {
    fields: Fields,
    below: &'static str,
}

impl Reader {
    /// Of a row in a batch (`""`), or of the only one (`appointment.`).
    pub(in crate::grpc) const fn new(below: &'static str) -> Self {
        Self {
            fields: Fields::new(),
            below,
        }
    }

    /// Keeps the value, or notes the violation.
    pub(in crate::grpc) fn take<T, E: Display>(
        &mut self,
        field: &str,
        parsed: Result<T, E>,
    ) -> Option<T> {
        let path = format!("{}{field}", self.below);
        self.fields.take(path, parsed)
    }

    /// Notes a violation.
    pub(in crate::grpc) fn note(&mut self, field: &str, description: impl Display) {
        let path = format!("{}{field}", self.below);
        self.fields.note(path, description);
    }

    /// Ends the reading: every violation if there was one, or if a part is missing.
    pub(in crate::grpc) fn end<T>(self, parts: Option<T>) -> Result<T, Vec<Violation>> {
        self.fields.check()?;
        parts.ok_or_else(Vec::new)
    }
}

/// What a row says about itself.
pub(in crate::grpc) struct Head {
    pub(in crate::grpc) external_id: ExternalId,
    pub(in crate::grpc) patient: PatientRef,
    pub(in crate::grpc) clinic: ClinicId,
    pub(in crate::grpc) changed_at: OffsetDateTime,
}

impl Head {
    /// A place holder until the patient is looked up.
    pub(in crate::grpc) const NOBODY: PatientId = PatientId::from_uuid(Uuid::nil());
}

/// Reads it.
pub(in crate::grpc) fn head(
    reader: &mut Reader,
    external_id: Option<&pb::ExternalId>,
    (patient_id, patient_external_id): (&str, Option<&pb::ExternalId>),
    clinic_id: &str,
    (source_update_time, now): (Option<Timestamp>, OffsetDateTime),
) -> Option<Head> {
    let external = |id: Option<&pb::ExternalId>| {
        let id = id.ok_or_else(|| FieldError::Required.to_string())?;
        ExternalId::parse(&id.system, &id.value).map_err(|error| error.to_string())
    };
    let external_id = reader.take("external_id", external(external_id));
    let patient = if patient_id.is_empty() {
        let read = external(patient_external_id).map(PatientRef::External);
        reader.take("patient_external_id", read)
    } else {
        let read = field::id::<PatientId>(patient_id).map(PatientRef::Id);
        reader.take("patient_id", read)
    };
    let clinic = reader.take("clinic_id", field::id::<ClinicId>(clinic_id));
    let changed_at = reader.take("source_update_time", moment::optional(source_update_time));
    // A row from the future would keep out everything until then; clocks may be a little ahead.
    let changed_at = changed_at.map(|time| time.unwrap_or(now));
    if changed_at.is_some_and(|time| time - now > time::Duration::minutes(5)) {
        reader.note("source_update_time", "must not be in the future");
        return None;
    }
    Some(Head {
        external_id: external_id?,
        patient: patient?,
        clinic: clinic?,
        changed_at: changed_at?,
    })
}
