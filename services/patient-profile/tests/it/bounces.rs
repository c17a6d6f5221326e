//! What failed messages teach about addresses.

use crate::harness::{Harness, until};
use bitewing_core::{Ids as _, MessageId, SystemIds};
use bitewing_proto::patient as pb;
use serde_json::json;

const PHONE: &str = "+15148731234";
const EMAIL: &str = "anne.cote@example.org";

fn fail(h: &Harness, patient: &str, channel: &str, reason: &str, address: (&str, &str)) -> String {
    let organization = h.caller.organization();
    let pepper = &h.test.base.pepper;
    let message = MessageId::from_uuid(SystemIds.next()).to_string();
    let payload = json!({
        "clinic_id": h.clinic.to_string(), "patient_id": patient, "state": "FAILED",
        "channel": channel, "reason": reason,
        "address_name": pepper.address_name(organization, address.0, address.1),
    });
    h.tell_failure(&message, payload);
    message
}

fn point(patient: &pb::Patient, kind: pb::ContactPointKind) -> &pb::ContactPoint {
    let mut points = patient.contact_points.iter();
    points.find(|point| point.kind() == kind).unwrap()
}

async fn marked(h: &Harness, id: &str, kind: pb::ContactPointKind) -> pb::ContactPoint {
    until(async || {
        let patient = h.get(&h.caller, id).await.unwrap();
        let point = point(&patient, kind);
        point.unreachable_time.is_some().then(|| point.clone())
    })
    .await
}

#[tokio::test]
async fn an_address_that_refuses_for_good_is_unreachable_with_time_and_reason() {
    let h = Harness::start().await;
    let anne = h.create(h.anne()).await.unwrap();
    let id = &anne.patient_id;
    fail(&h, id, "EMAIL", "ADDRESS_REFUSED", ("email", EMAIL));
    let email = marked(&h, id, pb::ContactPointKind::Email).await;
    assert_eq!(email.unreachable_reason(), pb::UnreachableReason::Bounced);
    fail(&h, id, "SMS", "ADDRESS_NOT_SUPPORTED", ("phone", PHONE));
    let phone = marked(&h, id, pb::ContactPointKind::Phone).await;
    assert_eq!(phone.unreachable_reason(), pb::UnreachableReason::NoTexts);
}

#[tokio::test]
async fn what_passes_or_is_about_another_address_changes_nothing() {
    let h = Harness::start().await;
    let anne = h.create(h.anne()).await.unwrap();
    let id = &anne.patient_id;
    fail(&h, id, "SMS", "NOT_REACHABLE", ("phone", PHONE));
    fail(&h, id, "SMS", "ADDRESS_REFUSED", ("phone", "+14186431234"));
    fail(&h, id, "SMS", "ADDRESS_REFUSED", ("email", PHONE));
    // The last one shows that those before it were taken.
    fail(&h, id, "EMAIL", "ADDRESS_REFUSED", ("email", EMAIL));
    marked(&h, id, pb::ContactPointKind::Email).await;
    let anne = h.get(&h.caller, id).await.unwrap();
    let phone = point(&anne, pb::ContactPointKind::Phone);
    assert!(phone.unreachable_time.is_none());
}

#[tokio::test]
async fn the_same_news_again_does_not_make_it_younger() {
    let h = Harness::start().await;
    let anne = h.create(h.anne()).await.unwrap();
    let id = &anne.patient_id;
    fail(&h, id, "EMAIL", "ADDRESS_REFUSED", ("email", EMAIL));
    let first = marked(&h, id, pb::ContactPointKind::Email).await;
    h.test.clock.advance(time::Duration::HOUR);
    fail(&h, id, "EMAIL", "ADDRESS_REFUSED", ("email", EMAIL));
    fail(&h, id, "SMS", "ADDRESS_REFUSED", ("phone", PHONE));
    marked(&h, id, pb::ContactPointKind::Phone).await;
    let anne = h.get(&h.caller, id).await.unwrap();
    assert!(*point(&anne, pb::ContactPointKind::Email) == first);
}
