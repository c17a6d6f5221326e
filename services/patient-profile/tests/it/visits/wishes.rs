//! What patients wish of the dental system, and what it answers.

use super::{client, hours, upsert, visit};
use crate::harness::{Harness, external_id, paths, reason, until};
use bitewing_proto::patient as pb;
use pb::AppointmentRequestState::{Accepted, Expired, Rejected, Requested};
use tonic::{Code, Status};

async fn resolve(
    h: &Harness,
    id: &str,
    state: pb::AppointmentRequestState,
    why: &str,
    booked: &str,
) -> Result<pb::AppointmentRequest, Status> {
    let request = pb::ResolveAppointmentRequestRequest {
        appointment_request_id: id.to_owned(),
        state: state.into(),
        reason: why.to_owned(),
        appointment_id: booked.to_owned(),
    };
    let answer = client(h)
        .resolve_appointment_request(h.request(request))
        .await?;
    Ok(answer.into_inner().appointment_request.unwrap())
}

async fn status(h: &Harness, id: &str) -> pb::AppointmentStatus {
    let request = pb::GetAppointmentRequest {
        appointment_id: id.to_owned(),
    };
    let answer = client(h).get_appointment(h.request(request)).await.unwrap();
    answer.into_inner().appointment.unwrap().status()
}

#[tokio::test]
async fn being_asked_for_is_not_being_done() {
    let h = Harness::start().await;
    h.create(h.anne()).await.unwrap();
    let made = upsert(&h, &h.caller, visit(&h, "a1"))
        .await
        .unwrap()
        .appointment
        .unwrap();
    let confirm = pb::ConfirmAppointmentRequest {
        appointment_id: made.appointment_id.clone(),
        note: String::new(),
    };
    let wish = client(&h)
        .confirm_appointment(h.request(confirm.clone()))
        .await
        .unwrap()
        .into_inner();
    let wish = wish.appointment_request.unwrap();
    assert_eq!(
        (wish.state(), wish.kind()),
        (Requested, pb::AppointmentRequestKind::Confirm)
    );
    assert_eq!(
        status(&h, &made.appointment_id).await,
        pb::AppointmentStatus::Scheduled
    );
    let again = client(&h)
        .confirm_appointment(h.request(confirm))
        .await
        .unwrap()
        .into_inner();
    assert!(again.appointment_request.as_ref() == Some(&wish));

    let id = &wish.appointment_request_id;
    let refused = resolve(&h, id, Rejected, "", "").await.err().unwrap();
    assert_eq!(paths(&refused), ["reason"]);
    let done = resolve(&h, id, Accepted, "", "").await.unwrap();
    assert_eq!(
        (done.state(), done.resolve_time.is_some()),
        (Accepted, true)
    );
    assert_eq!(
        status(&h, &made.appointment_id).await,
        pb::AppointmentStatus::Confirmed
    );
    assert!(done == resolve(&h, id, Accepted, "", "").await.unwrap());
    let refused = resolve(&h, id, Rejected, "too late", "")
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (
            Code::FailedPrecondition,
            "APPOINTMENT_REQUEST_RESOLVED".to_owned()
        )
    );

    let cancel = pb::CancelAppointmentRequest {
        appointment_id: made.appointment_id.clone(),
        note: "ill".to_owned(),
    };
    let wish = client(&h)
        .cancel_appointment(h.request(cancel.clone()))
        .await
        .unwrap()
        .into_inner();
    let wish = wish.appointment_request.unwrap();
    let refused = resolve(&h, &wish.appointment_request_id, Rejected, "call us", "")
        .await
        .unwrap();
    assert_eq!(
        (refused.reason.as_str(), refused.note.as_str()),
        ("call us", "ill")
    );
    assert_eq!(
        status(&h, &made.appointment_id).await,
        pb::AppointmentStatus::Confirmed
    );
    h.test.clock.advance(time::Duration::seconds(49 * 3_600));
    let over = client(&h)
        .cancel_appointment(h.request(cancel))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&over),
        (Code::FailedPrecondition, "APPOINTMENT_NOT_OPEN".to_owned())
    );
}

#[tokio::test]
async fn a_booking_wish_ends_with_the_visit_that_was_booked() {
    let h = Harness::start().await;
    let anne = h.create(h.anne()).await.unwrap();
    let request = pb::RequestAppointmentRequest {
        patient_id: anne.patient_id.clone(),
        note: "mornings".to_owned(),
        latest_time: Some(hours(&h, 240)),
        request_id: "5f3c9c5e-6b1c-4a53-9a3e-0d2f3a1c7e13".to_owned(),
        ..Default::default()
    };
    let wish = client(&h)
        .request_appointment(h.request(request.clone()))
        .await
        .unwrap()
        .into_inner();
    let again = client(&h)
        .request_appointment(h.request(request.clone()))
        .await
        .unwrap()
        .into_inner();
    assert!(wish == again);
    let wish = wish.appointment_request.unwrap();
    assert_eq!(
        (wish.clinic_id.as_str(), wish.kind()),
        (
            h.clinic.to_string().as_str(),
            pb::AppointmentRequestKind::Book
        )
    );
    let open = pb::ListAppointmentRequestsRequest {
        state: Requested.into(),
        ..Default::default()
    };
    let listed = client(&h)
        .list_appointment_requests(h.request(open))
        .await
        .unwrap()
        .into_inner();
    assert!(listed.appointment_requests == [wish.clone()]);

    // The visit of somebody else is not what was wished for.
    let bea = pb::Patient {
        external_ids: vec![external_id("opendental", "77")],
        ..h.anne()
    };
    h.create(bea).await.unwrap();
    let hers = pb::Appointment {
        patient_external_id: Some(external_id("opendental", "77")),
        ..visit(&h, "b1")
    };
    let hers = upsert(&h, &h.caller, hers)
        .await
        .unwrap()
        .appointment
        .unwrap();
    let id = &wish.appointment_request_id;
    let refused = resolve(&h, id, Accepted, "", &hers.appointment_id)
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "APPOINTMENT_NOT_FOUND".to_owned())
    );
    let booked = upsert(&h, &h.caller, visit(&h, "a1"))
        .await
        .unwrap()
        .appointment
        .unwrap();
    let done = resolve(&h, id, Accepted, "", &booked.appointment_id)
        .await
        .unwrap();
    assert_eq!(done.appointment_id, booked.appointment_id);
    let past = pb::RequestAppointmentRequest {
        latest_time: Some(hours(&h, -1)),
        request_id: String::new(),
        ..request
    };
    let refused = client(&h)
        .request_appointment(h.request(past))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["latest_time"]);
}

#[tokio::test]
async fn a_wish_nobody_answers_ends_by_itself() {
    let h = Harness::start().await;
    // It is wished so long ago that by the database's clock the week is over.
    h.test.clock.advance(-time::Duration::days(8));
    let anne = h.create(h.anne()).await.unwrap();
    let request = pb::RequestAppointmentRequest {
        patient_id: anne.patient_id,
        ..Default::default()
    };
    let made = client(&h)
        .request_appointment(h.request(request))
        .await
        .unwrap()
        .into_inner();
    let wish = made.appointment_request.unwrap();
    let (from, to) = (wish.create_time.unwrap(), wish.expire_time.unwrap());
    assert_eq!(to.seconds - from.seconds, 7 * 24 * 3_600);

    let id = &wish.appointment_request_id;
    let ended = until(async || {
        let request = pb::GetAppointmentRequestRequest {
            appointment_request_id: id.clone(),
        };
        let answer = client(&h).get_appointment_request(h.request(request)).await;
        let wish = answer.unwrap().into_inner().appointment_request.unwrap();
        (wish.state() == Expired).then_some(wish)
    })
    .await;
    assert!(ended.resolve_time.is_some() && ended.reason.is_empty());
    let late = resolve(&h, id, Accepted, "", "").await.err().unwrap();
    assert_eq!(
        reason(&late),
        (
            Code::FailedPrecondition,
            "APPOINTMENT_REQUEST_RESOLVED".to_owned()
        )
    );
    let odd = resolve(&h, id, Expired, "", "").await.err().unwrap();
    assert_eq!(paths(&odd), ["state"]);
}

#[tokio::test]
async fn a_wish_about_a_visit_waits_until_the_visit_begins() {
    let h = Harness::start().await;
    h.create(h.anne()).await.unwrap();
    let made = upsert(&h, &h.caller, visit(&h, "a1"))
        .await
        .unwrap()
        .appointment
        .unwrap();
    let request = pb::CancelAppointmentRequest {
        appointment_id: made.appointment_id,
        note: String::new(),
    };
    let answer = client(&h).cancel_appointment(h.request(request)).await;
    let wish = answer.unwrap().into_inner().appointment_request.unwrap();
    assert_eq!(wish.expire_time, made.start_time);
    assert_eq!(wish.state(), Requested);
}
