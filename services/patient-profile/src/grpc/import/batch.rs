//! A batch, taken in one transaction: what rows name is looked up once for all of them, and a bad row costs
//! only itself.

use super::super::{Api, note, related};
use super::read::{self, Batch};
use super::row::{Refused, Row, refusal};
use super::unchanged::Unchanged;
use super::{permissions, say};
use crate::domain::import::{ConflictRule, Import, ImportRow, Imported};
use crate::domain::{ExternalId, KeptKey, Patient, Stamp};
use crate::error::Error;
use crate::store::{ImportedHashes, KeptResult, Tx};
use bitewing_core::{ClinicId, PatientId};
use bitewing_proto::patient as pb;
use bitewing_rpc::Call;
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use uuid::Uuid;

/// How long a clinic made a moment ago is waited for, once per batch.
const WAIT: Duration = Duration::from_millis(400);
/// How often a batch is begun again because another call wrote the same patients.
const TRIES: usize = 3;
/// How long results are kept.
const KEPT: time::Duration = time::Duration::days(7);

pub(super) async fn run(
    api: &Api,
    call: &Call,
    batch: Batch,
) -> Result<Vec<pb::ImportResult>, Error> {
    let regions = regions(api, call, &batch.rows).await?;
    let rows: Vec<_> = batch
        .rows
        .into_iter()
        .map(|row| Row::of(api, row, &regions))
        .collect();
    let mut tried = 1;
    loop {
        let taken = take(api, call, &batch.id, batch.validate_only, &rows).await;
        // Somebody made the same patient, or took the same row: now it is there.
        let again = matches!(taken, Err(Error::Conflict | Error::ExternalIdTaken));
        if again && tried < TRIES {
            tried += 1;
            continue;
        }
        return match taken {
            Err(Error::ExternalIdTaken) => Err(Error::Conflict),
            taken => Ok(taken?.into_iter().map(say::result).collect()),
        };
    }
}

/// Failures that are a row's own; the others are the call's.
fn of_row<T>(outcome: Result<T, Error>) -> Result<Result<T, Refused>, Error> {
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(
            error @ (Error::Invalid(_)
            | Error::ClinicNotFound
            | Error::ExternalIdTaken
            | Error::PatientErased
            | Error::RelatedPatientNotFound
            | Error::ImportRowReused),
        ) => Ok(Err(refusal(error))),
        Err(error) => Err(error),
    }
}

async fn take(
    api: &Api,
    call: &Call,
    batch: &str,
    validate_only: bool,
    rows: &[Row],
) -> Result<Vec<KeptResult>, Error> {
    let now = api.base.clock.now();
    let mut tx = api.begin(call).await?;
    let numbers: Vec<i32> = rows.iter().map(|row| row.number).collect();
    let kept = tx.import_results(batch, &numbers, now - KEPT).await?;
    let fresh = rows.iter().filter(|row| !kept.contains_key(&row.number));
    let fresh = fresh.filter_map(|row| Some((row, row.read.as_ref().ok()?)));
    let rule = tx.conflict_rule().await?;
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let unchanged = Unchanged::read(&mut tx, rule, visible.as_deref(), fresh.clone()).await?;
    let changed = fresh.map(|(_, row)| row);
    let changed = changed.filter(|row| unchanged.patient(&row.key).is_none());
    let mut known = Known::read(api, call, &mut tx, (rule, visible), changed).await?;

    let actor = note::actor(call);
    let mut allowed = Vec::new();
    let (mut results, mut new) = (Vec::with_capacity(rows.len()), Vec::new());
    for Row {
        number,
        hash,
        read: row,
        ..
    } in rows
    {
        let mut result = KeptResult {
            row_number: *number,
            content_hash: hash.clone(),
            outcome: Imported::Rejected,
            patient: None,
            reason: String::new(),
            violations: json!([]),
        };
        let taken = match (kept.get(number), row) {
            (Some(before), _) if before.content_hash == *hash => {
                results.push(before.clone());
                continue;
            }
            (Some(_), _) => Err(refusal(Error::ImportRowReused)),
            (None, Err(refused)) => Err(refused.clone()),
            (None, Ok(row)) => {
                if let Some(id) = unchanged.patient(&row.key) {
                    Ok((id, Imported::Unchanged))
                } else {
                    let stamp = api.stamp(&actor, &row.key.system);
                    of_row(known.take(&mut tx, row, &stamp).await)?
                }
            }
        };
        match taken {
            Ok((id, outcome)) => {
                let unborn = validate_only && known.is_new(row.as_ref().ok().map(|row| &row.key));
                allowed.extend(
                    row.as_ref()
                        .ok()
                        .and_then(|row| permissions::of(&known.import, id, row)),
                );
                (result.patient, result.outcome) = ((!unborn).then_some(id), outcome);
            }
            Err((reason, violations)) => {
                (result.reason, result.violations) = (reason.to_owned(), violations);
            }
        }
        if !kept.contains_key(number) {
            new.push(result.clone());
        }
        results.push(result);
    }
    if !validate_only && !new.is_empty() {
        tx.keep_import_results(batch, &new, now, now - KEPT).await?;
        tx.sweep_import_results(now - KEPT).await?;
        let results: HashMap<i32, &KeptResult> = new
            .iter()
            .map(|result| (result.row_number, result))
            .collect();
        let taken = rows
            .iter()
            .filter_map(|row| Some((row.read.as_ref().ok()?, *results.get(&row.number)?)));
        let hashes = unchanged.remembered(taken);
        write(call, &mut tx, batch, known.import, &hashes, &new).await?;
        permissions::record(api, call, &mut tx, batch, &allowed).await?;
        tx.commit().await?;
    }
    Ok(results)
}

/// What the database knows of the patients of a batch.
struct Known {
    import: Import,
    /// External ids of people who were erased.
    erased: HashSet<ExternalId>,
    /// External ids of patients the caller does not see.
    foreign: HashSet<ExternalId>,
    visible: Option<Vec<Uuid>>,
}

impl Known {
    async fn read(
        api: &Api,
        call: &Call,
        tx: &mut Tx,
        (rule, visible): (ConflictRule, Option<Vec<Uuid>>),
        rows: impl Iterator<Item = &ImportRow>,
    ) -> Result<Self, Error> {
        let mut keys: Vec<ExternalId> = rows.map(|row| row.key.clone()).collect();
        keys.sort_by(|a, b| (&a.system, &a.value).cmp(&(&b.system, &b.value)));
        keys.dedup();
        let owners = tx.survivors_of(&keys).await?;
        let mut by_patient: HashMap<PatientId, Vec<ExternalId>> = HashMap::new();
        for (key, patient) in owners {
            by_patient.entry(patient).or_default().push(key);
        }
        let ids: Vec<PatientId> = by_patient.keys().copied().collect();
        tx.lock_patients(&ids).await?;
        let mut patients: Vec<Patient> = tx.patients_by_ids(&ids, visible.as_deref()).await?;
        patients.sort_by_key(|patient| patient.id);

        let mut erased = HashSet::new();
        let mut known = Vec::with_capacity(patients.len());
        for patient in patients {
            let keys = by_patient.remove(&patient.id).unwrap_or_default();
            if patient.erased_at.is_some() {
                erased.extend(keys);
            } else {
                known.push((patient, keys));
            }
        }
        let foreign = by_patient.into_values().flatten().collect();
        let hashes: HashMap<Vec<u8>, &ExternalId> = keys
            .iter()
            .map(|key| (api.hash_external_id(call.organization(), key).to_vec(), key))
            .collect();
        let asked: Vec<Vec<u8>> = hashes.keys().cloned().collect();
        let gone = tx.kept_keys(KeptKey::ExternalId, &asked).await?;
        erased.extend(
            gone.iter()
                .filter_map(|hash| hashes.get(hash).copied().cloned()),
        );
        Ok(Self {
            import: Import::new(rule, known),
            erased,
            foreign,
            visible,
        })
    }

    async fn take(
        &mut self,
        tx: &mut Tx,
        row: &ImportRow,
        stamp: &Stamp<'_>,
    ) -> Result<(PatientId, Imported), Error> {
        if self.foreign.contains(&row.key) {
            return Err(Error::ExternalIdTaken);
        }
        let before = self.import.find(&row.key);
        if before.is_none() && self.erased.contains(&row.key) {
            return Err(Error::PatientErased);
        }
        let (id, profile) = (
            before.map(|patient| patient.id),
            before.map(|patient| &patient.profile),
        );
        related::check(tx, id, profile, &row.draft.profile, self.visible.as_deref()).await?;
        Ok(self.import.take(row.clone(), stamp))
    }

    /// Whether a patient is there only because of this batch.
    fn is_new(&self, key: Option<&ExternalId>) -> bool {
        let patient = key.and_then(|key| self.import.find(key));
        let mut entries = self.import.entries.iter();
        patient.is_some_and(|patient| {
            entries.any(|entry| entry.is_new() && entry.patient.id == patient.id)
        })
    }
}

/// Writes what changed, tells it, and writes down that the batch was taken.
async fn write(
    call: &Call,
    tx: &mut Tx,
    batch: &str,
    import: Import,
    hashes: &ImportedHashes,
    results: &[KeptResult],
) -> Result<(), Error> {
    let mut events = Vec::new();
    let (mut made, mut changed) = (Vec::new(), Vec::new());
    for entry in import.entries {
        let clinic = entry.patient.profile.clinic.to_string();
        let resource = entry.patient.id.to_string();
        if entry.is_new() {
            events.push(Event {
                event_type: "patient.created",
                resource,
                payload: json!({ "clinic_id": clinic }),
            });
            made.push(entry.patient);
        } else if entry.is_changed() {
            events.push(Event {
                event_type: "patient.updated",
                resource,
                payload: json!({
                    "clinic_id": clinic, "fields": entry.change.names(), "by": "import",
                }),
            });
            changed.push((entry.patient, entry.change));
        }
    }
    let mut known = hashes.clone();
    for patient in made
        .iter()
        .chain(changed.iter().map(|(patient, _)| patient))
    {
        for id in &patient.profile.external_ids {
            known.remove(id);
        }
    }
    tx.remember_imported(&known).await?;
    // In one order for everybody, so that batches wait for one another instead of for ever.
    made.sort_by(|a, b| key(a).cmp(&key(b)));
    if !made.is_empty() {
        tx.insert_imported(&made, hashes).await?;
    }
    if !changed.is_empty() {
        let changed: Vec<_> = changed
            .iter()
            .map(|(patient, change)| (patient, change))
            .collect();
        tx.update_imported(&changed, hashes).await?;
    }
    tx.emit_all(events).await?;
    let count = |outcome| results.iter().filter(|one| one.outcome == outcome).count();
    let details = json!({
        "batch_id": batch, "rows": results.len(), "created": count(Imported::Created),
        "updated": count(Imported::Updated), "rejected": count(Imported::Rejected),
    });
    let organization = call.organization();
    tx.audit(audit::entry(
        call,
        "patient.imported",
        organization,
        None,
        details,
    ))
    .await?;
    Ok(())
}

fn key(patient: &Patient) -> Vec<(&str, &str)> {
    let ids = patient.profile.external_ids.iter();
    ids.map(|id| (id.system.as_str(), id.value.as_str()))
        .collect()
}

/// The regions of the clinics the rows may be written for. A clinic made a moment ago is waited for, once.
async fn regions(
    api: &Api,
    call: &Call,
    rows: &[pb::ImportRow],
) -> Result<HashMap<ClinicId, String>, Error> {
    let mut wanted: Vec<ClinicId> = rows
        .iter()
        .filter_map(|row| read::clinic(row).ok())
        .filter(|clinic| call.caller.clinics.allow(*clinic))
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut found = HashMap::new();
    for waited in [false, true] {
        let mut tx = api.begin(call).await?;
        found = tx.clinic_regions(&wanted).await?;
        tx.commit().await?;
        if waited || found.len() == wanted.len() {
            break;
        }
        if let Err(error) = api.clinics.run_within(WAIT).await {
            tracing::debug!(%error, "the clinics' feed cannot be read");
        }
    }
    Ok(found)
}
