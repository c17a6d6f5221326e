//! The guard across services: a policy written in one, obeyed in another; an editor that is not ours; the page.

use crate::browser::driver;
use crate::foreign::python;
use crate::layering::root;
use crate::suite::chain::fresh_number;
use crate::suite::grpc::fresh_address;
use crate::suite::json::text;
use crate::suite::settings::Scratch;
use crate::suite::{Chain, Suite, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use std::process::Stdio;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

const DOSE: &str =
    "Hello Ana, this is Rita from Clinique du Plateau. Please take 400 mg ibuprofen twice a day.";

fn written(clinic: &str, text: &str) -> Value {
    json!({
        "clinicId": clinic, "channel": "CHANNEL_SMS", "address": "+15148731234", "text": text,
        "context": { "patientFirstName": "Ana", "operatorName": "Rita", "language": "en" },
    })
}

#[tokio::test]
async fn a_policy_written_once_is_obeyed_where_messages_leave() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let clinic = chain.clinic().await;
    let hello = "Hello Ana, this is Rita from Clinique du Plateau. The whitening is for free!";
    let policy = |action: &str| {
        let toml = format!(
            "schema = 1\nversion = \"1\"\n[[phrase]]\nid = \"free\"\nwords = [\"for free\"]\naction = \"{action}\"\n"
        );
        json!({ "policy": { "clinicId": clinic, "toml": toml } })
    };
    let path = "/v1/guardPolicy";
    chain.json.call(Method::PATCH, path, policy("block")).await;
    let refused = eventually("the policy where messages leave", async || {
        let send = written(&clinic, hello);
        let answer = chain.json.attempt(Method::POST, "/v1/messages", send).await;
        (answer.status == 400).then_some(answer)
    })
    .await;
    assert_eq!(refused.reason(), "GUARD_BLOCKED");
    assert_eq!(refused.body["violations"][0]["field"], "text");
    let told = text(&refused.body["violations"][0], "description");
    assert!(told.starts_with("phrase.free (UTF-16 units "), "{told}");
    // A fault is named with its place through the gateway, too.
    let flawed =
        json!({ "policy": { "clinicId": clinic, "toml": "schema = 1\nversion = \"1\"\n[rul]\n" } });
    let flawed = chain.json.attempt(Method::PATCH, path, flawed).await;
    assert_eq!(flawed.reason(), "GUARD_POLICY_INVALID");
    let told = text(&flawed.body["violations"][0], "description");
    assert!(told.starts_with("line 3, column 2: "), "{told}");
}

#[tokio::test]
async fn the_front_desk_writes_a_dose_and_the_dentist_lets_it_leave() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let clinic = chain.clinic().await;
    let patient = chain.patient(&clinic).await;
    let (desk, dentist) = tokio::join!(chain.staff("ROLE_SECRETARY"), chain.staff("ROLE_DENTIST"));
    let mut message = written(&clinic, DOSE);
    message["patientId"] = json!(patient.id);
    message["address"] = json!(patient.phone);
    let held = desk.post("/v1/messages", message).await;
    assert_eq!(held["message"]["state"], "MESSAGE_STATE_HELD");
    assert_eq!(held["verdict"]["approver"], "GUARD_ROLE_DENTIST");
    let id = text(&held["message"], "messageId");
    let waiting = format!("/v1/messages?state=MESSAGE_STATE_HELD&clinicId={clinic}");
    assert_eq!(dentist.get(&waiting).await["messages"][0]["messageId"], id);
    let shown = dentist
        .get(&format!("/v1/messages/{id}/check?explainIn=pt"))
        .await;
    assert_eq!(shown["text"], DOSE);
    let own = desk
        .attempt(
            Method::POST,
            &format!("/v1/messages/{id}:approve"),
            json!({}),
        )
        .await;
    assert_eq!((own.status, own.reason()), (403, "FORBIDDEN"));
    dentist
        .post(&format!("/v1/messages/{id}:approve"), json!({}))
        .await;
    assert_eq!(chain.arrival(&patient.phone, 0).await, DOSE);
}

#[tokio::test]
async fn a_python_editor_lints_while_somebody_types() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let scratch = Scratch::new();
    let mut child = Command::new(python().await)
        .arg(root().join("tests/python/guard_lint.py"))
        .arg(root().join("proto"))
        .arg(scratch.path())
        .args([suite.site.base(), &chain.client_id, &chain.client_secret])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let typed = [
        json!({ "text": "🦷 Hi Ana, Rita here. Your card 4111 1111 1111 1111 was charged, thank you and see you soon.", "pause": 6 }),
        json!({ "text": DOSE, "pause": 9 }),
        json!({ "text": "Hi Ana, Rita here. See you tomorrow at ten!", "pause": 5 }),
    ];
    let mut stdin = child.stdin.take().unwrap();
    for line in &typed {
        stdin
            .write_all(format!("{line}\n").as_bytes())
            .await
            .unwrap();
    }
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "guard_lint.py: {complaint}");
    let told: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(told.len(), typed.len());
    let found = |nth: usize, rule: &str| {
        let last = told[nth]["final"].as_array().unwrap();
        last.iter().find(|found| found["rule"] == rule).cloned()
    };
    assert_eq!(
        found(0, "secret.card").unwrap()["words"],
        "4111 1111 1111 1111"
    );
    assert_eq!(found(1, "clinical.drug").unwrap()["words"], "ibuprofen");
    assert_eq!(
        told[2]["final"],
        json!([]),
        "nothing is underlined in a plain message"
    );
    // Once the number stands there it is found at every pause that follows.
    let steps = told[0]["steps"].as_array().unwrap();
    let card = |step: &Value| step.as_array().unwrap().contains(&json!("secret.card"));
    let first = steps.iter().position(card).unwrap();
    assert!(
        steps[first..].iter().all(card),
        "a finding comes and goes: {steps:?}"
    );
    // Asked at pauses only.
    let asked = told[2]["asked"].as_u64().unwrap();
    assert!(asked <= 10, "{asked} questions for 43 letters");
}

#[tokio::test]
async fn a_manager_types_and_sees_what_the_guard_sees() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let email = format!("manager-{}@example.org", fresh_number());
    let password = "correct horse battery";
    let user = json!({ "email": email, "displayName": "Manager", "roles": ["ROLE_MANAGER"] });
    let invited = chain.json.post("/v1/users", user).await;
    let accept = json!({
        "invitationToken": text(&invited, "invitationToken"), "password": password,
    });
    let anonymous = chain.site.anonymous();
    anonymous.post("/v1/invitations:accept", accept).await;
    let job = json!({
        "address": fresh_address(), "organization": chain.slug, "email": email, "password": password,
        "dose": DOSE, "card": "🦷 Hello Ana, Rita here: 4111 1111 1111 1111",
        "fever": "I have a fever of 39.5 and my cheek is very swollen since the extraction",
    });
    let found = driver::run(&chain, &[], "guard", job).await;
    assert_eq!(found["wrong"], "That is not right: please try again.");
    assert_eq!(found["dose"]["verdict"], "It would wait for a dentist.");
    let marked = |which: &str, words: &str| {
        // Where findings overlap the text is marked piece by piece.
        let pieces = found[which]["marked"].as_array().unwrap();
        let all: String = pieces.iter().map(|piece| piece.as_str().unwrap()).collect();
        assert!(all.contains(words), "{words} is not marked: {pieces:?}");
    };
    marked("dose", "ibuprofen");
    assert_eq!(found["card"]["verdict"], "It would be blocked.");
    marked("card", "4111 1111 1111 1111");
    let french = found["french"].as_str().unwrap();
    assert!(french.contains("carte bancaire"), "{french}");
    let fever = found["fever"].as_str().unwrap();
    assert!(fever.contains("page whoever is on call"), "{fever}");
    assert_eq!(found["serious"], json!([]), "axe");
    assert_eq!(found["overflow"], 0);
    for nothing in ["violations", "elsewhere", "policy", "errors"] {
        assert_eq!(found[nothing], json!([]), "{nothing}");
    }
    assert_eq!(
        (&found["stored"], &found["cookies"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(
        found["afterReload"], "Sign in",
        "the page forgets who used it"
    );
    let headers = &found["headers"];
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["x-frame-options"], "DENY");
    let policy = headers["content-security-policy"].as_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self'"),
        "{policy}"
    );
}
