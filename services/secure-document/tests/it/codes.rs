use crate::harness::{ELSEWHERE, HOME, Harness, paths, reason, until, why, wrong};
use bitewing_core::{CapabilityToken, SystemEntropy};
use bitewing_proto::conversation::Channel;
use bitewing_proto::document as pb;
use bitewing_proto::patient as patient_pb;
use bitewing_proto::template::TemplateKind;
use tonic::Code;
use tonic_types::StatusExt as _;

#[tokio::test]
async fn opening_says_who_waits_and_changes_nothing() {
    let h = Harness::start().await;
    h.set_regions(&["CA"]).await;
    let (link, token) = h.linked().await;
    let mut anne = h.holder(&token, HOME);
    for _ in 0..3 {
        let open = anne.open(&h).await.unwrap();
        assert_eq!(open.organization_name, "Chaîne dentaire");
        assert_eq!(
            (open.clinic_name.as_str(), open.clinic_phone.as_str()),
            ("Clinique du Parc", "+15148731234")
        );
        assert_eq!(
            (open.language.as_str(), open.phone_hint.as_str()),
            ("fr", "78")
        );
        assert_eq!(
            open.channels,
            [pb::CodeChannel::Sms as i32, pb::CodeChannel::Voice as i32]
        );
    }
    let after = h.link(&link.link_id).await;
    assert_eq!(
        (after.state(), after.codes_sent, after.unlocks),
        (pb::LinkState::Issued, 0, 0)
    );
    assert_eq!(h.conversation.letters().len(), 1);
}

#[tokio::test]
async fn a_code_goes_by_text_or_by_call() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let mut anne = h.holder(&token, HOME);
    let sent = anne.send_code(&h, pb::CodeChannel::Sms).await.unwrap();
    assert_eq!((sent.code_length, sent.resend_after_seconds), (6, 60));
    let letter = h.codes(1).await.remove(0).request;
    assert_eq!(
        (letter.kind(), letter.channel()),
        (TemplateKind::DocumentCode, Channel::Sms)
    );
    assert_eq!(letter.address, "+15148735678");
    assert_eq!(letter.variables["host"], "127.0.0.1");
    assert!(letter.secret.len() == 6 && letter.secret.bytes().all(|b| b.is_ascii_digit()));
    assert_eq!(
        h.link(&link.link_id).await.state(),
        pb::LinkState::Challenged
    );

    h.pass(1).await;
    anne.send_code(&h, pb::CodeChannel::Voice).await.unwrap();
    let letter = h.codes(2).await.remove(1).request;
    assert_eq!(letter.channel(), Channel::Voice);
    let life = letter.not_after.unwrap().seconds
        - h.link(&link.link_id).await.update_time.unwrap().seconds;
    assert!((470..=480).contains(&life), "8 minutes, not {life} s");
    let told = h.events(&link.link_id).await;
    let codes = told.iter().filter(|event| *event == "link.code_sent");
    assert_eq!(codes.count(), 2);
}

#[tokio::test]
async fn a_landline_is_sent_no_text() {
    let h = Harness::start().await;
    h.put_patient(|patient| {
        patient.contact_points[1].set_line_type(patient_pb::LineType::Landline);
    });
    let (_, token) = h.linked().await;
    let mut anne = h.holder(&token, HOME);
    assert_eq!(
        anne.open(&h).await.unwrap().channels,
        [pb::CodeChannel::Voice as i32]
    );
    let refused = anne
        .send_code(&h, pb::CodeChannel::Sms)
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["channel"]);
    assert!(anne.send_code(&h, pb::CodeChannel::Voice).await.is_ok());
}

#[tokio::test]
async fn whoever_else_holds_the_link_cannot_overwrite_the_patients_code_within_the_pause() {
    let h = Harness::start().await;
    let (_, token) = h.linked().await;
    let mut anne = h.holder(&token, HOME);
    let mut other = h.holder(&token, ELSEWHERE);
    let (challenge, code) = h.challenged(&mut anne).await;
    for _ in 0..5 {
        let refused = other
            .send_code(&h, pb::CodeChannel::Sms)
            .await
            .err()
            .unwrap();
        assert_eq!(
            reason(&refused),
            (Code::ResourceExhausted, "CODE_TOO_SOON".to_owned())
        );
        let wait = refused
            .get_details_retry_info()
            .unwrap()
            .retry_delay
            .unwrap();
        assert!((50..=60).contains(&wait.as_secs()));
    }
    assert!(anne.verify(&h, &challenge, &code).await.is_ok());
}

#[tokio::test]
async fn pauses_grow_and_an_hour_has_five_codes() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let mut anne = h.holder(&token, HOME);
    // Text and call in turn: the phone's own limits are another test's.
    let mut channels = [pb::CodeChannel::Sms, pb::CodeChannel::Voice]
        .into_iter()
        .cycle();
    for (sent, pause) in [1, 3, 5, 10].into_iter().enumerate() {
        let answer = anne.send_code(&h, channels.next().unwrap()).await.unwrap();
        assert_eq!(answer.resend_after_seconds, pause * 60, "after {sent}");
        assert_eq!(
            why(anne.send_code(&h, pb::CodeChannel::Sms).await),
            "CODE_TOO_SOON"
        );
        h.pass(pause as u32).await;
    }
    assert!(anne.send_code(&h, pb::CodeChannel::Sms).await.is_ok());
    h.pass(10).await;
    let refused = anne
        .send_code(&h, pb::CodeChannel::Voice)
        .await
        .err()
        .unwrap();
    assert_eq!(reason(&refused).1, "CODE_LIMIT_REACHED");
    // 29 of 60 minutes are over since the first one.
    let wait = refused
        .get_details_retry_info()
        .unwrap()
        .retry_delay
        .unwrap()
        .as_secs();
    assert!((30 * 60..=31 * 60).contains(&wait), "{wait}");
    assert_eq!(h.link(&link.link_id).await.codes_sent, 5);
}

#[tokio::test]
async fn a_link_has_ten_codes_in_its_life() {
    let h = Harness::start().await;
    let (_, token) = h.linked().await;
    let mut anne = h.holder(&token, HOME);
    for _ in 0..10 {
        anne.send_code(&h, pb::CodeChannel::Sms).await.unwrap();
        h.pass(3 * 60).await;
        // Ten texts a day is the phone's own limit too.
        h.sql("DELETE FROM budgets").await;
    }
    let refused = anne
        .send_code(&h, pb::CodeChannel::Sms)
        .await
        .err()
        .unwrap();
    assert_eq!(reason(&refused).1, "CODE_LIMIT_REACHED");
    assert!(refused.get_details_retry_info().is_none());
}

#[tokio::test]
async fn one_phone_is_not_flooded_by_many_links() {
    let h = Harness::start().await;
    let document = h.ready().await;
    let mut sent = 0;
    for turn in 0..6 {
        let link = h.create_link(h.link_request(&[&document])).await.unwrap();
        let mut anne = h.holder(&h.token(&link).await, HOME);
        let answer = anne.send_code(&h, pb::CodeChannel::Sms).await;
        if turn < 5 {
            answer.unwrap();
            sent += 1;
        } else {
            assert_eq!(why(answer), "CODE_LIMIT_REACHED");
            // Calls have a budget of their own, and nothing of the refused one stays.
            assert_eq!(h.link(&link.link_id).await.codes_sent, 0);
            anne.send_code(&h, pb::CodeChannel::Voice).await.unwrap();
        }
    }
    assert_eq!(sent, 5);
}

#[tokio::test]
async fn a_code_lives_five_minutes_by_the_databases_clock() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let mut anne = h.holder(&token, HOME);
    let (challenge, code) = h.challenged(&mut anne).await;
    // The application's clock means nothing here.
    h.test.clock.advance(time::Duration::hours(1));
    assert_eq!(
        why(anne.verify(&h, &challenge, &wrong(&code)).await),
        "CODE_WRONG"
    );
    h.test.clock.advance(-time::Duration::hours(2));
    assert_eq!(
        why(anne.verify(&h, &challenge, &wrong(&code)).await),
        "CODE_WRONG"
    );
    h.test.clock.advance(time::Duration::hours(1));
    h.pass(5).await;
    assert_eq!(
        why(anne.verify(&h, &challenge, &code).await),
        "CODE_EXPIRED"
    );
    until(async || (h.link(&link.link_id).await.state() == pb::LinkState::Issued).then_some(()))
        .await;
    assert_eq!(
        h.count("SELECT count(*) FROM challenges WHERE mac IS NOT NULL")
            .await,
        0
    );
}

#[tokio::test]
async fn unknown_and_malformed_tokens_open_nothing() {
    let h = Harness::start().await;
    let unknown = CapabilityToken::mint(h.caller.organization(), &SystemEntropy);
    for token in [unknown.reveal().expose().as_str(), "", "x", "é"] {
        let mut nobody = h.holder(token, HOME);
        assert_eq!(why(nobody.open(&h).await), "LINK_GONE");
        assert_eq!(
            why(nobody.send_code(&h, pb::CodeChannel::Sms).await),
            "LINK_GONE"
        );
        assert_eq!(why(nobody.verify(&h, "", "123456").await), "LINK_GONE");
    }
}

#[tokio::test]
async fn a_code_that_cannot_be_handed_over_is_tried_again() {
    let h = Harness::start().await;
    let (_, token) = h.linked().await;
    h.conversation.refuse(true);
    let mut anne = h.holder(&token, HOME);
    let sent = anne.send_code(&h, pb::CodeChannel::Sms).await.unwrap();
    until(async || {
        let failed = "SELECT count(*) FROM store.job WHERE kind = 'send_code' AND attempt > 0";
        (h.count(failed).await == 1).then_some(())
    })
    .await;
    h.conversation.refuse(false);
    h.sql("UPDATE store.job SET run_at = now() WHERE kind = 'send_code' AND state = 0")
        .await;
    let code = h.codes(1).await.remove(0).request.secret;
    assert!(anne.verify(&h, &sent.challenge_token, &code).await.is_ok());
}
