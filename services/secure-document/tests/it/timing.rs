//! What a link was cannot be told from how long an answer takes. Nothing here is a time in seconds: the
//! samples of two kinds of dead links are taken in turn, so whatever else the machine does strikes both, and
//! the probability that one of one kind is slower than one of the other must be about one half
//! (Mann-Whitney). Of 300 samples of each its standard deviation is 0.024.

use crate::harness::{Harness, why};
use bitewing_core::{CapabilityToken, SystemEntropy};
use bitewing_proto::document as pb;
use std::time::Instant;

const ROUNDS: usize = 300;
/// Five standard deviations: a sound service fails once in millions of runs.
const APART: f64 = 0.12;

/// How likely a sample of the first is slower than one of the second.
fn slower(first: &[u128], second: &[u128]) -> f64 {
    let mut more = 0.0;
    for one in first {
        for other in second {
            more += match one.cmp(other) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    more / (first.len() * second.len()) as f64
}

#[tokio::test]
async fn how_long_an_answer_takes_does_not_tell_what_a_link_was() {
    let h = Harness::start().await;
    let mut tokens = Vec::new();
    for state in [5, 6, 7] {
        let (link, token) = h.linked().await;
        let id: bitewing_core::LinkId = link.link_id.parse().unwrap();
        h.sql(&format!(
            "UPDATE links SET state = {state} WHERE id = '{}'",
            id.uuid()
        ))
        .await;
        tokens.push(token);
    }
    let unknown = CapabilityToken::mint(h.caller.organization(), &SystemEntropy);
    tokens.push(unknown.reveal().expose().clone());
    let mut holders: Vec<_> = tokens
        .iter()
        .map(|token| h.holder(token, crate::harness::HOME))
        .collect();
    let mut samples = vec![[const { Vec::new() }; 3]; holders.len()];
    for round in 0..ROUNDS {
        for turn in 0..holders.len() {
            // Nobody is always the first of a round.
            let kind = (round + turn) % holders.len();
            let holder = &mut holders[kind];
            holder.address = format!("10.{}.{}.{kind}", round / 250, round % 250);
            let began = Instant::now();
            let opened = why(holder.open(&h).await);
            samples[kind][0].push(began.elapsed().as_nanos());
            let began = Instant::now();
            let asked = why(holder.send_code(&h, pb::CodeChannel::Sms).await);
            samples[kind][1].push(began.elapsed().as_nanos());
            let began = Instant::now();
            let guessed = why(holder.verify(&h, "", "123456").await);
            samples[kind][2].push(began.elapsed().as_nanos());
            assert_eq!([opened, asked, guessed], ["LINK_GONE"; 3]);
        }
    }
    let last = holders.len() - 1;
    for (kind, name) in ["expired", "revoked", "locked"].into_iter().enumerate() {
        for (call, what) in ["OpenLink", "SendCode", "VerifyCode"]
            .into_iter()
            .enumerate()
        {
            let share = slower(&samples[kind][call], &samples[last][call]);
            assert!(
                (share - 0.5).abs() < APART,
                "{what} of {name} against unknown: {share:.3}"
            );
        }
    }
}
