//! A batch, taken in one transaction: what rows name is looked up once for all of them, and a bad row
//! costs only itself.

use super::super::Api;
use super::{Draft, PatientRef};
use crate::domain::ExternalId;
use crate::domain::mirror::{Kept, Mirrored, Outcome, plan};
use crate::error::Error;
use crate::store::Tx;
use async_trait::async_trait;
use bitewing_core::{ClinicId, PatientId};
use bitewing_rpc::Call;
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;

/// How long a clinic made a moment ago is waited for, once per batch.
const WAIT: Duration = Duration::from_millis(400);

/// A sort of rows that is mirrored.
#[async_trait]
pub(in crate::grpc) trait Mirror: Mirrored + Send + Sync + 'static {
    /// The events of a new and of a changed row; the first is the action of the audit line as well.
    const EVENTS: (&'static str, &'static str);

    /// The identifier at the edge.
    fn name(id: Uuid) -> String;
    /// What an event tells beside clinic and patient.
    fn tell(&self) -> Value;
    /// Reads rows that are known.
    async fn known(tx: &mut Tx, ids: &[ExternalId]) -> Result<Vec<Kept<Self>>, Error>;
    /// Writes rows; answers the identifiers they have.
    async fn write(
        tx: &mut Tx,
        rows: &[Kept<Self>],
        now: OffsetDateTime,
    ) -> Result<HashMap<ExternalId, Uuid>, Error>;
    /// Of whom.
    fn patient(&self) -> PatientId;
}

/// What became of a row.
#[derive(Debug)]
pub(in crate::grpc) enum Taken {
    Done(Uuid, Outcome),
    Failed(Error),
}

/// Takes rows in their order.
pub(in crate::grpc) async fn take<M: Mirror>(
    api: &Api,
    call: &Call,
    drafts: Vec<Result<Draft<M>, Error>>,
) -> Result<Vec<Taken>, Error> {
    let clinics = clinics(api, call, &drafts).await?;
    let mut tx = api.begin(call).await?;
    let patients = Patients::of(&mut tx, call, &drafts).await?;
    let keys: Vec<ExternalId> = drafts
        .iter()
        .flatten()
        .map(|draft| draft.row.external_id().clone())
        .collect();
    let known = M::known(&mut tx, &keys).await?;
    // A row another clinic keeps under the same external id is not this caller's to change.
    let foreign: HashSet<ExternalId> = known
        .iter()
        .filter(|kept| !call.caller.clinics.allow(kept.row.clinic()))
        .map(|kept| kept.row.external_id().clone())
        .collect();
    let checked: Vec<Result<M, Error>> = drafts
        .into_iter()
        .map(|draft| {
            let Draft { patient, row } = draft?;
            if !clinics.contains(&row.clinic()) {
                return Err(Error::ClinicNotFound);
            }
            if foreign.contains(row.external_id()) {
                return Err(Error::ExternalIdTaken);
            }
            let patient = patients.find(&patient).ok_or(Error::PatientNotFound)?;
            Ok(row.of_patient(patient))
        })
        .collect();
    let good: Vec<M> = checked.iter().flatten().cloned().collect();
    let mut plan = plan(known, good, &*api.base.ids);
    // In one order for everybody, so that batches wait for one another instead of for ever.
    plan.writes.sort_by(|a, b| {
        let key = |kept: &Kept<M>| {
            let id = kept.row.external_id();
            (id.system.clone(), id.value.clone())
        };
        key(a).cmp(&key(b))
    });
    let ids = M::write(&mut tx, &plan.writes, api.base.clock.now()).await?;
    let mut results = plan.results.into_iter();
    let mut taken = Vec::with_capacity(checked.len());
    let mut events = Vec::new();
    for row in checked {
        match row {
            Err(error) => taken.push(Taken::Failed(error)),
            Ok(row) => {
                let (id, outcome) = results.next().unwrap_or((Uuid::nil(), Outcome::Stale));
                // Somebody may have made the row meanwhile: then it has their identifier.
                let id = ids.get(row.external_id()).copied().unwrap_or(id);
                events.extend(event(&row, id, outcome));
                taken.push(Taken::Done(id, outcome));
            }
        }
    }
    let details = json!({ "rows": taken.len(), "written": ids.len() });
    tx.emit_all(events).await?;
    tx.audit(audit::entry(
        call,
        M::EVENTS.1,
        call.organization(),
        None,
        details,
    ))
    .await?;
    tx.commit().await?;
    Ok(taken)
}

fn event<M: Mirror>(row: &M, id: Uuid, outcome: Outcome) -> Option<Event> {
    let (created, updated) = M::EVENTS;
    let event_type = match outcome {
        Outcome::Created => created,
        Outcome::Updated => updated,
        Outcome::Unchanged | Outcome::Stale => return None,
    };
    let mut payload = json!({
        "clinic_id": row.clinic().to_string(),
        "patient_id": row.patient().to_string(),
    });
    if let (Some(all), Value::Object(more)) = (payload.as_object_mut(), row.tell()) {
        all.extend(more);
    }
    Some(Event {
        event_type,
        resource: M::name(id),
        payload,
    })
}

/// The clinics the rows may be written for. One made a moment ago is waited for, once.
async fn clinics<M: Mirror>(
    api: &Api,
    call: &Call,
    drafts: &[Result<Draft<M>, Error>],
) -> Result<HashSet<ClinicId>, Error> {
    let mut wanted: Vec<ClinicId> = drafts
        .iter()
        .flatten()
        .map(|draft| draft.row.clinic())
        .filter(|clinic| call.caller.clinics.allow(*clinic))
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut found = HashSet::new();
    for waited in [false, true] {
        let mut tx = api.begin(call).await?;
        found = tx.clinics_named(&wanted).await?;
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

/// The patients the rows name, among those the caller sees.
struct Patients {
    by_id: HashMap<PatientId, PatientId>,
    by_external_id: HashMap<ExternalId, PatientId>,
}

impl Patients {
    async fn of<M: Mirror>(
        tx: &mut Tx,
        call: &Call,
        drafts: &[Result<Draft<M>, Error>],
    ) -> Result<Self, Error> {
        let (mut ids, mut external) = (Vec::new(), Vec::new());
        for draft in drafts.iter().flatten() {
            match &draft.patient {
                PatientRef::Id(id) => ids.push(*id),
                PatientRef::External(id) => external.push(id.clone()),
            }
        }
        let by_external_id = tx.patients_of(&external).await?;
        ids.extend(by_external_id.values());
        let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
        let by_id = tx.patients_named(&ids, visible.as_deref()).await?;
        Ok(Self {
            by_id,
            by_external_id,
        })
    }

    fn find(&self, patient: &PatientRef) -> Option<PatientId> {
        let id = match patient {
            PatientRef::Id(id) => id,
            PatientRef::External(id) => self.by_external_id.get(id)?,
        };
        self.by_id.get(id).copied()
    }
}
