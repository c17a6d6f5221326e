//! `bitewing hl7 listen`: a dental system that is not ours on the other side.

use super::shell::{Running, Shell};
use crate::foreign::python;
use crate::layering::root;
use crate::suite::{Chain, Suite};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

async fn listening(shell: &Shell, clinic: &str) -> (Running, String) {
    let listen = [
        "hl7",
        "listen",
        "--listen",
        "127.0.0.1:0",
        "--system",
        "abel",
        "--clinic",
        clinic,
        "--json",
        "--time-zone",
        "America/Toronto",
    ];
    let mut running = shell.start(&listen);
    let line = running.until(|line| line["type"] == "listening").await;
    let address = line["address"].as_str().unwrap().to_owned();
    (running, address)
}

async fn patient(chain: &Chain, external_id: &str) -> Value {
    let request = json!({ "externalId": external_id });
    let found = chain.json.post("/v1/patients:search", request).await;
    found["patients"][0].clone()
}

#[tokio::test]
async fn a_dental_system_that_is_not_ours_is_answered_and_its_messages_stored() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let clinic = chain.clinic().await;
    let shell = Shell::of(&chain);
    let (running, address) = listening(&shell, &clinic).await;
    let (host, port) = address.split_once(':').unwrap();
    let script = root().join("tests/python/hl7_peer.py");
    let interpreter = python().await;
    let arguments = [script.to_str().unwrap(), host, port];
    let peer = shell
        .run_program(interpreter.to_str().unwrap(), &arguments)
        .await;
    assert_eq!(peer.code, 0, "{}\n{}", peer.out, peer.err);
    let told: Value = serde_json::from_str(&peer.out).unwrap();
    for (name, code, errors) in [
        ("register", "AA", json!([])),
        ("again", "AA", json!([])),
        ("reused", "AE", json!([["MSH^1^10", "205"]])),
        ("update", "AA", json!([])),
        ("other", "AA", json!([])),
        ("merge", "AA", json!([])),
        ("merged", "AA", json!([])),
        ("visit", "AA", json!([])),
        ("no-show", "AA", json!([])),
        ("bad date", "AE", json!([["PID^1^7", "102"]])),
        ("unknown", "AR", json!([["MSH^1^9^^1", "200"]])),
        ("training", "AR", json!([["MSH^1^11", "202"]])),
        ("discharge", "AA", json!([])),
        ("no message", "AE", json!([["MSH^1", "100"]])),
    ] {
        assert_eq!(
            (&told[name]["code"], &told[name]["errors"]),
            (&json!(code), &errors),
            "{name}: {told}"
        );
    }
    assert_eq!(
        (&told["update"]["of"], &told["update"]["to"]),
        (&json!("M2"), &json!("ABEL"))
    );

    let annie = patient(&chain, "abel:43").await;
    assert_eq!(
        (&annie["givenName"], &annie["familyName"]),
        (&json!("Annie"), &json!("Côté"))
    );
    assert_eq!(annie["externalIds"].as_array().unwrap().len(), 2);
    let visits = chain
        .json
        .get(&format!("/v1/appointments?clinicId={clinic}"))
        .await;
    assert_eq!(
        visits["appointments"][0]["status"],
        "APPOINTMENT_STATUS_NO_SHOW"
    );
    assert_eq!(
        visits["appointments"][0]["startTime"],
        "2099-07-10T16:00:00Z"
    );
    assert!(patient(&chain, "abel:44").await.is_null());

    running.signal(Signal::SIGTERM);
    let (status, out, _) = running.end().await;
    assert!(status.success());
    let last: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&last["type"], &last["messages"]),
        (&json!("stopped"), &json!(15))
    );
    // What is told of messages holds no word of their patients.
    assert!(!out.contains("Côté") && !out.contains("8731234"), "{out}");
}

/// Passes bytes on to a gateway while it is open.
struct Gate {
    base: String,
    open: watch::Sender<bool>,
}

impl Gate {
    async fn before(base: &str) -> Self {
        let gateway = base.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (open, state) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let (gateway, mut state) = (gateway.clone(), state.clone());
                tokio::spawn(async move {
                    if !*state.borrow() {
                        return;
                    }
                    let mut server = TcpStream::connect(gateway).await.unwrap();
                    let pass = tokio::io::copy_bidirectional(&mut client, &mut server);
                    tokio::select! {
                        _ = pass => {}
                        _ = state.wait_for(|open| !open) => {}
                    }
                });
            }
        });
        Self { base, open }
    }
}

async fn send(peer: &mut TcpStream, id: &str, given: &str) -> String {
    let message = format!(
        "\u{b}MSH|^~\\&|ABEL|PARC|||20260101120000||ADT^A04|{id}|P|2.5.1\rPID|||42||Roy^{given}\r\u{1c}\r"
    );
    peer.write_all(message.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\x1c\r") {
        let read = peer.read_buf(&mut answer).await.unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&answer));
    }
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn nothing_is_acknowledged_before_it_is_stored_and_an_outage_is_waited_for_or_told() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let clinic = chain.clinic().await;
    let gate = Gate::before(suite.site.base()).await;
    let shell = Shell::of(&chain).with("BITEWING_URL", &gate.base);
    let (running, address) = listening(&shell, &clinic).await;
    let mut peer = TcpStream::connect(&address).await.unwrap();
    assert!(send(&mut peer, "1", "Anne").await.contains("MSA|AA|1\r"));

    // The gateway is away: the message is refused for now, by the name it will have when it is sent again.
    gate.open.send_replace(false);
    let refused = send(&mut peer, "2", "Annie").await;
    assert!(
        refused.contains("MSA|AR|2\r") && refused.contains("|207^"),
        "{refused}"
    );
    assert_eq!(patient(&chain, "abel:42").await["givenName"], "Anne");

    // It is away when the message comes, and back while it is tried.
    let line = tokio::join!(send(&mut peer, "2", "Annie"), async {
        tokio::task::yield_now().await;
        gate.open.send_replace(true);
    });
    assert!(line.0.contains("MSA|AA|2\r"), "{}", line.0);
    assert_eq!(patient(&chain, "abel:42").await["givenName"], "Annie");

    // A listener that begins again knows what was stored.
    running.signal(Signal::SIGKILL);
    running.end().await;
    let (running, address) = listening(&shell, &clinic).await;
    let mut peer = TcpStream::connect(&address).await.unwrap();
    assert!(send(&mut peer, "1", "Anne").await.contains("MSA|AA|1\r"));
    assert_eq!(patient(&chain, "abel:42").await["givenName"], "Annie");
    running.signal(Signal::SIGINT);
    assert!(running.end().await.0.success());
}

#[tokio::test]
async fn an_address_that_others_reach_must_be_meant() {
    let shell = Shell::of_nobody()
        .with("BITEWING_URL", "http://127.0.0.1:9")
        .with("BITEWING_CLIENT_ID", "cli_x")
        .with("BITEWING_CLIENT_SECRET", "x");
    let refused = shell
        .run(&["hl7", "listen", "--listen", "0.0.0.0:0"])
        .await
        .exits(2);
    assert!(refused.err.contains("--unencrypted"), "{}", refused.err);
}
