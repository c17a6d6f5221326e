//! What is never told: a link, a code, a secret anywhere at rest; a patient anywhere but where patients
//! are kept.

use crate::suite::chain::{Reachable, fresh_number};
use crate::suite::patient::{Holder, wrong};
use crate::suite::settings::Settings;
use crate::suite::sql::Sql;
use crate::suite::{Chain, Child, Collector};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bitewing_auth::Service;
use reqwest::Method;
use serde_json::{Value, json};

/// Something that must not be found, and what it is.
struct Canary {
    what: &'static str,
    forms: Vec<String>,
}

impl Canary {
    /// A text, also as Postgres shows it in a `bytea` and as base64.
    fn new(what: &'static str, text: &str) -> Self {
        let forms = vec![
            text.to_owned(),
            hex::encode(text),
            STANDARD.encode(text).trim_end_matches('=').to_owned(),
        ];
        Self { what, forms }
    }

    /// A token is base64 of bytes, which must not be found either.
    fn token(what: &'static str, text: &str) -> Self {
        let mut canary = Self::new(what, text);
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .unwrap_or_else(|_| text.as_bytes().to_vec());
        canary.forms.push(hex::encode(bytes));
        canary
    }

    /// Where in a text it is, with what stands around it.
    fn find(&self, text: &str) -> Option<String> {
        self.forms.iter().find_map(|form| {
            let (at, _) = text
                .match_indices(form.as_str())
                .find(|(at, _)| stands_alone(text, *at, form.len()))?;
            let around = &text[text.floor_char_boundary(at.saturating_sub(120))
                ..text.floor_char_boundary(at + 40)];
            Some(format!("{} in {around}", self.what))
        })
    }
}

/// Six digits are part of many numbers; a code is found where they stand alone.
fn stands_alone(text: &str, at: usize, length: usize) -> bool {
    let part = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    let before = text[..at].chars().next_back();
    let after = text[at + length..].chars().next();
    length > 6
        || !(before.is_some_and(|letter| part(&letter))
            || after.is_some_and(|letter| part(&letter)))
}

/// Everything the canaries were carried through.
struct Flown {
    secrets: Vec<Canary>,
    people: Vec<Canary>,
    errors: Vec<String>,
    events: String,
}

async fn fly(child: &Child) -> Flown {
    let chain = Chain::found(&child.site).await;
    let clinic = chain.clinic().await;
    let number = fresh_number();
    let (email, phone) = (
        format!("zephyrine.quenouille.{number}@example.org"),
        "+15143217654",
    );
    let (given, family) = ("Zephyrine", "Quenouille");
    let patient = chain
        .patient_named(given, family, &email, phone, &clinic)
        .await;
    let document = chain
        .document(&clinic, b"Confidential: four implants")
        .await;
    let link = chain.link(&patient, &document).await;
    let token = chain.token_in_mail(&patient, 0).await;
    let mut holder = Holder::of(&child.site, &token);
    let challenge = holder.send_code().await.unwrap().challenge_token;
    let code = chain.code_on_phone(&patient, 0).await;
    holder
        .verify(&challenge, &wrong(&code, 0))
        .await
        .err()
        .unwrap();
    let session = holder
        .verify(&challenge, &code)
        .await
        .unwrap()
        .session_token;
    let (status, _) = holder.download(&session, &document, None).await;
    assert_eq!(status, 200);
    chain.wait_for_event("link.completed", &link).await;
    let errors = errors(&chain, &holder, &patient, &challenge).await;
    let events = serde_json::to_string(&chain.events().await).unwrap();
    Flown {
        secrets: vec![
            Canary::token("the link's token", &token),
            Canary::token("the session's token", &session),
            Canary::token("the challenge's token", &challenge),
            Canary::new("the code", &code),
            Canary::token("the client's secret", &chain.client_secret),
            Canary::new("an access token", chain.json.token()),
            Canary::new("the document", "four implants"),
        ],
        people: vec![
            Canary::new("the e-mail address", &email),
            Canary::new("the phone", phone),
            Canary::new("the phone as written here", "514-321-7654"),
            Canary::new("the given name", given),
            Canary::new("the family name", family),
        ],
        errors,
        events,
    }
}

/// Calls that are refused although, or because, they hold what must not be repeated.
async fn errors(
    chain: &Chain,
    holder: &Holder,
    patient: &Reachable,
    challenge: &str,
) -> Vec<String> {
    let anonymous = chain.site.anonymous();
    let token = &holder.token;
    let bad = json!({ "patient": {
        "clinicId": patient.email, "givenName": "Zephyrine\u{202e}Quenouille", "language": patient.email,
        "contactPoints": [{ "kind": patient.email, "value": format!("{}x", patient.phone) }],
    }});
    let taken = json!({ "organization": chain.slug, "email": patient.email, "password": chain.client_secret });
    let calls: [(Method, String, Value); 7] = [
        (Method::POST, "/v1/patients".to_owned(), bad),
        (Method::POST, "/v1/sessions:signIn".to_owned(), taken),
        (
            Method::GET,
            format!("/v1/patients/{}", patient.email),
            Value::Null,
        ),
        (Method::GET, format!("/v1/links/{token}"), Value::Null),
        (
            Method::GET,
            format!("/v1/patients?externalId={}", patient.email),
            Value::Null,
        ),
        (
            Method::POST,
            "/v1/recipient:verifyCode".to_owned(),
            json!({ "token": token, "code": token, "challengeToken": challenge }),
        ),
        (
            Method::POST,
            "/d/api/open".to_owned(),
            json!({ "token": format!("{token}x") }),
        ),
    ];
    let mut errors = Vec::new();
    for (method, path, body) in calls {
        let client = if path.starts_with("/v1/p") || path.starts_with("/v1/l") {
            &chain.json
        } else {
            &anonymous
        };
        let answer = client.attempt(method, &path, body).await;
        assert!(
            (400..500).contains(&answer.status),
            "{path}: {} {}",
            answer.status,
            answer.text
        );
        errors.push(answer.text);
    }
    let wrong_secret = anonymous
        .request(Method::POST, "/oauth2/token")
        .basic_auth(&chain.client_id, Some(format!("{}x", chain.client_secret)))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials");
    errors.push(anonymous.send(wrong_secret).await.text);
    errors
}

/// Every table of every database as text.
async fn dumps(settings: &Settings) -> Vec<(Service, String)> {
    let mut dumps = Vec::new();
    for service in Service::ALL {
        let mut admin = Sql::connect(&settings.databases.of(service).admin()).await;
        let mut dump = String::new();
        for table in admin.tables().await {
            dump.extend(["\n-- ", &table.name, "\n", &admin.dump(&table).await]);
        }
        admin.close().await;
        assert!(dump.len() > 1_000, "{service} holds nothing");
        dumps.push((service, dump));
    }
    dumps
}

async fn metrics(child: &Child) -> String {
    let mut metrics = String::new();
    for service in Service::ALL {
        let answer = reqwest::get(format!("http://{}/metrics", child.address(service)))
            .await
            .unwrap();
        metrics.push_str(&answer.text().await.unwrap());
    }
    assert!(
        metrics.contains("rpc_server_call_duration"),
        "nothing was measured"
    );
    metrics
}

#[tokio::test]
async fn secrets_and_people_are_found_nowhere_they_must_not_be() {
    let collector = Collector::start().await;
    let settings = Settings::fresh()
        .await
        .with("BITEWING_LOG", "debug,bitewing=trace")
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint())
        .with("OTEL_BSP_SCHEDULE_DELAY", "200");
    let child = Child::start(&settings).await;
    let flown = fly(&child).await;
    let metrics = metrics(&child).await;
    let dumps = dumps(&settings).await;
    let log = child.stop().await;
    let spans: String = collector
        .spans()
        .into_iter()
        .map(|span| span.text)
        .collect();
    assert!(
        log.len() > 100 && spans.len() > 10_000,
        "{} lines, {} of spans",
        log.len(),
        spans.len()
    );

    let (log, errors) = (log.join("\n"), flown.errors.join("\n"));
    let told = [
        ("the log", &log),
        ("the spans", &spans),
        ("the metrics", &metrics),
        ("the events", &flown.events),
        ("the errors", &errors),
    ];
    let mut found = Vec::new();
    for (place, text) in told {
        let canaries = flown.secrets.iter().chain(&flown.people);
        found
            .extend(canaries.filter_map(|canary| Some(format!("{place}: {}", canary.find(text)?))));
    }
    for (service, dump) in &dumps {
        // Patients are kept by patient-profile, in clear to whoever may see them.
        let people = flown
            .people
            .iter()
            .filter(|_| *service != Service::PatientProfile);
        let canaries = flown.secrets.iter().chain(people);
        found.extend(canaries.filter_map(|canary| {
            Some(format!("the database of {service}: {}", canary.find(dump)?))
        }));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    // The search itself finds what is there.
    let (_, patients) = dumps
        .iter()
        .find(|(service, _)| *service == Service::PatientProfile)
        .unwrap();
    assert!(flown.people[0].find(patients).is_some() && flown.people[4].find(patients).is_some());
}
