//! Visits as the dental system sends them, and how they are listed.

use super::{batch, client, hours, upsert, visit};
use crate::harness::{Harness, external_id, paths, reason};
use bitewing_auth::{Caller, Clinics};
use bitewing_proto::patient as pb;
use bitewing_testkit::TestCaller;
use pb::UpsertOutcome::{Created, Failed, Stale, Unchanged, Updated};
use tonic::Code;

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
