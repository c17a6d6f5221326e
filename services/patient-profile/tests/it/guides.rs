use crate::harness::{Harness, phone, reason};
use bitewing_proto::patient as pb;
use bitewing_proto::patient::consent_service_client::ConsentServiceClient;
use bitewing_proto::patient::guide_service_client::GuideServiceClient;
use bitewing_testkit::TestCaller;
use tonic::Code;

async fn guide(
    h: &Harness,
    patient: &str,
    purpose: pb::ContactPurpose,
) -> pb::GetCommunicationGuideResponse {
    let request = pb::GetCommunicationGuideRequest {
        patient_id: patient.to_owned(),
        purpose: purpose.into(),
        at: None,
    };
    let mut client = GuideServiceClient::new(h.channel.clone());
    client
        .get_communication_guide(h.request(request))
        .await
        .unwrap()
        .into_inner()
}

async fn answered(h: &Harness, patient: &str, channel: pb::ContactChannel, answered: bool) {
    let request = pb::RecordChannelAnswerRequest {
        patient_id: patient.to_owned(),
        channel: channel.into(),
        answered,
        request_id: String::new(),
    };
    let mut client = GuideServiceClient::new(h.channel.clone());
    client
        .record_channel_answer(h.request(request))
        .await
        .unwrap();
}

fn chosen(list: &[pb::ChannelChoice]) -> Vec<(pb::ContactChannel, pb::ChoiceReason)> {
    list.iter()
        .map(|choice| (choice.channel(), choice.reason()))
        .collect()
}

fn born(h: &Harness, year: i32) -> pb::Patient {
    pb::Patient {
        birth_date: Some(pb::Date {
            year,
            month: 6,
            day: 1,
        }),
        gender: pb::Gender::Female.into(),
        address_form: pb::AddressForm::ByGeneration.into(),
        ..h.anne()
    }
}

#[tokio::test]
async fn generations_learning_and_the_patients_word_decide_in_that_order() {
    use pb::ChoiceReason::{Generation, Learned, Personal};
    use pb::ContactChannel::{Call, Email, Sms};
    let h = Harness::start().await;
    let boomer = h.create(born(&h, 1950)).await.unwrap();
    let first = guide(&h, &boomer.patient_id, pb::ContactPurpose::Care).await;
    assert_eq!(
        chosen(&first.channels)[..2],
        [(Call, Generation), (Email, Generation)]
    );
    assert_eq!(chosen(&first.avoid), [(Sms, Generation)]);
    let style = first.style.unwrap();
    assert_eq!(
        (style.salutation.as_str(), style.pronoun.as_str()),
        ("Madame Côté", "vous")
    );
    assert_eq!(
        (style.generation(), style.tone()),
        (pb::Generation::Boomer, pb::Tone::Respectful)
    );

    for _ in 0..4 {
        answered(&h, &boomer.patient_id, Email, true).await;
        answered(&h, &boomer.patient_id, Call, false).await;
    }
    let learned = guide(&h, &boomer.patient_id, pb::ContactPurpose::Care).await;
    assert_eq!(chosen(&learned.channels)[0], (Email, Learned));
    assert!(chosen(&learned.avoid).contains(&(Call, Learned)));

    let update = pb::UpdatePatientRequest {
        patient: Some(pb::Patient {
            preferred_channels: vec![Sms.into()],
            refused_channels: vec![Call.into()],
            address_form: pb::AddressForm::Informal.into(),
            ..boomer.clone()
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: ["preferred_channels", "refused_channels", "address_form"]
                .map(str::to_owned)
                .into(),
        }),
    };
    let update = pb::UpdatePatientRequest {
        patient: update.patient.map(|patient| pb::Patient {
            etag: String::new(),
            ..patient
        }),
        ..update
    };
    h.client().update_patient(h.request(update)).await.unwrap();
    let said = guide(&h, &boomer.patient_id, pb::ContactPurpose::Care).await;
    assert_eq!(chosen(&said.channels)[0], (Sms, Personal));
    let refused = said
        .unavailable
        .iter()
        .find(|closed| closed.channel() == Call)
        .unwrap();
    assert_eq!(refused.reason(), pb::ObstacleReason::RefusedByPatient);
    let style = said.style.unwrap();
    assert_eq!(
        (style.salutation.as_str(), style.pronoun.as_str()),
        ("Anne", "tu")
    );
    assert_eq!(style.register_reason(), Personal);
}

#[tokio::test]
async fn what_cannot_be_used_says_why() {
    use pb::ContactChannel::{Email, Sms, Telegram};
    let h = Harness::start().await;
    let landline = pb::ContactPoint {
        line_type: pb::LineType::Landline.into(),
        ..phone("514 873 1234")
    };
    let made = h
        .create(pb::Patient {
            contact_points: vec![landline],
            ..born(&h, 1985)
        })
        .await
        .unwrap();
    let found = guide(&h, &made.patient_id, pb::ContactPurpose::Care).await;
    let why = |channel| {
        let closed = found
            .unavailable
            .iter()
            .find(|closed| closed.channel() == channel);
        closed.map(pb::ChannelObstacle::reason)
    };
    assert_eq!(why(Sms), Some(pb::ObstacleReason::Landline));
    assert_eq!(why(Email), Some(pb::ObstacleReason::NoAddress));
    assert_eq!(why(Telegram), Some(pb::ObstacleReason::NoAddress));
    // Millennials dislike calls: possible, but only if nothing else is.
    assert!(found.channels.is_empty());
    assert_eq!(chosen(&found.avoid)[0].0, pb::ContactChannel::Call);
    let offers = guide(&h, &made.patient_id, pb::ContactPurpose::Marketing).await;
    assert!(offers.channels.is_empty() && offers.avoid.is_empty());
}

#[tokio::test]
async fn consent_closes_channels_and_names_its_record() {
    let h = Harness::start().await;
    let made = h.create(born(&h, 1970)).await.unwrap();
    let revoke = pb::RevokeConsentRequest {
        patient_id: made.patient_id.clone(),
        channel: pb::ContactChannel::Email.into(),
        source: pb::ConsentSource::FrontDesk.into(),
        ..Default::default()
    };
    let mut client = ConsentServiceClient::new(h.channel.clone());
    let record = client
        .revoke_consent(h.request(revoke))
        .await
        .unwrap()
        .into_inner()
        .consent
        .unwrap();
    let found = guide(&h, &made.patient_id, pb::ContactPurpose::Care).await;
    let closed = found
        .unavailable
        .iter()
        .find(|closed| closed.channel() == pb::ContactChannel::Email);
    let closed = closed.unwrap();
    assert_eq!(
        (closed.reason(), &closed.consent_id),
        (pb::ObstacleReason::Revoked, &record.consent_id)
    );
}

#[tokio::test]
async fn a_child_is_spoken_to_by_the_guardian() {
    let h = Harness::start().await;
    let mother = h.create(born(&h, 1985)).await.unwrap();
    let year = bitewing_core::Clock::now(&*h.test.clock).year() - 8;
    let child = pb::Patient {
        external_ids: Vec::new(),
        relations: vec![pb::Relation {
            kind: pb::RelationKind::Parent.into(),
            patient_id: mother.patient_id.clone(),
            display_name: String::new(),
        }],
        ..born(&h, year)
    };
    let child = h.create(child).await.unwrap();
    let found = guide(&h, &child.patient_id, pb::ContactPurpose::Care).await;
    assert!(found.address_guardian);
    assert_eq!(
        found.guardian_patient_ids,
        std::slice::from_ref(&mother.patient_id)
    );
    assert!(
        !guide(&h, &mother.patient_id, pb::ContactPurpose::Care)
            .await
            .address_guardian
    );
}

#[tokio::test]
async fn another_organizations_patient_is_absent() {
    let h = Harness::start().await;
    let made = h.create(h.anne()).await.unwrap();
    let request = pb::GetCommunicationGuideRequest {
        patient_id: made.patient_id,
        purpose: pb::ContactPurpose::Care.into(),
        at: None,
    };
    let stranger = TestCaller::fresh();
    let mut client = GuideServiceClient::new(h.channel.clone());
    let refused = client
        .get_communication_guide(h.request_as(&stranger, request))
        .await;
    assert_eq!(
        reason(&refused.err().unwrap()),
        (Code::NotFound, "PATIENT_NOT_FOUND".to_owned())
    );
}
