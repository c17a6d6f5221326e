//! Dead links, cut connections, reloads, a second tab.

use super::stage::{Stage, pdf, sha256};
use super::{driver, list, says, words};
use crate::suite::patient::{Holder, wrong};
use serde_json::json;

#[tokio::test]
async fn dead_links_of_four_kinds_and_strangers_see_one_page() {
    let stage = Stage::set().await;
    let expired = stage.sent("en").await;
    let past = "UPDATE links SET expires_at = clock_timestamp() - interval '1 second'";
    stage.tamper(past).await;
    let revoked = stage.sent("fr").await;
    let path = format!("/v1/links/{}:revoke", revoked.link);
    stage.chain.json.post(&path, json!({})).await;

    let locked = stage.sent("en").await;
    let hour = "UPDATE challenges SET sent_at = ARRAY(SELECT t - interval '1 hour' FROM unnest(sent_at) t)";
    for round in 0..2 {
        let mut guesser = Holder::of(&stage.suite.site, &locked.token);
        let challenge = guesser.send_code().await.unwrap().challenge_token;
        let code = stage.chain.code_on_phone(&locked.patient, round).await;
        for nth in 0..5 {
            guesser
                .verify(&challenge, &wrong(&code, nth))
                .await
                .err()
                .unwrap();
        }
        stage.tamper(hour).await;
    }
    stage
        .chain
        .wait_for_state(&locked.link, "LINK_STATE_LOCKED")
        .await;

    let stranger = format!("{}AAAA", &locked.token[..locked.token.len() - 4]);
    let mut items: Vec<_> = [
        ("expired", &expired),
        ("revoked", &revoked),
        ("locked", &locked),
    ]
    .map(|(why, sent)| sent.item(0, json!({ "why": why })))
    .to_vec();
    items.push(locked.item(0, json!({ "why": "unknown", "token": stranger })));
    items.push(locked.item(0, json!({ "why": "no token", "token": "nonsense" })));
    let job = json!({ "items": items });
    let found = driver::run(&stage.chain, &[&locked.patient], "dead", job).await;
    let first = &list(&found)[0]["shown"];
    assert_eq!(first["status"], 404);
    assert!(words(&first["body"]).contains(&says("en", "goneTitle")));
    assert_eq!((&first["url"], &first["kept"]), (&json!("/d"), &json!(0)));
    for dead in list(&found) {
        assert_eq!(dead["shown"], *first, "{}", dead["why"]);
    }
}

#[tokio::test]
async fn a_download_goes_on_where_it_was_cut() {
    let stage = Stage::set().await;
    let bytes = pdf(5 << 20);
    let document = stage.document("Scan.pdf", &bytes).await;
    let sent = stage.send(stage.patient("en").await, &[&document]).await;
    let job = json!({ "items": [sent.item(0, json!({}))] });
    let found = driver::run(&stage.chain, &[&sent.patient], "cut", job).await;
    assert_eq!(
        found["file"],
        json!({ "name": "Scan.pdf", "size": 5 << 20, "sha256": sha256(&bytes) })
    );
    // The first request is for all of it, the second for the rest.
    let ranges = list(&found["ranges"]);
    assert_eq!((ranges.len(), &ranges[0]), (2, &json!("")));
    let from = words(&ranges[1]).strip_prefix("bytes=").unwrap();
    let from: u64 = from.strip_suffix('-').unwrap().parse().unwrap();
    assert!(from > 0 && from <= 2 << 20, "{from}");
    let states = ["file running", "file waiting", "file running", "file saved"];
    assert_eq!(found["states"], json!(states));
    // The bar is seen to move, and forward only.
    assert!(found["steps"].as_u64().unwrap() > 3);
    assert_eq!(found["backwards"], false);
    stage
        .chain
        .wait_for_state(&sent.link, "LINK_STATE_COMPLETED")
        .await;
}

#[tokio::test]
async fn a_reload_and_a_second_tab_go_on_and_done_ends_both() {
    let stage = Stage::set().await;
    let sent = stage.sent("en").await;
    let job = json!({ "items": [sent.item(0, json!({}))] });
    let found = driver::run(&stage.chain, &[&sent.patient], "again", job).await;
    assert_eq!(found["clinic"], "Clinique du Plateau");
    assert_eq!(found["earlier"], json!(says("en", "codeEarlier")));
    let wait = says("en", "codeWait");
    let (before, _) = wait.split_once("{time}").unwrap();
    assert!(words(&found["waiting"]).starts_with(before));
    // A code works once.
    let used = words(&found["used"]);
    assert!(
        used.starts_with(&says("en", "codeWrong")) || used == says("en", "codeExpired"),
        "{used}"
    );
    let top = words(&found["top"]);
    assert!(
        top.contains("Clinique du Plateau") && top.contains("+1 514 873 1234"),
        "{top}"
    );
    // Once the documents are open the tab has forgotten the link.
    assert!(!words(&found["stored"]).contains("token"));
    assert_eq!(found["files"], 401);
    assert_eq!(stage.chain.look_at(&sent.link).await["codesSent"], 1);
}
