//! What an attacker who holds a link may try. The comparison happens only for guesses that the one
//! conditional UPDATE let through and counted, so `attempts` counts comparisons.

use crate::harness::{ELSEWHERE, HOME, Harness, Holder, reason, why, wrong};
use bitewing_proto::document as pb;
use bitewing_proto::document::recipient_service_client::RecipientServiceClient;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tonic::Code;

/// The same link held at another address each time, at two instances in turn.
async fn crowd(h: &Harness, token: &str, size: usize) -> Vec<Holder> {
    let second = RecipientServiceClient::new(h.second_instance().await);
    (0..size)
        .map(|number| {
            let mut holder = h.holder(token, HOME);
            holder.address = format!("10.{}.{}.1", number / 250, number % 250);
            if number % 2 == 1 {
                holder.client = second.clone();
            }
            holder
        })
        .collect()
}

/// Repeats what the service asks to be repeated: it sheds load before it waits for long.
async fn insist(
    h: &Harness,
    mut holder: Holder,
    challenge: &str,
    code: &str,
) -> Result<(), (Code, String)> {
    loop {
        match holder.verify(h, challenge, code).await {
            Ok(_) => return Ok(()),
            Err(status) if status.code() == Code::Unavailable => tokio::task::yield_now().await,
            Err(status) => return Err(reason(&status)),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_parallel_guesses_reach_five_comparisons() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let (challenge, code) = h.challenged(&mut h.holder(&token, HOME)).await;
    let bad = wrong(&code);
    let mut guesses: FuturesUnordered<_> = crowd(&h, &token, 500)
        .await
        .into_iter()
        .map(|holder| insist(&h, holder, &challenge, &bad))
        .collect();
    let (mut compared, mut dead) = (0, 0);
    while let Some(answer) = guesses.next().await {
        match answer.err().unwrap().1.as_str() {
            "CODE_WRONG" => compared += 1,
            "CODE_EXPIRED" => dead += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((compared, dead), (5, 495));
    assert_eq!(h.count("SELECT attempts::bigint FROM challenges").await, 5);
    assert_eq!(h.link(&link.link_id).await.wrong_codes, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_right_codes_at_once_one_unlocks() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let (challenge, code) = h.challenged(&mut h.holder(&token, HOME)).await;
    let mut guesses: FuturesUnordered<_> = crowd(&h, &token, 100)
        .await
        .into_iter()
        .map(|holder| insist(&h, holder, &challenge, &code))
        .collect();
    let mut unlocked = 0;
    while let Some(answer) = guesses.next().await {
        match answer {
            Ok(()) => unlocked += 1,
            Err((_, why)) => assert_eq!(why, "CODE_WRONG"),
        }
    }
    assert_eq!(unlocked, 1);
    assert_eq!(h.count("SELECT count(*) FROM sessions").await, 1);
    assert_eq!(h.link(&link.link_id).await.unlocks, 1);
    let told = h.events(&link.link_id).await;
    assert_eq!(
        told.iter()
            .filter(|event| *event == "link.unlocked")
            .count(),
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_code_among_many_wrong_ones_unlocks_once_at_most() {
    let h = Harness::start().await;
    let (_, token) = h.linked().await;
    let (challenge, code) = h.challenged(&mut h.holder(&token, HOME)).await;
    let bad = wrong(&code);
    let mut guesses: FuturesUnordered<_> = crowd(&h, &token, 60)
        .await
        .into_iter()
        .enumerate()
        .map(|(number, holder)| {
            insist(
                &h,
                holder,
                &challenge,
                if number % 6 == 5 { &code } else { &bad },
            )
        })
        .collect();
    let mut unlocked = 0;
    while let Some(answer) = guesses.next().await {
        unlocked += usize::from(answer.is_ok());
    }
    assert!(unlocked <= 1);
    assert_eq!(
        h.count("SELECT count(*) FROM sessions").await,
        unlocked as i64
    );
    assert!(h.count("SELECT attempts::bigint FROM challenges").await <= 5);
}

#[tokio::test]
async fn another_code_gives_no_fresh_guesses_and_the_tenth_wrong_one_locks() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let mut anne = h.holder(&token, HOME);
    let (challenge, code) = h.challenged(&mut anne).await;
    for _ in 0..5 {
        assert_eq!(
            why(anne.verify(&h, &challenge, &wrong(&code)).await),
            "CODE_WRONG"
        );
    }
    let mut other = h.holder(&token, ELSEWHERE);
    assert_eq!(
        why(other.verify(&h, &challenge, &code).await),
        "CODE_EXPIRED"
    );
    assert_eq!(h.link(&link.link_id).await.state(), pb::LinkState::Issued);

    h.pass(2).await;
    let (challenge, code) = h.challenged(&mut other).await;
    other.address = "192.0.2.1".to_owned();
    for _ in 0..5 {
        assert_eq!(
            why(other.verify(&h, &challenge, &wrong(&code)).await),
            "CODE_WRONG"
        );
    }
    let locked = h.link(&link.link_id).await;
    assert_eq!(
        (locked.state(), locked.wrong_codes),
        (pb::LinkState::Locked, 10)
    );
    assert_eq!(locked.reason, "TOO_MANY_WRONG_CODES");
    assert!(
        h.events(&link.link_id)
            .await
            .contains(&"link.locked".to_owned())
    );
    let mut third = h.holder(&token, "192.0.2.2");
    assert_eq!(why(third.verify(&h, &challenge, &code).await), "LINK_GONE");
    assert_eq!(
        why(third.send_code(&h, pb::CodeChannel::Sms).await),
        "LINK_GONE"
    );
}

#[tokio::test]
async fn an_attackers_address_is_used_up_before_the_patients_link() {
    let h = Harness::start().await;
    let (_, token) = h.linked().await;
    let mut attacker = h.holder(&token, ELSEWHERE);
    let (challenge, code) = h.challenged(&mut attacker).await;
    for _ in 0..5 {
        assert_eq!(
            why(attacker.verify(&h, &challenge, &wrong(&code)).await),
            "CODE_WRONG"
        );
    }
    h.pass(1).await;
    let refused = attacker.verify(&h, &challenge, &code).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::ResourceExhausted, "CODE_LIMIT_REACHED".to_owned())
    );
    assert_eq!(
        why(attacker.send_code(&h, pb::CodeChannel::Sms).await),
        "CODE_LIMIT_REACHED"
    );

    let mut anne = h.holder(&token, HOME);
    let unlocked = h.unlocked(&mut anne).await;
    assert_eq!(unlocked.files.len(), 1);
    assert_eq!(
        h.count("SELECT wrong_codes::bigint FROM challenges").await,
        0
    );
    // Half an hour later the pause is over.
    h.pass(31).await;
    assert!(attacker.send_code(&h, pb::CodeChannel::Sms).await.is_ok());
}

#[tokio::test]
async fn codes_are_bound_to_link_browser_and_moment() {
    let h = Harness::start().await;
    let document = h.ready().await;
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let link = h.create_link(h.link_request(&[&document])).await.unwrap();
        tokens.push(h.token(&link).await);
    }
    let (mut one, mut two) = (h.holder(&tokens[0], HOME), h.holder(&tokens[1], HOME));
    let (first_challenge, first) = h.challenged(&mut one).await;
    let (other_challenge, _) = h.challenged(&mut two).await;
    let wrong_all = [
        // Another link, with either challenge; another browser; no browser at all.
        two.verify(&h, &first_challenge, &first).await,
        two.verify(&h, &other_challenge, &wrong(&first)).await,
        one.verify(&h, &other_challenge, &first).await,
        one.verify(&h, "", &first).await,
    ];
    for answer in wrong_all {
        assert_eq!(
            reason(&answer.err().unwrap()),
            (Code::Unauthenticated, "CODE_WRONG".to_owned())
        );
    }
    // The code before the last one, and a code that was used.
    h.pass(1).await;
    let (challenge, code) = h.challenged(&mut one).await;
    assert_eq!(
        why(one.verify(&h, &first_challenge, &first).await),
        "CODE_WRONG"
    );
    one.address = "192.0.2.7".to_owned();
    assert!(
        one.verify(&h, &challenge, &format!(" {} {} ", &code[..3], &code[3..]))
            .await
            .is_ok()
    );
    assert_eq!(why(one.verify(&h, &challenge, &code).await), "CODE_WRONG");
}

#[tokio::test]
async fn one_address_has_thirty_guesses_over_all_links() {
    let h = Harness::start().await;
    let document = h.ready().await;
    let mut refused = 0;
    for turn in 0..8 {
        let link = h.create_link(h.link_request(&[&document])).await.unwrap();
        let mut attacker = h.holder(&h.token(&link).await, ELSEWHERE);
        for _ in 0..4 {
            let answer = why(attacker.verify(&h, "", "123456").await);
            refused += usize::from(answer == "CODE_LIMIT_REACHED");
            assert!(answer == "CODE_WRONG" || turn == 7, "{turn}");
        }
    }
    assert_eq!(refused, 2);
    let link = h.create_link(h.link_request(&[&document])).await.unwrap();
    let mut anne = h.holder(&h.token(&link).await, HOME);
    assert_eq!(h.unlocked(&mut anne).await.files.len(), 1);
}

#[tokio::test]
async fn ended_links_answer_as_links_that_never_were() {
    let h = Harness::start().await;
    let unknown = bitewing_core::CapabilityToken::mint(
        h.caller.organization(),
        &bitewing_core::SystemEntropy,
    );
    let mut tokens = vec![unknown.reveal().expose().clone()];
    let mut ended = Vec::new();
    for _ in 0..3 {
        let (link, token) = h.linked().await;
        tokens.push(token);
        ended.push(link.link_id);
    }
    let request = pb::RevokeLinkRequest {
        link_id: ended[0].clone(),
    };
    h.links().revoke_link(h.request(request)).await.unwrap();
    h.sql("UPDATE links SET state = 7 WHERE created_at = (SELECT max(created_at) FROM links)")
        .await;
    h.sql("UPDATE links SET expires_at = now() WHERE state = 1")
        .await;

    let mut seen = Vec::new();
    for token in &tokens {
        let mut holder = h.holder(token, HOME);
        let answers = [
            holder.open(&h).await.err(),
            holder.send_code(&h, pb::CodeChannel::Sms).await.err(),
            holder.verify(&h, "", "123456").await.err(),
        ];
        let answers = answers.map(|status| {
            let status = status.unwrap();
            (
                status.code(),
                status.message().to_owned(),
                status.details().to_vec(),
            )
        });
        seen.push(answers);
    }
    assert_eq!(seen[0][0].0, Code::NotFound);
    assert!(seen.iter().all(|answers| *answers == seen[0]));
}
