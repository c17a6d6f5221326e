//! What ConfirmAppointment and CancelAppointment share, and what every wish leaves behind.

use super::super::Api;
use crate::domain::visit::{Wish, WishKind, WishState, waits_until};
use crate::error::Error;
use crate::jobs;
use crate::store::Tx;
use bitewing_core::{AppointmentId, AppointmentRequestId};
use bitewing_rpc::{Call, Fields, all, field};
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;

/// Writes down what a patient wants of a visit; while the same wish waits, it is the answer.
pub(super) async fn about(
    api: &Api,
    call: &Call,
    appointment_id: &str,
    note: &str,
    kind: WishKind,
) -> Result<Wish, Error> {
    let mut fields = Fields::new();
    let id = fields.take("appointment_id", field::id::<AppointmentId>(appointment_id));
    let note = fields.take("note", field::text(note, 0..=500));
    let (id, note) = all!(fields, id, note)?;

    let mut tx = api.begin(call).await?;
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let kept = tx
        .visit(id, visible.as_deref(), true)
        .await?
        .ok_or(Error::AppointmentNotFound)?;
    if let Some(waiting) = tx.waiting_wish(id, kind).await? {
        return Ok(waiting);
    }
    let now = api.base.clock.now();
    if !kind.fits(kept.visit.status, kept.visit.starts_at, now) {
        return Err(Error::AppointmentNotOpen);
    }
    let wish = Wish {
        id: AppointmentRequestId::from_uuid(api.base.ids.next()),
        kind,
        patient: kept.visit.patient,
        clinic: kept.visit.clinic,
        visit: Some(id),
        earliest: None,
        latest: None,
        note,
        state: WishState::Requested,
        reason: String::new(),
        created_at: now,
        resolved_at: None,
        expires_at: Some(waits_until(now, Some(kept.visit.starts_at))),
    };
    begin(call, &mut tx, &wish).await?;
    tx.commit().await?;
    Ok(wish)
}

/// Writes a new wish down, for the dental system to take from the feed.
pub(super) async fn begin(call: &Call, tx: &mut Tx, wish: &Wish) -> Result<(), Error> {
    tx.insert_wish(wish).await?;
    if let Some(at) = wish.expires_at {
        tx.enqueue(jobs::expire_wish(wish.id, at)).await?;
    }
    tell(call, tx, "appointment_request.created", wish).await
}

/// What the feed says of a wish.
pub(crate) fn event(what: &'static str, wish: &Wish) -> Event {
    Event {
        event_type: what,
        resource: wish.id.to_string(),
        payload: json!({
            "clinic_id": wish.clinic.to_string(),
            "patient_id": wish.patient.to_string(),
            "appointment_id": wish.visit.map(|id| id.to_string()),
            "kind": wish.kind.name(),
            "state": wish.state.name(),
        }),
    }
}

/// Tells what happened to a wish.
pub(super) async fn tell(
    call: &Call,
    tx: &mut Tx,
    what: &'static str,
    wish: &Wish,
) -> Result<(), Error> {
    tx.emit(event(what, wish)).await?;
    tx.audit(audit::entry(
        call,
        what,
        wish.id,
        Some(wish.clinic),
        json!({ "kind": wish.kind.name() }),
    ))
    .await?;
    Ok(())
}
