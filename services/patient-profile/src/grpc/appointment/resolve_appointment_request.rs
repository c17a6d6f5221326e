//! ResolveAppointmentRequest: the dental system's answer. Accepting what was wished of a visit changes the
//! visit; what the mirror says later wins, as always.

use super::super::Api;
use super::super::address::required;
use super::{convert, wish};
use crate::domain::visit::{Resolution, VisitStatus, WishKind, WishState};
use crate::error::Error;
use bitewing_core::{AppointmentId, AppointmentRequestId};
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, Violation, all, field};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ResolveAppointmentRequestRequest,
) -> Result<pb::ResolveAppointmentRequestResponse, Error> {
    let mut fields = Fields::new();
    let id = fields.take(
        "appointment_request_id",
        field::id::<AppointmentRequestId>(&request.appointment_request_id),
    );
    let state = fields.take("state", required::<WishState>(request.state));
    if matches!(state, Some(WishState::Requested | WishState::Expired)) {
        fields.note("state", "must be ACCEPTED or REJECTED");
    }
    let least = usize::from(state == Some(WishState::Rejected));
    let reason = fields.take("reason", field::text(&request.reason, least..=500));
    let booked = fields.take(
        "appointment_id",
        field::optional_id::<AppointmentId>(&request.appointment_id),
    );
    let (id, state, reason, booked) = all!(fields, id, state, reason, booked)?;

    let mut tx = api.begin(call).await?;
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let mut wish = tx
        .wish(id, visible.as_deref())
        .await?
        .ok_or(Error::AppointmentRequestNotFound)?;
    if let Some(booked) = booked {
        if wish.kind != WishKind::Book {
            let wrong = "must be empty but for bookings";
            return Err(vec![Violation::new("appointment_id", wrong)].into());
        }
        let visit = tx.visit(booked, visible.as_deref(), false).await?;
        let records = tx.records_of(wish.patient).await?;
        if !visit.is_some_and(|kept| records.contains(&kept.visit.patient)) {
            return Err(Error::AppointmentNotFound);
        }
    }
    let now = api.base.clock.now();
    match wish.resolve(state, reason, booked, now) {
        Resolution::Contradiction => return Err(Error::AppointmentRequestResolved),
        Resolution::Same => {}
        Resolution::New => {
            tx.resolve_wish(&wish).await?;
            let status = match (wish.kind, state) {
                (WishKind::Confirm, WishState::Accepted) => Some(VisitStatus::Confirmed),
                (WishKind::Cancel, WishState::Accepted) => Some(VisitStatus::Cancelled),
                _ => None,
            };
            if let (Some(status), Some(visit)) = (status, wish.visit) {
                tx.set_visit_status(visit, status, now).await?;
            }
            wish::tell(call, &mut tx, "appointment_request.resolved", &wish).await?;
        }
    }
    tx.commit().await?;
    Ok(pb::ResolveAppointmentRequestResponse {
        appointment_request: Some(convert::wish(wish)),
    })
}
