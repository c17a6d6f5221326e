use crate::harness::{Harness, until};
use bitewing_proto::patient as pb;
use bitewing_proto::patient::consent_service_client::ConsentServiceClient;
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// A patient and the two links to the preference centre.
struct Reader<'a> {
    h: &'a Harness,
    patient: String,
    token: String,
    click: String,
}

impl<'a> Reader<'a> {
    async fn of(h: &'a Harness, patient: pb::Patient) -> Self {
        let patient = h.create(patient).await.unwrap().patient_id;
        let request = pb::CreatePreferenceLinkRequest {
            patient_id: patient.clone(),
            request_id: String::new(),
        };
        let mut client = ConsentServiceClient::new(h.channel.clone());
        let links = client
            .create_preference_link(h.request(request))
            .await
            .unwrap()
            .into_inner();
        let (page, token) = links.url.split_once('#').unwrap();
        assert_eq!(page, "http://127.0.0.1:7000/preferences");
        let click = links
            .one_click_url
            .strip_prefix("http://127.0.0.1:7000")
            .unwrap();
        Self {
            h,
            patient,
            token: token.to_owned(),
            click: click.to_owned(),
        }
    }

    async fn ask(&self, path: &str, mut body: Value) -> (u16, Value) {
        body["token"] = json!(self.token);
        let answer = self
            .h
            .http(Method::POST, &format!("/preferences/api/{path}"))
            .header("sec-fetch-site", "same-origin")
            .json(&body)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn allowed(&self, purpose: pb::ContactPurpose, channel: pb::ContactChannel) -> bool {
        let request = pb::CheckConsentRequest {
            patient_id: self.patient.clone(),
            purpose: purpose.into(),
            channel: channel.into(),
            ..Default::default()
        };
        let mut client = ConsentServiceClient::new(self.h.channel.clone());
        client
            .check_consent(self.h.request(request))
            .await
            .unwrap()
            .into_inner()
            .allowed
    }
}

fn on(state: &Value, list: &str, key: &str, name: &str) -> bool {
    let entries = state[list].as_array().unwrap();
    let entry = entries.iter().find(|entry| entry[key] == name);
    entry.unwrap_or_else(|| panic!("no {name}"))["on"]
        .as_bool()
        .unwrap()
}

use pb::ContactChannel::{Email, Sms};
use pb::ContactPurpose::{Care, Marketing};

#[tokio::test]
async fn a_patient_sets_channels_and_purposes() {
    let h = Harness::start().await;
    h.tell_clinic(h.clinic, "fr", "+15145550100");
    let reader = Reader::of(&h, h.anne()).await;
    let state = until(async || {
        let (status, state) = reader.ask("open", json!({})).await;
        assert_eq!(status, 200);
        (state["clinic_name"] == "Clinique du Parc").then_some(state)
    })
    .await;
    assert_eq!(
        (&state["clinic_phone"], &state["language"]),
        (&json!("+15145550100"), &json!("fr"))
    );
    assert!(on(&state, "channels", "channel", "SMS") && on(&state, "purposes", "purpose", "CARE"));
    assert!(!on(&state, "purposes", "purpose", "MARKETING"));

    let choice = json!({
        "language": "fr", "channels": { "SMS": false, "EMAIL": true },
        "purposes": { "MARKETING": true }, "preferred": "EMAIL",
    });
    let (status, state) = reader.ask("save", choice.clone()).await;
    assert_eq!(status, 200);
    assert!(!on(&state, "channels", "channel", "SMS"));
    assert_eq!(state["preferred"], "EMAIL");
    assert!(!reader.allowed(Care, Sms).await && !reader.allowed(Marketing, Sms).await);
    assert!(reader.allowed(Care, Email).await && reader.allowed(Marketing, Email).await);
    let patient = h.get(&h.caller, &reader.patient).await.unwrap();
    assert_eq!(patient.preferred_channels, [i32::from(Email)]);

    // Saving the same again says nothing new.
    let request = pb::ListConsentsRequest {
        patient_id: reader.patient.clone(),
        ..Default::default()
    };
    let mut client = ConsentServiceClient::new(h.channel.clone());
    let before = client
        .list_consents(h.request(request.clone()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(before.consents.len(), 2);
    assert_eq!(before.consents[0].wording_version, "preferences-1/fr");
    assert_eq!(
        before.consents[0].recorded_by,
        format!("recipient/{}", reader.patient)
    );
    reader.ask("save", choice).await;
    let after = client
        .list_consents(h.request(request))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(after.consents.len(), 2);

    h.test.clock.advance(time::Duration::seconds(1));
    let back = json!({ "language": "fr", "channels": { "SMS": true } });
    reader.ask("save", back).await;
    assert!(reader.allowed(Care, Sms).await && reader.allowed(Marketing, Sms).await);
}

#[tokio::test]
async fn a_number_that_was_stopped_is_opened_by_its_holder() {
    let h = Harness::start().await;
    let reader = Reader::of(&h, h.anne()).await;
    let stop = pb::RevokeConsentRequest {
        address: "+15148731234".to_owned(),
        source: pb::ConsentSource::Reply.into(),
        ..Default::default()
    };
    let mut client = ConsentServiceClient::new(h.channel.clone());
    client.revoke_consent(h.request(stop)).await.unwrap();
    let (_, state) = reader.ask("open", json!({})).await;
    assert!(!on(&state, "channels", "channel", "SMS"));
    h.test.clock.advance(time::Duration::seconds(1));
    let (_, state) = reader
        .ask(
            "save",
            json!({ "language": "en", "channels": { "SMS": true } }),
        )
        .await;
    assert!(on(&state, "channels", "channel", "SMS"));
    assert!(reader.allowed(Care, Sms).await);
}

#[tokio::test]
async fn one_click_ends_e_mail_and_a_scanner_that_looks_does_not() {
    let h = Harness::start().await;
    let reader = Reader::of(&h, h.anne()).await;
    let looked = h.http(Method::GET, &reader.click).send().await.unwrap();
    assert_eq!(looked.status(), 200);
    assert!(reader.allowed(Care, Email).await);
    let post = async |body: &'static str| {
        let request = h.http(Method::POST, &reader.click);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body(body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(post("hello").await, 400);
    assert!(reader.allowed(Care, Email).await);
    assert_eq!(post("List-Unsubscribe=One-Click").await, 200);
    assert!(!reader.allowed(Care, Email).await);
    assert!(reader.allowed(Care, Sms).await);
    // Neither link does the other's work.
    let wrong = format!("/preferences/unsubscribe/{}", reader.token);
    let wrong = h
        .http(Method::POST, &wrong)
        .body("List-Unsubscribe=One-Click")
        .send()
        .await
        .unwrap();
    assert_eq!(wrong.status(), 404);
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers()[name].to_str().unwrap()
}

#[tokio::test]
async fn the_preference_page_keeps_to_itself() {
    let h = Harness::start().await;
    let names = [
        "",
        "/assets/preferences.js",
        "/assets/strings.js",
        "/assets/preferences.css",
        "/assets/icon.svg",
    ];
    for name in names {
        let answer = h
            .http(Method::GET, &format!("/preferences{name}"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{name}");
        assert!(
            header(&answer, "content-security-policy")
                .starts_with("default-src 'none'; script-src 'self'")
        );
        assert_eq!(header(&answer, "referrer-policy"), "no-referrer");
        assert_eq!(header(&answer, "cache-control"), "no-store");
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert_eq!(header(&answer, "x-frame-options"), "DENY");
        assert!(!answer.headers().contains_key("set-cookie"));
    }
    let missing = h
        .http(Method::GET, "/preferences/assets/mod.rs")
        .send()
        .await
        .unwrap();
    assert_eq!(missing.status(), 404);
}

#[tokio::test]
async fn strangers_other_sites_and_nonsense_get_nothing() {
    let h = Harness::start().await;
    let reader = Reader::of(&h, h.anne()).await;
    let elsewhere = h
        .http(Method::POST, "/preferences/api/open")
        .header("sec-fetch-site", "cross-site")
        .json(&json!({ "token": reader.token }))
        .send()
        .await
        .unwrap();
    assert_eq!(elsewhere.status(), 403);
    let mut bodies = Vec::new();
    let unknown = bitewing_core::CapabilityToken::mint(
        h.caller.organization(),
        &bitewing_core::SystemEntropy,
    );
    for token in ["", "x", unknown.reveal().expose().as_str()] {
        let stranger = Reader {
            h: &h,
            patient: String::new(),
            token: token.to_owned(),
            click: String::new(),
        };
        let (status, mut body) = stranger.ask("open", json!({})).await;
        assert_eq!(
            (status, &body["reason"]),
            (404, &json!("PREFERENCE_LINK_NOT_FOUND"))
        );
        // The request's own identifier is all that differs.
        body["instance"] = Value::Null;
        bodies.push(body.to_string());
    }
    assert!(
        bodies.windows(2).all(|pair| pair[0] == pair[1]),
        "{bodies:?}"
    );
    for body in [
        json!({ "language": "xx" }),
        json!({ "language": "fr", "channels": { "VIBER": true } }),
        json!({ "language": "fr", "purposes": { "ALL": true } }),
        json!({ "language": "fr", "preferred": "LETTER" }),
        json!({ "language": "fr", "channels": "a".repeat(5_000) }),
    ] {
        assert_eq!(reader.ask("save", body).await.0, 400);
    }
    h.client()
        .delete_patient(h.request(pb::DeletePatientRequest {
            patient_id: reader.patient.clone(),
            etag: String::new(),
        }))
        .await
        .unwrap();
    assert_eq!(reader.ask("open", json!({})).await.0, 404);
}
