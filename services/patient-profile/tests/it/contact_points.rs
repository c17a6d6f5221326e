use crate::harness::{Harness, email, paths, phone, reason};
use bitewing_proto::patient as pb;
use tonic::{Code, Status};

async fn unreachable(
    h: &Harness,
    id: &str,
    value: &str,
    reason: pb::UnreachableReason,
) -> Result<pb::Patient, Status> {
    let request = pb::MarkContactPointUnreachableRequest {
        patient_id: id.to_owned(),
        kind: pb::ContactPointKind::Phone.into(),
        value: value.to_owned(),
        reason: reason.into(),
    };
    let answer = h
        .client()
        .mark_contact_point_unreachable(h.request(request))
        .await?;
    Ok(answer.into_inner().patient.unwrap())
}

async fn verified(h: &Harness, id: &str, verified: bool) -> Result<pb::Patient, Status> {
    let request = pb::MarkContactPointVerifiedRequest {
        patient_id: id.to_owned(),
        kind: pb::ContactPointKind::Email.into(),
        value: "ANNE.COTE@example.org".to_owned(),
        verified,
    };
    let answer = h
        .client()
        .mark_contact_point_verified(h.request(request))
        .await?;
    Ok(answer.into_inner().patient.unwrap())
}

async fn closed(h: &Harness, id: &str) -> Vec<pb::ClosedContactPoint> {
    let request = pb::ListClosedContactPointsRequest {
        patient_id: id.to_owned(),
        ..Default::default()
    };
    let answer = h
        .client()
        .list_closed_contact_points(h.request(request))
        .await;
    answer.unwrap().into_inner().closed_contact_points
}

async fn update(h: &Harness, id: &str, points: Vec<pb::ContactPoint>) -> pb::Patient {
    let request = pb::UpdatePatientRequest {
        patient: Some(pb::Patient {
            patient_id: id.to_owned(),
            contact_points: points,
            ..Default::default()
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["contact_points".to_owned()],
        }),
    };
    let answer = h.client().update_patient(h.request(request)).await;
    answer.unwrap().into_inner().patient.unwrap()
}

#[tokio::test]
async fn confirming_says_when_and_by_whom_and_can_be_taken_back() {
    let h = Harness::start().await;
    let made = h.create(h.anne()).await.unwrap();
    let marked = verified(&h, &made.patient_id, true).await.unwrap();
    let point = &marked.contact_points[1];
    assert!(point.verified && point.verify_time.is_some());
    assert!(point.verified_by.ends_with(&h.caller.actor.id));
    // What the dental system sends without a confirmation takes none away.
    let resent = update(&h, &made.patient_id, h.anne().contact_points).await;
    assert!(resent.contact_points[1].verified);
    let back = verified(&h, &made.patient_id, false).await.unwrap();
    assert!(!back.contact_points[1].verified);
}

#[tokio::test]
async fn an_unreachable_phone_is_told_in_any_notation_and_works_again() {
    let h = Harness::start().await;
    let made = h.create(h.anne()).await.unwrap();
    let reason = pb::UnreachableReason::NotInService;
    let marked = unreachable(&h, &made.patient_id, "514-873-1234", reason).await;
    let point = marked.unwrap().contact_points.remove(0);
    assert_eq!(point.unreachable_reason(), reason);
    assert!(point.unreachable_time.is_some());
    let works = pb::UnreachableReason::Unspecified;
    let marked = unreachable(&h, &made.patient_id, "+15148731234", works).await;
    assert!(marked.unwrap().contact_points[0].unreachable_time.is_none());
}

#[tokio::test]
async fn an_address_that_is_not_there_has_a_reason() {
    let h = Harness::start().await;
    let made = h.create(h.anne()).await.unwrap();
    let because = pb::UnreachableReason::Other;
    for value in ["514 873 9999", "nonsense"] {
        let refused = unreachable(&h, &made.patient_id, value, because).await;
        assert_eq!(
            reason(&refused.err().unwrap()),
            (Code::NotFound, "CONTACT_POINT_NOT_FOUND".to_owned())
        );
    }
    let request = pb::MarkContactPointUnreachableRequest {
        reason: 99,
        ..Default::default()
    };
    let refused = h
        .client()
        .mark_contact_point_unreachable(h.request(request))
        .await;
    assert_eq!(
        paths(&refused.err().unwrap()),
        ["reason", "patient_id", "kind", "value"]
    );
}

#[tokio::test]
async fn a_changed_address_closes_the_old_one_and_starts_clean() {
    let h = Harness::start().await;
    let made = h.create(h.anne()).await.unwrap();
    let id = &made.patient_id;
    let because = pb::UnreachableReason::NotInService;
    unreachable(&h, id, "514 873 1234", because).await.unwrap();
    let points = vec![phone("418 643 1234"), email("anne.cote@example.org")];
    let changed = update(&h, id, points).await;
    let fresh = &changed.contact_points[0];
    assert!(fresh.unreachable_time.is_none() && !fresh.verified);
    assert_eq!(
        (fresh.value.as_str(), fresh.region.as_str()),
        ("+14186431234", "CA")
    );
    let history = closed(&h, id).await;
    assert_eq!(history.len(), 1);
    let old = history[0].contact_point.as_ref().unwrap();
    assert_eq!(old.value, "+15148731234");
    assert_eq!(old.unreachable_reason(), because);
    assert!(history[0].closed_by.ends_with(&h.caller.actor.id));

    // An address that comes back is a new one: what was known of it then is history.
    let back = update(&h, id, vec![phone("514 873 1234")]).await;
    assert!(back.contact_points[0].unreachable_time.is_none());
    assert_eq!(closed(&h, id).await.len(), 3);
}

#[tokio::test]
async fn a_messenger_is_enough_to_be_reached() {
    let h = Harness::start().await;
    let handle = |channel: pb::ContactChannel, value: &str| pb::ContactPoint {
        kind: pb::ContactPointKind::Handle.into(),
        channel: channel.into(),
        value: value.to_owned(),
        ..Default::default()
    };
    let patient = pb::Patient {
        contact_points: vec![
            handle(pb::ContactChannel::Whatsapp, "CA.99f8"),
            handle(pb::ContactChannel::Telegram, "4711"),
            handle(pb::ContactChannel::Viber, "4711"),
        ],
        ..h.anne()
    };
    let made = h.create(patient.clone()).await.unwrap();
    assert_eq!(made.contact_points.len(), 3);
    let wrong = pb::Patient {
        contact_points: vec![handle(pb::ContactChannel::Sms, "4711")],
        ..patient
    };
    let refused = h.create(wrong).await.err().unwrap();
    assert_eq!(paths(&refused), ["patient.contact_points[0].value"]);
}
