//! The preference centre: what a patient decides there, and what ConsentService answers then.

use super::stage::{LANGUAGES, Stage};
use super::{driver, list, words};
use crate::layering::root;
use crate::suite::eventually;
use crate::suite::grpc::fresh_address;
use crate::suite::json::text;
use bitewing_auth::Service;
use reqwest::Method;
use serde_json::{Value, json};

/// A patient and the two ways into the preference centre.
pub(crate) struct Invited {
    patient: String,
    pub(crate) token: String,
    click: String,
}

impl Invited {
    /// Makes a patient and their links, once the service knows of the clinic.
    pub(crate) async fn to(stage: &Stage, language: &str) -> Self {
        let patient = stage.patient(language).await.id;
        let invited = Self::again(stage, &patient).await;
        eventually("the clinic's name on the page", async || {
            let json = &stage.chain.json;
            let open = json
                .request(Method::POST, "/preferences/api/open")
                .header("sec-fetch-site", "same-origin")
                .json(&json!({ "token": invited.token }));
            let answer = json.send(open).await;
            (answer.body["clinic_name"] == "Clinique du Plateau").then_some(())
        })
        .await;
        invited
    }

    /// New links of a patient.
    async fn again(stage: &Stage, patient: &str) -> Self {
        let path = format!("/v1/patients/{patient}/preferenceLinks");
        let links = stage.chain.json.post(&path, json!({})).await;
        let (page, token) = words(&links["url"]).split_once('#').unwrap();
        assert!(page.ends_with("/preferences"), "{page}");
        let click = text(&links, "oneClickUrl");
        let at = click.find("/preferences/unsubscribe/").unwrap();
        Self {
            patient: patient.to_owned(),
            token: token.to_owned(),
            click: click[at..].to_owned(),
        }
    }

    /// As a scenario is told of it.
    pub(crate) fn item(&self, more: Value) -> Value {
        let mut item =
            json!({ "token": self.token, "click": self.click, "address": fresh_address() });
        if let (Some(item), Value::Object(more)) = (item.as_object_mut(), more) {
            item.extend(more);
        }
        item
    }

    /// Whether a message may be sent, as ConsentService decides.
    async fn allowed(&self, stage: &Stage, purpose: &str, channel: &str) -> bool {
        let question = json!({
            "patientId": self.patient, "purpose": format!("CONTACT_PURPOSE_{purpose}"),
            "channel": format!("CONTACT_CHANNEL_{channel}"),
        });
        let answer = stage.chain.json.post("/v1/consents:check", question).await;
        answer["allowed"] == true
    }
}

/// A sentence of the preference centre in a language.
fn says(language: &str, key: &str) -> String {
    let path = "services/patient-profile/src/pages/assets/strings.js";
    let tables = std::fs::read_to_string(root().join(path)).unwrap();
    let table = tables
        .split(&format!("\nconst {language} = {{\n"))
        .nth(1)
        .unwrap();
    let rest = table.split(&format!("\n  {key}: \"")).nth(1);
    rest.unwrap().split("\",\n").next().unwrap().to_owned()
}

#[tokio::test]
async fn a_patient_chooses_in_every_language_and_consent_follows() {
    let stage = Stage::set().await;
    let (mut invited, mut items) = (Vec::new(), Vec::new());
    for (language, locale) in LANGUAGES {
        let one = Invited::to(&stage, language).await;
        assert!(one.allowed(&stage, "CARE", "SMS").await);
        assert!(one.allowed(&stage, "RECALL", "EMAIL").await);
        assert!(!one.allowed(&stage, "MARKETING", "EMAIL").await);
        items.push(one.item(json!({ "language": language, "locale": locale })));
        invited.push(one);
    }
    let languages: Vec<_> = LANGUAGES.iter().map(|(language, _)| language).collect();
    let job = json!({ "items": items, "languages": languages });
    let found = driver::run(&stage.chain, &[], "preferences", job).await;
    assert_eq!(list(&found).len(), 6);
    for (visit, patient) in list(&found).iter().zip(&invited) {
        let language = words(&visit["language"]);
        assert_eq!(visit["lang"], language);
        let at = &visit["at"];
        assert_eq!(at["clinic"], "Clinique du Plateau");
        assert_eq!(
            (&at["phone"], &at["number"]),
            (&json!("tel:+15148731234"), &json!("+1 514 873 1234"))
        );
        let title = format!("{} · Clinique du Plateau", says(language, "title"));
        assert_eq!(at["title"], json!(title));
        for (screen, key) in [
            ("choose", "title"),
            ("saved", "savedTitle"),
            ("reopen", "reopenTitle"),
        ] {
            let seen = &visit["screens"][screen];
            let title = says(language, key);
            assert!(words(&seen["text"]).contains(&title), "{language} {screen}");
            assert_eq!(
                (&seen["focus"], &seen["overflow"]),
                (&json!("H1"), &json!(0)),
                "{language} {screen}"
            );
        }
        for (language, _) in LANGUAGES {
            assert_eq!(visit["headings"][language], json!(says(language, "title")));
        }
        // A mobile phone takes what messengers send as well; offers and surveys wait for a yes.
        let before = json!({
            "SMS": true, "EMAIL": true, "CALL": true, "WHATSAPP": true, "VIBER": true, "CARE": true,
            "RECALL": true, "BILLING": true, "SURVEY": false, "MARKETING": false, "first": "",
        });
        let mut after = before.clone();
        for (name, value) in [
            ("SMS", json!(false)),
            ("RECALL", json!(false)),
            ("MARKETING", json!(true)),
            ("first", json!("EMAIL")),
        ] {
            after[name] = value;
        }
        assert_eq!(visit["before"], before, "{language}");
        for moment in ["kept", "again", "back"] {
            assert_eq!(visit[moment], after, "{language} {moment}");
        }
        keeps_to_itself(visit, &patient.token);
        assert!(!patient.allowed(&stage, "CARE", "SMS").await);
        assert!(patient.allowed(&stage, "CARE", "EMAIL").await);
        assert!(patient.allowed(&stage, "MARKETING", "EMAIL").await);
        assert!(!patient.allowed(&stage, "RECALL", "EMAIL").await);
    }
}

/// No request to anybody else, nothing left behind, little sent and nothing that jumps.
fn keeps_to_itself(visit: &Value, token: &str) {
    let none = json!([]);
    for fault in ["elsewhere", "policy", "errors"] {
        assert_eq!(visit["faults"][fault], none, "{fault}");
    }
    assert_eq!(visit["violations"], none);
    assert_eq!(visit["referers"], none);
    for place in ["afterLoad", "afterReturn", "urls", "screens"] {
        let place = visit[place].to_string();
        assert!(!place.contains(token) && !place.contains('#'), "it shows");
    }
    assert!(words(&visit["afterLoad"][0]).ends_with("/preferences"));
    assert_eq!(
        (&visit["cookies"], &visit["stored"]),
        (&json!(0), &json!(0))
    );
    let bytes = visit["bytes"].as_f64().unwrap();
    assert!(bytes > 10_000.0 && bytes < 60_000.0, "{bytes} bytes");
    // "Good" of Web Vitals for Cumulative Layout Shift.
    let shift = &visit["shift"];
    assert!(shift[0].as_f64().unwrap() < 0.1, "{shift}");
}

#[tokio::test]
async fn the_keyboard_alone_is_enough_to_choose() {
    let stage = Stage::set().await;
    let patient = Invited::to(&stage, "en").await;
    let job = json!({ "items": [patient.item(json!({}))] });
    let found = driver::run(&stage.chain, &[], "preferences-keyboard", job).await;
    let saved = &found["saved"];
    assert_eq!(
        (&saved["SMS"], &saved["MARKETING"], &saved["CARE"]),
        (&json!(false), &json!(true), &json!(true))
    );
    // The last of the list, whichever it is.
    assert_ne!(saved["first"], "");
    let stopped = found["stopped"].as_object().unwrap();
    assert!(stopped.values().all(|value| *value != json!(true)));
    assert!(!patient.allowed(&stage, "CARE", "EMAIL").await);
    for stop in list(&found["stops"]) {
        assert_eq!(stop["ring"], true, "the focus cannot be seen on {stop}");
    }
}

#[tokio::test]
async fn nothing_serious_is_found_by_axe_in_any_state_of_the_preference_centre() {
    let stage = Stage::set().await;
    let (light, dark) = (
        Invited::to(&stage, "en").await,
        Invited::to(&stage, "ru").await,
    );
    let job = json!({ "items": [
        light.item(json!({ "scheme": "light" })),
        dark.item(json!({ "scheme": "dark" })),
    ]});
    let found = driver::run(&stage.chain, &[], "preferences-accessibility", job).await;
    assert_eq!(found["serious"], json!([]));
    let heard = found["heard"].as_object().unwrap();
    assert_eq!(heard.len(), 9, "{:?}", heard.keys());
    for screen in [
        "offline", "loading", "choose", "saved", "reopen", "gone", "click",
    ] {
        assert_eq!(heard[screen]["focus"], "H1", "{screen}");
    }
    assert_eq!(heard["trouble"]["alert"], json!([says("ru", "trouble")]));
}

#[tokio::test]
async fn dead_links_to_the_preference_centre_see_one_page() {
    let stage = Stage::set().await;
    let expired = Invited::to(&stage, "en").await;
    let past = "UPDATE preference_links SET expires_at = created_at - interval '1 second'";
    stage.tamper_in(Service::PatientProfile, past).await;
    let deleted = Invited::to(&stage, "fr").await;
    let path = format!("/v1/patients/{}", deleted.patient);
    let json = &stage.chain.json;
    let answer = json.send(json.request(Method::DELETE, &path)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let living = Invited::to(&stage, "en").await;
    let other = living.click.rsplit('/').next().unwrap();
    let stranger = format!("{}AAAA", &living.token[..living.token.len() - 4]);
    let job = json!({ "items": [
        expired.item(json!({ "why": "expired" })),
        deleted.item(json!({ "why": "deleted" })),
        living.item(json!({ "why": "unknown", "token": stranger })),
        living.item(json!({ "why": "no token", "token": "nonsense" })),
        living.item(json!({ "why": "of one click", "token": other })),
    ]});
    let found = driver::run(&stage.chain, &[], "preferences-dead", job).await;
    let first = &list(&found)[0]["shown"];
    assert_eq!(first["status"], 404);
    assert!(words(&first["body"]).contains(&says("en", "goneTitle")));
    assert_eq!(
        (&first["url"], &first["stored"]),
        (&json!("/preferences"), &json!(0))
    );
    for dead in list(&found) {
        assert_eq!(dead["shown"], *first, "{}", dead["why"]);
    }
}

#[tokio::test]
async fn the_link_of_a_mail_program_asks_before_it_ends_e_mail() {
    let stage = Stage::set().await;
    let patient = Invited::to(&stage, "pt").await;
    let job = json!({ "items": [patient.item(json!({ "locale": "pt-BR" }))] });
    let found = driver::run(&stage.chain, &[], "unsubscribe", job).await;
    assert!(words(&found["question"]).contains(&says("pt", "clickTitle")));
    assert!(words(&found["thanks"]).contains(&says("pt", "savedTitle")));
    assert_eq!(
        (&found["again"], &found["wide"]),
        (&json!(false), &json!(0))
    );
    // The address bar and the history forget the token; no page is told where one came from.
    assert!(words(&found["afterLoad"][0]).ends_with("/preferences"));
    assert_eq!(found["referers"], json!([]));
    for fault in ["elsewhere", "policy", "errors"] {
        assert_eq!(found["faults"][fault], json!([]), "{fault}");
    }
    assert!(!patient.allowed(&stage, "CARE", "EMAIL").await);
    assert!(patient.allowed(&stage, "CARE", "SMS").await);
}
