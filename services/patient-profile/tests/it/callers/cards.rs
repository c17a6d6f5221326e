use super::{NUMBER, ask, family, look_up, question};
use crate::harness::{Harness, until};
use bitewing_proto::patient as pb;
use bitewing_testkit::TestCaller;

#[tokio::test]
async fn the_card_says_what_a_receptionist_needs() {
    let h = Harness::start().await;
    h.tell_clinic(h.clinic, "fr", "+15145550100");
    let anne = pb::Patient {
        gender: pb::Gender::Female.into(),
        birth_date: Some(pb::Date {
            year: 1980,
            month: 1,
            day: 1,
        }),
        patient_since: Some(pb::Date {
            year: 2000,
            month: 1,
            day: 1,
        }),
        children: vec![pb::Child {
            given_name: "Léa".to_owned(),
            ..Default::default()
        }],
        notes: "afraid of needles".to_owned(),
        ..h.anne()
    };
    let made = h.create(anne).await.unwrap();
    let found = until(async || {
        let found = look_up(&h, "514 873 1234").await;
        found.candidates[0]
            .greeting
            .starts_with("Bonjour")
            .then_some(found)
    })
    .await;
    assert_eq!(found.verdict(), pb::CallerVerdict::Known);
    assert_eq!(found.address, NUMBER);
    let card = &found.candidates[0];
    assert_eq!(
        (card.patient_id.as_str(), card.display_name.as_str()),
        (made.patient_id.as_str(), "Anne Côté")
    );
    assert!(card.age.unwrap() >= 45 && card.tenure_years.unwrap() >= 25);
    assert_eq!(card.children, ["Léa"]);
    assert!(card.has_notes && !card.sensitive);
    assert!(
        card.greeting
            .starts_with("Bonjour Madame Côté, comment puis-je vous aider ?")
    );
    let style = card.style.as_ref().unwrap();
    assert_eq!(
        (style.salutation.as_str(), style.pronoun.as_str()),
        ("Madame Côté", "vous")
    );
    assert_eq!(card.preferred_channel(), pb::ContactChannel::Email);
}

#[tokio::test]
async fn any_notation_and_any_kind_of_address_finds_the_patient() {
    let h = Harness::start().await;
    let mut anne = h.anne();
    anne.contact_points.push(pb::ContactPoint {
        kind: pb::ContactPointKind::Handle.into(),
        channel: pb::ContactChannel::Telegram.into(),
        value: "77231".to_owned(),
        ..Default::default()
    });
    h.create(anne).await.unwrap();
    for address in [
        "(514) 873-1234",
        "+1 514 873 1234",
        "15148731234",
        "ANNE.cote@example.ORG",
    ] {
        assert_eq!(look_up(&h, address).await.candidates.len(), 1, "{address}");
    }
    let handle = |channel: pb::ContactChannel| pb::LookupCallerRequest {
        kind: pb::ContactPointKind::Handle.into(),
        channel: channel.into(),
        ..question(&h, "77231")
    };
    let telegram = ask(&h, &h.caller, handle(pb::ContactChannel::Telegram))
        .await
        .unwrap();
    assert_eq!(telegram.candidates.len(), 1);
    let viber = ask(&h, &h.caller, handle(pb::ContactChannel::Viber))
        .await
        .unwrap();
    assert_eq!(viber.verdict(), pb::CallerVerdict::Unknown);
}

#[tokio::test]
async fn a_family_on_one_number_is_answered_whole() {
    let h = Harness::start().await;
    family(&h).await;
    let found = look_up(&h, NUMBER).await;
    let mut names: Vec<_> = found
        .candidates
        .iter()
        .map(|card| card.given_name.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["Anne", "Léa"]);
}

#[tokio::test]
async fn another_clinics_patients_stay_out_of_sight_unless_the_chain_shares_them() {
    let h = Harness::start().await;
    family(&h).await;
    let other = h.add_clinic(&h.caller, "CA");
    let neighbour = TestCaller::within(&h.caller, &[other]);
    let asked = pb::LookupCallerRequest {
        clinic_id: other.to_string(),
        ..question(&h, NUMBER)
    };
    let found = ask(&h, &neighbour, asked.clone()).await.unwrap();
    assert_eq!(
        (found.candidates.len(), found.verdict()),
        (0, pb::CallerVerdict::Unknown)
    );
    h.set_visibility(&h.caller, "SHARED");
    until(async || {
        let found = ask(&h, &neighbour, asked.clone()).await.unwrap();
        (found.candidates.len() == 2).then_some(())
    })
    .await;
    // Another organization sees nothing, whatever it shares.
    let stranger = TestCaller::fresh();
    let theirs = h.add_clinic(&stranger, "CA");
    let asked = pb::LookupCallerRequest {
        clinic_id: theirs.to_string(),
        ..question(&h, NUMBER)
    };
    assert!(
        ask(&h, &stranger, asked)
            .await
            .unwrap()
            .candidates
            .is_empty()
    );
}
