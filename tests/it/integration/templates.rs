//! `bitewing templates`: what a patient would read.

use super::shell::Shell;
use crate::suite::{Chain, Suite};

#[tokio::test]
async fn a_patient_sees_the_reminder_as_the_guide_says() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let clinic = chain.clinic().await;
    let patient = chain.patient(&clinic).await;
    let shell = Shell::of(&chain);
    let preview = [
        "templates",
        "preview",
        "reminder",
        "--patient",
        &patient.id,
        "--channel",
        "sms",
        "--value",
        "appointment.time=16:45",
        "--json",
    ];
    let ran = shell.run(&preview).await.exits(0);
    let rendering = ran.line("rendering")["rendering"].clone();
    assert_eq!(
        ran.lines().len(),
        1,
        "one locale, one register, one channel"
    );
    assert_eq!(rendering["channel"], "WORDING_CHANNEL_SMS");
    let path = format!(
        "/v1/patients/{}/communicationGuide?purpose=CONTACT_PURPOSE_CARE",
        patient.id
    );
    let style = chain.json.get(&path).await["style"].clone();
    let salutation = style["salutation"].as_str().unwrap();
    let text = rendering["text"].as_str().unwrap();
    assert!(
        !salutation.is_empty() && text.contains(salutation),
        "{text}"
    );
    let plain = shell.run(&preview[..preview.len() - 1]).await.exits(0);
    assert!(
        plain.out.contains("segment") && plain.out.contains(text),
        "{plain:?}"
    );
}

#[tokio::test]
async fn a_flaw_in_a_draft_is_named_with_its_place() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let shell = Shell::of(&chain);
    let draft = shell.file(
        "draft.txt",
        b"Hello,\n{{ operator.nmae }} of {{ clinic.name }}\n",
    );
    let ran = shell
        .run(&[
            "templates",
            "preview",
            "introduction",
            "--locale",
            "en",
            "--register",
            "formal",
            "--channel",
            "sms",
            "--draft",
            &draft.display().to_string(),
        ])
        .await
        .exits(1);
    assert!(ran.err.contains("line 2, column 1"), "{ran:?}");
    assert!(ran.err.contains("did you mean operator.name?"), "{ran:?}");
}
