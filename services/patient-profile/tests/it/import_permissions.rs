//! What a dental system says of channels, kept as consent.

use crate::harness::{Harness, external_id, phone};
use bitewing_proto::patient as pb;
use pb::consent_service_client::ConsentServiceClient;
use pb::patient_import_service_client::PatientImportServiceClient;

async fn import(
    h: &Harness,
    batch: &str,
    allowed: &[(pb::ContactChannel, bool)],
) -> pb::ImportResult {
    let permissions = allowed
        .iter()
        .map(|(channel, allowed)| pb::ChannelPermission {
            channel: (*channel).into(),
            allowed: *allowed,
        });
    let row = pb::ImportRow {
        row_number: 1,
        patient: Some(pb::Patient {
            external_ids: vec![external_id("opendental", "1")],
            clinic_id: h.clinic.to_string(),
            given_name: "Anne".to_owned(),
            contact_points: vec![phone("(514) 873-1234")],
            ..Default::default()
        }),
        permissions: permissions.collect(),
        ..Default::default()
    };
    let request = pb::BatchImportPatientsRequest {
        batch_id: batch.to_owned(),
        validate_only: false,
        rows: vec![row],
    };
    let mut client = PatientImportServiceClient::new(h.channel.clone());
    let answer = client.batch_import_patients(h.request(request)).await;
    h.test.clock.advance(time::Duration::minutes(1));
    answer.unwrap().into_inner().results.remove(0)
}

async fn decision(h: &Harness, patient: &str, purpose: pb::ContactPurpose) -> pb::ConsentDecision {
    let request = pb::CheckConsentRequest {
        patient_id: patient.to_owned(),
        purpose: purpose.into(),
        channel: pb::ContactChannel::Sms.into(),
        ..Default::default()
    };
    let mut client = ConsentServiceClient::new(h.channel.clone());
    let answer = client.check_consent(h.request(request)).await;
    answer.unwrap().into_inner().decision()
}

async fn statements(h: &Harness, patient: &str) -> Vec<pb::Consent> {
    let request = pb::ListConsentsRequest {
        patient_id: patient.to_owned(),
        ..Default::default()
    };
    let mut client = ConsentServiceClient::new(h.channel.clone());
    let answer = client.list_consents(h.request(request)).await;
    answer.unwrap().into_inner().consents
}

#[tokio::test]
async fn a_channel_the_dental_system_forbids_is_closed_until_it_allows_it_again() {
    const SMS: pb::ContactChannel = pb::ContactChannel::Sms;
    let h = Harness::start().await;
    let id = import(&h, "b1", &[(SMS, false)]).await.patient_id;
    let care = pb::ContactPurpose::Care;
    assert_eq!(decision(&h, &id, care).await, pb::ConsentDecision::Revoked);
    import(&h, "b2", &[(SMS, false)]).await;
    let kept = statements(&h, &id).await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].source(), pb::ConsentSource::DentalSystem);
    import(&h, "b3", &[(SMS, true)]).await;
    assert_eq!(decision(&h, &id, care).await, pb::ConsentDecision::Granted);
    assert_eq!(statements(&h, &id).await.len(), 3);

    // What the patient says here is not lifted by the dental system's box.
    let revoke = pb::RevokeConsentRequest {
        patient_id: id.clone(),
        channel: SMS.into(),
        source: pb::ConsentSource::Reply.into(),
        ..Default::default()
    };
    let mut client = ConsentServiceClient::new(h.channel.clone());
    client.revoke_consent(h.request(revoke)).await.unwrap();
    h.test.clock.advance(time::Duration::minutes(1));
    import(&h, "b4", &[(SMS, false)]).await;
    import(&h, "b5", &[(SMS, true)]).await;
    assert_eq!(decision(&h, &id, care).await, pb::ConsentDecision::Revoked);
}

#[tokio::test]
async fn permissions_that_are_none_reject_their_row() {
    let h = Harness::start().await;
    let sms = (pb::ContactChannel::Sms, true);
    for (permissions, path) in [
        (
            vec![(pb::ContactChannel::Unspecified, true)],
            "permissions[0].channel",
        ),
        (vec![sms, sms], "permissions[1].channel"),
        (vec![sms; 11], "permissions"),
    ] {
        let batch = format!("b{}", permissions.len());
        let result = import(&h, &batch, &permissions).await;
        assert_eq!(result.outcome(), pb::ImportOutcome::Rejected);
        assert_eq!(result.violations[0].field, path);
    }
}
