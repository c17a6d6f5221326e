//! What rows say of channels, written down as consent.

use super::super::{Api, note};
use crate::domain::consent::{Basis, ConsentSource, Statement};
use crate::domain::import::{Import, ImportRow, Permission, said};
use crate::domain::{Code as _, code_or_zero};
use crate::error::Error;
use crate::store::Tx;
use bitewing_core::{ClinicId, ConsentId, PatientId};
use bitewing_rpc::Call;
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;
use time::OffsetDateTime;

/// What the records of a permission name as the wording agreed to.
const WORDING: &str = "dental-system";

/// What a row says of a patient's channels.
pub(super) struct Allowed {
    patient: PatientId,
    clinic: ClinicId,
    permissions: Vec<Permission>,
    at: OffsetDateTime,
}

/// What a row that was taken says, if it says anything.
pub(super) fn of(import: &Import, id: PatientId, row: &ImportRow) -> Option<Allowed> {
    let patient = import.patient(id).filter(|_| !row.permissions.is_empty())?;
    Some(Allowed {
        patient: id,
        clinic: patient.profile.clinic,
        permissions: row.permissions.clone(),
        at: row.sent_at,
    })
}

/// Writes down what is new, with an event each and a line for the batch.
pub(super) async fn record(
    api: &Api,
    call: &Call,
    tx: &mut Tx,
    batch: &str,
    allowed: &[Allowed],
) -> Result<(), Error> {
    if allowed.is_empty() {
        return Ok(());
    }
    let everybody: Vec<PatientId> = allowed.iter().map(|one| one.patient).collect();
    let known = tx.statements(&everybody, &[]).await?;
    let (mut statements, mut events): (Vec<Statement>, Vec<Event>) = (Vec::new(), Vec::new());
    for one in allowed {
        let about = |statement: &&Statement| statement.patient == Some(one.patient);
        let mut heard: Vec<Statement> = known.iter().filter(about).cloned().collect();
        heard.extend(statements.iter().filter(about).cloned());
        // What is said already is said at once; only for the rest are merged records looked at.
        let mut ids = vec![one.patient];
        let news = |heard: &[Statement], ids: &[PatientId]| {
            let all = one.permissions.iter();
            all.flat_map(|permission| {
                let words = said(*permission, one.at, ids, heard);
                words.into_iter().map(|word| (permission.channel, word))
            })
            .collect::<Vec<_>>()
        };
        if news(&heard, &ids).is_empty() {
            continue;
        }
        let records = tx.records_of(one.patient).await?;
        if records.len() > 1 {
            heard = tx.statements(&records, &[]).await?;
            heard.extend(statements.iter().filter(about).cloned());
            ids = records;
        }
        for (channel, (granted, purposes)) in news(&heard, &ids) {
            let statement = Statement {
                id: ConsentId::from_uuid(api.base.ids.next()),
                patient: Some(one.patient),
                granted,
                purposes,
                channel: Some(channel),
                address: None,
                basis: granted.then_some(Basis::Express),
                wording: WORDING.to_owned(),
                source: ConsentSource::DentalSystem,
                recorded_by: note::actor(call),
                occurred_at: one.at,
                created_at: api.base.clock.now(),
            };
            events.push(event(&statement, one));
            statements.push(statement);
        }
    }
    if statements.is_empty() {
        return Ok(());
    }
    tx.add_statements(&statements).await?;
    let count = |granted| {
        statements
            .iter()
            .filter(|one| one.granted == granted)
            .count()
    };
    let details = json!({ "batch_id": batch, "granted": count(true), "revoked": count(false) });
    tx.emit_all(events).await?;
    let organization = call.organization();
    tx.audit(audit::entry(
        call,
        "consent.imported",
        organization,
        None,
        details,
    ))
    .await?;
    Ok(())
}

/// As that of a statement that was made here.
fn event(statement: &Statement, allowed: &Allowed) -> Event {
    let event_type = if statement.granted {
        "consent.granted"
    } else {
        "consent.revoked"
    };
    Event {
        event_type,
        resource: statement.id.to_string(),
        payload: json!({
            "clinic_id": allowed.clinic.to_string(),
            "patient_id": allowed.patient.to_string(),
            "purpose": statement.purposes.code(),
            "channel": code_or_zero(statement.channel),
            "about_address": false,
        }),
    }
}
