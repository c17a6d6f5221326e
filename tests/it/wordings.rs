//! What clinics say, asked for by a program that is not ours.

use crate::foreign::python;
use crate::layering::root;
use crate::suite::settings::Scratch;
use crate::suite::{Chain, Suite};
use serde_json::Value;
use tokio::process::Command;

#[tokio::test]
async fn a_python_program_previews_a_reminder_for_four_patients() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let scratch = Scratch::new();
    let output = Command::new(python().await)
        .arg(root().join("tests/python/wordings.py"))
        .arg(root().join("proto"))
        .arg(scratch.path())
        .args([suite.site.base(), &chain.client_id, &chain.client_secret])
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "wordings.py: {complaint}");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let said = |who: &str| told[who].as_str().unwrap();
    for (who, beginning, within) in [
        (
            "older",
            "Bonjour Monsieur Côté, ",
            "le mardi 2 mars à 14 h 30",
        ),
        ("patronymic", "Иван Петрович, ", "2 марта в 14:30"),
        ("nineteen", "Hi Anne, ", "Tuesday, March 2 at 2:30 PM"),
        ("child", "Buongiorno Sig. Bianchi, ", "Giulia"),
        ("nameless", "Bonjour, ", "le mardi 2 mars à 14 h 30"),
    ] {
        assert!(said(who).starts_with(beginning), "{}", said(who));
        assert!(said(who).contains(within), "{}", said(who));
    }
    assert_eq!(told["hinted"], true);
}
