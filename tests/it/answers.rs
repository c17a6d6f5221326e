//! What to answer to what a patient wrote, asked for by a program that is not ours.

use crate::foreign::python;
use crate::layering::root;
use crate::suite::settings::Scratch;
use crate::suite::{Chain, Suite};
use serde_json::Value;
use tokio::process::Command;

#[tokio::test]
async fn a_python_program_finds_an_answer_in_russian_with_its_price() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let scratch = Scratch::new();
    let output = Command::new(python().await)
        .arg(root().join("tests/python/scenarios.py"))
        .arg(root().join("proto"))
        .arg(scratch.path())
        .args([suite.site.base(), &chain.client_id, &chain.client_secret])
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "scenarios.py: {complaint}");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let said = |what: &str| told[what].as_str().unwrap().replace('\u{a0}', " ");
    assert_eq!(said("reason_without_price"), "PRICE_NOT_FOUND");
    assert_eq!(
        (said("intent").as_str(), said("service").as_str()),
        ("price", "implant")
    );
    for answer in ["first", "second"] {
        let answer = said(answer);
        assert!(answer.contains("от 60 000 ₽ до 90 000 ₽"), "{answer}");
        assert!(answer.contains("Всё зависит от кости."), "{answer}");
    }
    assert!(said("first").starts_with("Иван Петрович, имплантация идёт"));
    assert_ne!(said("first"), said("second"));
    assert_eq!(told["single_price_refused"], true);
}
