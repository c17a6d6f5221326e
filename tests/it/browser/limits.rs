//! What a page must not fall to.

use super::stage::Stage;
use super::{driver, list};
use crate::suite::patient::Holder;
use serde_json::json;

#[tokio::test]
async fn a_crawler_that_presses_everything_costs_one_code_and_no_link() {
    let stage = Stage::set().await;
    let sent = stage.sent("en").await;
    let job = json!({ "items": [sent.item(0, json!({}))] });
    let found = driver::run(&stage.chain, &[&sent.patient], "crawler", job).await;
    assert_eq!(found["broken"], json!([]));
    // It did what it is feared for: it ran the page, pressed the buttons, sent a code and guessed.
    let asked = list(&found["asked"]);
    for path in ["/d/api/open", "/d/api/code", "/d/api/verify"] {
        assert!(asked.contains(&json!(path)), "{path}");
    }
    assert!(list(&found["pressed"]).len() > 10);

    let link = stage.chain.look_at(&sent.link).await;
    assert_eq!(link["codesSent"], 1, "{link}");
    assert_eq!(stage.chain.arrived(&sent.patient.phone).await.len(), 1);
    assert!(
        link.get("unlocks").is_none_or(|unlocks| *unlocks == 0),
        "{link}"
    );
    let sql = "UPDATE challenges SET sent_at = ARRAY(SELECT t - interval '1 hour' FROM unnest(sent_at) t)";
    stage.tamper(sql).await;
    let mut patient = Holder::of(&stage.suite.site, &sent.token);
    let session = patient.unlock(&stage.chain, &sent.patient).await;
    assert_eq!(patient.files(&session).await.unwrap().len(), 1);
}
