//! From the link to the files, in every language, by finger and by key.

use super::stage::{LANGUAGES, Sent, Stage, pdf, sha256};
use super::{driver, list, says, words};
use serde_json::{Value, json};

/// Sends one document to a patient per language.
async fn one_per_language(stage: &Stage, bytes: &[u8]) -> Vec<Sent> {
    let document = stage.document("Treatment plan.pdf", bytes).await;
    let mut sent = Vec::new();
    for (language, _) in LANGUAGES {
        let patient = stage.patient(language).await;
        sent.push(stage.send(patient, &[&document]).await);
    }
    sent
}

fn items(sent: &[Sent]) -> Vec<Value> {
    let spoken = LANGUAGES.iter().enumerate();
    spoken
        .map(|(place, (language, locale))| {
            sent[place].item(place, json!({ "language": language, "locale": locale }))
        })
        .collect()
}

#[tokio::test]
async fn every_language_gets_a_patient_from_the_link_to_the_file() {
    let stage = Stage::set().await;
    let bytes = pdf(120_000);
    let sent = one_per_language(&stage, &bytes).await;
    let patients: Vec<_> = sent.iter().map(|sent| &sent.patient).collect();
    let job = json!({ "items": items(&sent) });
    let found = driver::run(&stage.chain, &patients, "journey", job).await;
    assert_eq!(list(&found).len(), 6);
    for (journey, sent) in list(&found).iter().zip(&sent) {
        let language = words(&journey["language"]);
        assert_eq!(journey["lang"], language);
        assert_eq!(
            journey["file"],
            json!({ "name": "Treatment plan.pdf", "size": 120_000, "sha256": sha256(&bytes) }),
        );
        for (screen, title) in [
            ("choose", "chooseTitle"),
            ("code", "codeTitle"),
            ("files", "filesTitle"),
            ("done", "doneTitle"),
        ] {
            let seen = &journey["screens"][screen];
            let title = says(language, title);
            assert!(words(&seen["text"]).contains(&title), "{language} {screen}");
            // Whoever listens lands on the heading.
            assert_eq!(
                (&seen["focus"], &seen["focused"]),
                (&json!("H1"), &json!(title))
            );
            // On a phone of 320 pixels nothing is cut off at the side.
            assert_eq!(seen["overflow"], 0, "{language} {screen}");
        }
        let refused = &journey["refused"];
        let tries = says(language, "codeTries").replace("{tries}", "4");
        let told = format!("{} {tries}", says(language, "codeWrong"));
        assert_eq!(refused["text"], json!(told));
        assert_eq!(
            (&refused["invalid"], &refused["focus"]),
            (&json!("true"), &json!("INPUT"))
        );
        assert!(words(&refused["describedBy"]).contains("code-alert"));
        assert_eq!(refused["value"], "");
        assert_eq!(journey["saved"], json!(says(language, "saved")));
        assert_eq!(journey["phone"], "tel:+15148731234");
        assert_eq!(journey["logo"], json!([false, 128, 128]));
        keeps_to_itself(journey, &sent.token);
        is_light(journey);
        stage
            .chain
            .wait_for_state(&sent.link, "LINK_STATE_COMPLETED")
            .await;
    }
}

/// No request to anybody else, no breach of the policy, no token where it could be read later.
fn keeps_to_itself(journey: &Value, token: &str) {
    let none = json!([]);
    for fault in ["elsewhere", "policy", "errors"] {
        assert_eq!(journey["faults"][fault], none, "{fault}");
    }
    assert_eq!(journey["violations"], none);
    assert_eq!(journey["referers"], none);
    // The address, the history behind it and every request line: without the token.
    let everything = [&journey["afterLoad"], &journey["urls"], &journey["screens"]];
    for place in everything {
        assert!(!place.to_string().contains(token), "the token shows");
        assert!(!place.to_string().contains('#'), "a fragment shows");
    }
    assert!(words(&journey["afterLoad"][0]).ends_with("/d"));
    // Nothing is left behind when it is done.
    assert_eq!(
        (&journey["cookies"], &journey["kept"]),
        (&json!(0), &json!(0))
    );
}

/// Less than 60 kB for everything but the file, and nothing jumps while it loads.
fn is_light(journey: &Value) {
    let bytes = journey["bytes"].as_f64().unwrap();
    assert!(bytes > 10_000.0 && bytes < 60_000.0, "{bytes} bytes");
    let shift = journey["shift"].as_f64().unwrap();
    // "Good" of Web Vitals for Cumulative Layout Shift.
    assert!(
        shift < 0.1,
        "the layout shifts by {shift}: {}",
        journey["shifted"]
    );
}

#[tokio::test]
async fn the_keyboard_alone_is_enough() {
    let stage = Stage::set().await;
    let sent = stage.sent("en").await;
    let job = json!({ "items": [sent.item(0, json!({}))] });
    let found = driver::run(&stage.chain, &[&sent.patient], "keyboard", job).await;
    assert_eq!(found["name"], "Treatment plan.pdf");
    assert_eq!(found["stayed"], true, "saving a file moves the focus away");
    assert_eq!(found["backTo"], "language");
    let stops = list(&found["stops"]);
    assert!(stops.len() >= 5);
    for stop in stops {
        assert_eq!(stop["ring"], true, "the focus cannot be seen on {stop}");
    }
}

#[tokio::test]
async fn nothing_serious_is_found_by_axe_in_any_state() {
    let stage = Stage::set().await;
    let (light, dark) = (stage.sent("en").await, stage.sent("ru").await);
    let job = json!({ "items": [
        light.item(0, json!({ "scheme": "light" })),
        dark.item(1, json!({ "scheme": "dark" })),
    ]});
    let patients = [&light.patient, &dark.patient];
    let found = driver::run(&stage.chain, &patients, "accessibility", job).await;
    assert_eq!(found["serious"], json!([]));
    let heard = found["heard"].as_object().unwrap();
    assert_eq!(heard.len(), 11, "{:?}", heard.keys());
    // An error about the code is read where the code is typed.
    for state in ["incomplete", "wrong"] {
        assert_eq!(heard[state]["focus"], "INPUT", "{state}");
    }
    let saved = words(&heard["saved"]["status"]);
    assert!(saved.contains(&says("ru", "saved")), "{saved}");
}

#[tokio::test]
async fn a_patient_changes_the_language_and_is_called() {
    let stage = Stage::set().await;
    let sent = stage.sent("fr").await;
    let languages: Vec<_> = LANGUAGES.iter().map(|(language, _)| language).collect();
    let job = json!({ "items": [sent.item(0, json!({}))], "languages": languages });
    let found = driver::run(&stage.chain, &[&sent.patient], "choices", job).await;
    let headings = &found["headings"];
    // Of a stranger only the browser's language is known, of a patient their own.
    assert_eq!(headings["stranger"], json!(["it", says("it", "goneTitle")]));
    assert_eq!(
        headings["patients"],
        json!(["fr", says("fr", "chooseTitle")])
    );
    for language in languages {
        assert_eq!(headings[language], json!(says(language, "chooseTitle")));
    }
    assert_eq!(
        headings["reloaded"],
        json!(["ru", says("ru", "chooseTitle")])
    );
    let bare = &found["withoutScripts"];
    assert_eq!(bare["lang"], "pt");
    assert_eq!(bare["heading"], json!(says("pt", "noScriptTitle")));
    assert_eq!(bare["title"], json!(says("pt", "pageTitle")));
    assert_eq!(bare["waiting"], false, "it waits for nothing");
    assert_eq!(found["note"], json!(says("ru", "callNote")));
    let hint = &sent.patient.phone[sent.patient.phone.len() - 2..];
    assert_eq!(
        found["calling"],
        json!(says("ru", "codeSentCall").replace("{hint}", hint))
    );
    assert_eq!(
        (&found["kept"], &found["size"]),
        (&json!(true), &json!(40_000))
    );
    let arrived = stage.chain.arrived(&sent.patient.phone).await;
    assert_eq!(arrived.len(), 1);
    assert_eq!(arrived[0]["channel"], "CHANNEL_VOICE");
}

#[tokio::test]
async fn the_text_message_fills_the_code_in() {
    let stage = Stage::set().await;
    let sent = stage.sent("en").await;
    let job = json!({ "items": [sent.item(0, json!({}))] });
    let found = driver::run(&stage.chain, &[&sent.patient], "webotp", job).await;
    let expected = json!({ "otp": { "transport": ["sms"] }, "hasSignal": true });
    assert_eq!(found["asked"], expected);
    stage
        .chain
        .wait_for_state(&sent.link, "LINK_STATE_UNLOCKED")
        .await;
}
