//! FinishSnapshot: who is here and not in the dental system any more. Nobody is deleted on the word of a file that
//! may be half a file: it must be whole, and not too different.

use super::super::{Api, clinic};
use super::read;
use crate::domain::{Change, ExternalId, Patient};
use crate::error::Error;
use crate::store::{Snapshot, Tx};
use bitewing_core::{ClinicId, PatientId};
use bitewing_proto::patient as pb;
use bitewing_rpc::field::{self, FieldError, timestamp};
use bitewing_rpc::{Call, Fields, all};
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;
use time::{Duration, OffsetDateTime};

/// How many patients one call answers and deletes.
const MOST: i64 = 1_000;
/// How many external ids may be kept.
const MAX_KEPT: usize = 10_000;
/// How many of a clinic's patients are deleted in percent, unless the caller says otherwise.
const PERCENT: i32 = 5;
/// A batch that is older may have lost rows already: results are kept for seven days.
const YOUNG: Duration = Duration::days(6);

struct Wanted {
    batch: String,
    system: String,
    clinic: Option<ClinicId>,
    rows: i64,
    kept: Vec<String>,
    percent: i64,
    taken_at: Option<OffsetDateTime>,
}

fn decode(request: pb::FinishSnapshotRequest) -> Result<Wanted, Error> {
    let mut fields = Fields::new();
    let batch = fields.take("batch_id", read::batch_id(&request.batch_id));
    let system = ExternalId::parse(&request.system, "1");
    let system = fields.take("system", system.map(|id| id.system));
    let clinic = fields.take("clinic_id", field::optional_id(&request.clinic_id));
    let rows = match request.row_count {
        1.. => Ok(i64::from(request.row_count)),
        _ => Err("must be 1 or more"),
    };
    let rows = fields.take("row_count", rows);
    let percent = match request.max_missing_percent {
        0 => Ok(i64::from(PERCENT)),
        percent @ 1..=100 => Ok(i64::from(percent)),
        _ => Err("must be 0 to 100"),
    };
    let percent = fields.take("max_missing_percent", percent);
    let taken_at = request.snapshot_time.map(timestamp).transpose();
    let taken_at = fields.take("snapshot_time", taken_at);
    if request.kept_values.len() > MAX_KEPT {
        fields.note("kept_values", FieldError::TooMany(MAX_KEPT));
    } else {
        for (index, value) in request.kept_values.iter().enumerate() {
            let known = field::text(value, 1..=120);
            // One is enough to know: refusals have to fit into the header of an answer.
            if fields
                .take(format!("kept_values[{index}]"), known)
                .is_none()
            {
                break;
            }
        }
    }
    let ((), system, clinic, rows, percent, taken_at) =
        all!(fields, batch, system, clinic, rows, percent, taken_at)?;
    Ok(Wanted {
        batch: request.batch_id,
        system,
        clinic,
        rows,
        kept: request.kept_values,
        percent,
        taken_at,
    })
}

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::FinishSnapshotRequest,
) -> Result<pb::FinishSnapshotResponse, Error> {
    let delete = request.delete_missing;
    let wanted = decode(request)?;
    let clinics = match wanted.clinic {
        Some(id) => {
            clinic::region(api, call, id).await?;
            Some(vec![id.uuid()])
        }
        None => call.caller.clinics.filter(),
    };
    let mut tx = api.begin(call).await?;
    let young = api.base.clock.now() - YOUNG;
    let kept = tx.batch_summary(&wanted.batch, young).await?;
    let whole = kept.rows == wanted.rows && kept.rejected <= wanted.kept.len() as i64;
    let begun = kept
        .begun
        .filter(|_| whole)
        .ok_or(Error::SnapshotIncomplete)?;
    let snapshot = Snapshot {
        batch: &wanted.batch,
        system: &wanted.system,
        kept: &wanted.kept,
        clinics: clinics.as_deref(),
        before: wanted.taken_at.map_or(begun, |taken| taken.min(begun)),
    };
    let counts = tx.snapshot_counts(&snapshot).await?;
    let missing = tx.snapshot_missing(&snapshot, MOST).await?;
    let mut deleted = 0;
    if delete {
        let too_many = |missing: i64, of: i64| missing * 100 > wanted.percent * of;
        if counts.iter().any(|one| too_many(one.missing, one.patients)) {
            return Err(Error::SnapshotTooDifferent);
        }
        let ids: Vec<PatientId> = missing.iter().map(|(id, _)| *id).collect();
        deleted = delete_all(api, &mut tx, &ids).await?;
    }
    let sum = |of: fn(&crate::store::SnapshotCount) -> i64| {
        i32::try_from(counts.iter().map(of).sum::<i64>()).unwrap_or(i32::MAX)
    };
    let answer = pb::FinishSnapshotResponse {
        patient_count: sum(|one| one.patients),
        missing_count: sum(|one| one.missing),
        deleted_count: deleted,
        missing: missing
            .into_iter()
            .map(|(id, external_value)| pb::MissingPatient {
                patient_id: id.to_string(),
                external_value,
            })
            .collect(),
    };
    let details = json!({
        "batch_id": wanted.batch, "system": wanted.system, "patients": answer.patient_count,
        "missing": answer.missing_count, "deleted": deleted,
    });
    let line = audit::entry(
        call,
        "patient.snapshot_finished",
        call.organization(),
        wanted.clinic,
        details,
    );
    tx.audit(line).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Deletes patients as DeletePatient does.
async fn delete_all(api: &Api, tx: &mut Tx, ids: &[PatientId]) -> Result<i32, Error> {
    tx.lock_patients(ids).await?;
    let now = api.base.clock.now();
    let mut patients: Vec<Patient> = tx.patients_by_ids(ids, None).await?;
    patients.retain_mut(|patient| {
        patient.merged_into.is_none()
            && patient.erased_at.is_none()
            && patient.set_deleted(true, now)
    });
    if patients.is_empty() {
        return Ok(0);
    }
    let change = Change::default();
    let changed: Vec<_> = patients.iter().map(|patient| (patient, &change)).collect();
    tx.update_patients(&changed).await?;
    let events = patients.iter().map(|patient| Event {
        event_type: "patient.deleted",
        resource: patient.id.to_string(),
        payload: json!({
            "clinic_id": patient.profile.clinic.to_string(), "by": "snapshot",
        }),
    });
    tx.emit_all(events.collect()).await?;
    Ok(i32::try_from(patients.len()).unwrap_or(i32::MAX))
}
