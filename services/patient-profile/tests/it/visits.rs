use crate::harness::{Harness, external_id, paths, reason};
use bitewing_auth::{Caller, Clinics};
use bitewing_proto::patient as pb;
use bitewing_proto::patient::appointment_service_client::AppointmentServiceClient;
use bitewing_proto::patient::balance_service_client::BalanceServiceClient;
use bitewing_proto::patient::recall_service_client::RecallServiceClient;
use bitewing_rpc::field::to_timestamp;
use bitewing_testkit::TestCaller;
use prost_types::Timestamp;
use tonic::transport::Channel;
use tonic::{Code, Status};

fn client(h: &Harness) -> AppointmentServiceClient<Channel> {
    AppointmentServiceClient::new(h.channel.clone())
}

fn hours(h: &Harness, hours: i64) -> Timestamp {
    to_timestamp(bitewing_core::Clock::now(&*h.test.clock) + time::Duration::hours(hours))
}

/// A visit in two days of the patient `1234` of the dental system.
fn visit(h: &Harness, value: &str) -> pb::Appointment {
    pb::Appointment {
        external_id: Some(external_id("opendental", value)),
        patient_external_id: Some(external_id("opendental", "1234")),
        clinic_id: h.clinic.to_string(),
        start_time: Some(hours(h, 48)),
        end_time: Some(hours(h, 49)),
        status: pb::AppointmentStatus::Scheduled.into(),
        provider: "Dr Roy".to_owned(),
        service: "hygiene".to_owned(),
        ..Default::default()
    }
}

async fn upsert(
    h: &Harness,
    caller: &Caller,
    appointment: pb::Appointment,
) -> Result<pb::UpsertAppointmentResponse, Status> {
    let request = pb::UpsertAppointmentRequest {
        appointment: Some(appointment),
    };
    let answer = client(h)
        .upsert_appointment(h.request_as(caller, request))
        .await?;
    Ok(answer.into_inner())
}

async fn batch(h: &Harness, caller: &Caller, rows: Vec<pb::Appointment>) -> Vec<pb::UpsertResult> {
    let request = pb::BatchUpsertAppointmentsRequest { appointments: rows };
    let answer = client(h)
        .batch_upsert_appointments(h.request_as(caller, request))
        .await
        .unwrap();
    answer.into_inner().results
}

use pb::UpsertOutcome::{Created, Failed, Stale, Unchanged, Updated};

#[tokio::test]
async fn a_visit_is_made_once_and_what_is_older_is_not_taken() {
    let h = Harness::start().await;
    let anne = h.create(h.anne()).await.unwrap();
    let first = upsert(&h, &h.caller, visit(&h, "a1")).await.unwrap();
    assert_eq!(first.outcome(), Created);
    let made = first.appointment.unwrap();
    assert_eq!(
        (made.patient_id, made.service.as_str()),
        (anne.patient_id, "hygiene")
    );
    h.test.clock.advance(time::Duration::seconds(60));
    let same = pb::Appointment {
        start_time: made.start_time,
        end_time: made.end_time,
        ..visit(&h, "a1")
    };
    let again = upsert(&h, &h.caller, same.clone()).await.unwrap();
    assert_eq!(
        (again.outcome(), &again.appointment.unwrap().appointment_id),
        (Unchanged, &made.appointment_id)
    );
    let cancelled = pb::Appointment {
        status: pb::AppointmentStatus::Cancelled.into(),
        ..same
    };
    let changed = upsert(&h, &h.caller, cancelled.clone()).await.unwrap();
    assert_eq!(changed.outcome(), Updated);
    let old = pb::Appointment {
        source_update_time: Some(hours(&h, -3)),
        provider: "Dr Old".to_owned(),
        ..cancelled
    };
    let late = upsert(&h, &h.caller, old).await.unwrap();
    assert_eq!(
        (late.outcome(), late.appointment.unwrap().provider.as_str()),
        (Stale, "Dr Roy")
    );
}

#[tokio::test]
async fn a_bad_row_costs_only_itself() {
    let h = Harness::start().await;
    h.create(h.anne()).await.unwrap();
    let other = h.add_clinic(&h.caller, "CA");
    let unknown = pb::Appointment {
        patient_external_id: Some(external_id("opendental", "9")),
        ..visit(&h, "a2")
    };
    let nowhere = pb::Appointment {
        clinic_id: "cln_01h455vb4pex5vsknk084sn02q".to_owned(),
        ..visit(&h, "a3")
    };
    let backwards = pb::Appointment {
        end_time: Some(hours(&h, 1)),
        status: 99,
        ..visit(&h, "a4")
    };
    let elsewhere = pb::Appointment {
        clinic_id: other.to_string(),
        ..visit(&h, "a6")
    };
    let rows = vec![
        visit(&h, "a1"),
        unknown,
        nowhere,
        backwards,
        visit(&h, "a1"),
        visit(&h, "a5"),
        elsewhere,
    ];
    let clerk = TestCaller::of(h.caller.organization(), Clinics::Only(vec![h.clinic]));
    let results = batch(&h, &clerk, rows).await;
    let outcomes: Vec<_> = results.iter().map(pb::UpsertResult::outcome).collect();
    assert_eq!(
        outcomes,
        [Created, Failed, Failed, Failed, Unchanged, Created, Failed]
    );
    let reasons: Vec<_> = results
        .iter()
        .map(|result| result.reason.as_str())
        .collect();
    assert_eq!(
        reasons,
        [
            "",
            "PATIENT_NOT_FOUND",
            "CLINIC_NOT_FOUND",
            "INVALID_REQUEST",
            "",
            "",
            "CLINIC_NOT_FOUND"
        ]
    );
    assert_eq!(results[3].fields, ["end_time", "status"]);
    assert_eq!(results[0].resource_id, results[4].resource_id);
    let refused = client(&h)
        .batch_upsert_appointments(h.request(pb::BatchUpsertAppointmentsRequest {
            appointments: vec![visit(&h, "x"); 1_001],
        }))
        .await;
    assert_eq!(paths(&refused.err().unwrap()), ["appointments"]);
}

async fn list(
    h: &Harness,
    caller: &Caller,
    request: pb::ListAppointmentsRequest,
) -> pb::ListAppointmentsResponse {
    client(h)
        .list_appointments(h.request_as(caller, request))
        .await
        .unwrap()
        .into_inner()
}

#[tokio::test]
async fn visits_are_listed_by_clinic_and_window_page_by_page() {
    let h = Harness::start().await;
    let anne = h.create(h.anne()).await.unwrap();
    let rows = (0..5).map(|day| pb::Appointment {
        start_time: Some(hours(&h, 24 * day + 10)),
        end_time: Some(hours(&h, 24 * day + 11)),
        ..visit(&h, &format!("a{day}"))
    });
    batch(&h, &h.caller, rows.collect()).await;
    let window = pb::ListAppointmentsRequest {
        clinic_id: h.clinic.to_string(),
        patient_id: anne.patient_id,
        start_from: Some(hours(&h, 24)),
        start_before: Some(hours(&h, 96)),
        page_size: 2,
        ..Default::default()
    };
    let first = list(&h, &h.caller, window.clone()).await;
    assert_eq!(first.appointments.len(), 2);
    let second = list(
        &h,
        &h.caller,
        pb::ListAppointmentsRequest {
            page_token: first.next_page_token,
            ..window
        },
    )
    .await;
    assert_eq!(
        (second.appointments.len(), second.next_page_token.as_str()),
        (1, "")
    );
    let all = first.appointments.iter().chain(&second.appointments);
    let values: Vec<_> = all
        .map(|visit| visit.external_id.as_ref().unwrap().value.as_str())
        .collect();
    assert_eq!(values, ["a1", "a2", "a3"]);
    // Another clinic's program and another organization see none of them.
    let other = h.add_clinic(&h.caller, "CA");
    let neighbour = TestCaller::within(&h.caller, &[other]);
    assert!(
        list(&h, &neighbour, pb::ListAppointmentsRequest::default())
            .await
            .appointments
            .is_empty()
    );
    assert!(
        list(
            &h,
            &TestCaller::fresh(),
            pb::ListAppointmentsRequest::default()
        )
        .await
        .appointments
        .is_empty()
    );
    let id = first.appointments[0].appointment_id.clone();
    let request = pb::GetAppointmentRequest { appointment_id: id };
    let refused = client(&h)
        .get_appointment(h.request_as(&neighbour, request))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "APPOINTMENT_NOT_FOUND".to_owned())
    );
}

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

use pb::AppointmentRequestState::{Accepted, Rejected, Requested};

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
    h.test
        .clock
        .advance(time::Duration::seconds(49 * 3_600));
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
async fn recalls_are_mirrored_and_listed_by_day() {
    let h = Harness::start().await;
    h.create(h.anne()).await.unwrap();
    let mut recalls = RecallServiceClient::new(h.channel.clone());
    let due = |value: &str, day: i32| pb::Recall {
        external_id: Some(external_id("opendental", value)),
        patient_external_id: Some(external_id("opendental", "1234")),
        clinic_id: h.clinic.to_string(),
        kind: "hygiene".to_owned(),
        due_date: Some(pb::Date {
            year: 2027,
            month: 1,
            day,
        }),
        status: pb::RecallStatus::Due.into(),
        ..Default::default()
    };
    let bad = pb::Recall {
        due_date: None,
        ..due("r3", 1)
    };
    let request = pb::BatchUpsertRecallsRequest {
        recalls: vec![due("r2", 20), due("r1", 10), bad],
    };
    let results = recalls
        .batch_upsert_recalls(h.request(request))
        .await
        .unwrap()
        .into_inner()
        .results;
    let outcomes: Vec<_> = results.iter().map(pb::UpsertResult::outcome).collect();
    assert_eq!(outcomes, [Created, Created, Failed]);
    assert_eq!(results[2].fields, ["due_date"]);
    let request = pb::ListRecallsRequest {
        due_before: Some(pb::Date {
            year: 2027,
            month: 1,
            day: 20,
        }),
        ..Default::default()
    };
    let listed = recalls
        .list_recalls(h.request(request))
        .await
        .unwrap()
        .into_inner()
        .recalls;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].external_id.as_ref().unwrap().value, "r1");
}

#[tokio::test]
async fn balances_are_mirrored_in_minor_units() {
    let h = Harness::start().await;
    h.create(h.anne()).await.unwrap();
    let mut balances = BalanceServiceClient::new(h.channel.clone());
    let owed = |value: &str, minor_units: i64, overdue: i64| pb::Balance {
        external_id: Some(external_id("opendental", value)),
        patient_external_id: Some(external_id("opendental", "1234")),
        clinic_id: h.clinic.to_string(),
        amount: Some(pb::Money {
            currency_code: "CAD".to_owned(),
            minor_units,
        }),
        overdue_minor_units: overdue,
        ..Default::default()
    };
    let foreign = pb::Balance {
        amount: Some(pb::Money {
            currency_code: "Cad".to_owned(),
            minor_units: 1,
        }),
        ..owed("b4", 1, 0)
    };
    let rows = vec![
        owed("b1", 12_345, 2_345),
        owed("b2", -500, 0),
        owed("b3", 100, 101),
        foreign,
    ];
    let request = pb::BatchUpsertBalancesRequest { balances: rows };
    let results = balances
        .batch_upsert_balances(h.request(request))
        .await
        .unwrap()
        .into_inner()
        .results;
    let outcomes: Vec<_> = results.iter().map(pb::UpsertResult::outcome).collect();
    assert_eq!(outcomes, [Created, Created, Failed, Failed]);
    assert_eq!(results[2].fields, ["overdue_minor_units"]);
    assert_eq!(results[3].fields, ["amount.currency_code"]);
    let request = pb::ListBalancesRequest {
        overdue_only: true,
        ..Default::default()
    };
    let listed = balances
        .list_balances(h.request(request))
        .await
        .unwrap()
        .into_inner()
        .balances;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].amount.as_ref().unwrap().minor_units, 12_345);
}
