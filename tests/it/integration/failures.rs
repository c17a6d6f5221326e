//! What goes wrong around `bitewing documents send`, each with an exit code of its own.

use super::shell::Shell;
use crate::suite::{Chain, Suite};
use serde_json::Value;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

fn error(err: &str) -> Value {
    serde_json::from_str(err).unwrap_or_else(|error| panic!("{err}: {error}"))
}

#[tokio::test]
async fn a_file_that_cannot_be_sent_is_refused_before_anything_leaves() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let patient = chain.patient(&chain.clinic().await).await;
    let shell = Shell::of(&chain);
    shell.file("empty.txt", b"");
    shell.file("plan.exe", b"MZ");
    std::fs::create_dir(shell.path().join("folder.txt")).unwrap();
    // Larger than 500 MB and yet of no size on the disk.
    let large = shell.file("large.txt", b"");
    let file = std::fs::File::options().write(true).open(large).unwrap();
    file.set_len(524_288_001).unwrap();
    for name in [
        "missing.txt",
        "empty.txt",
        "plan.exe",
        "folder.txt",
        "large.txt",
    ] {
        let ran = shell
            .run(&[
                "documents",
                "send",
                name,
                "--patient",
                &patient.id,
                "--json",
            ])
            .await
            .exits(2);
        let told = error(&ran.err);
        assert!(
            told["message"].as_str().unwrap().starts_with(name),
            "{told}"
        );
    }
    assert!(shell.pages().is_empty());
    let documents = chain.json.get("/v1/documents").await;
    assert_eq!(documents["documents"].as_array().map_or(0, Vec::len), 0);
}

#[tokio::test]
async fn a_name_that_is_no_text_needs_another_one() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let patient = chain.patient(&chain.clinic().await).await;
    let shell = Shell::of(&chain);
    // Latin 1, as old systems write it.
    let folder = shell.path().join("in");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(
        folder.join(OsStr::from_bytes(b"Entente financi\xe8re.txt")),
        b"x",
    )
    .unwrap();
    let send = "for file in in/*; do exec \"$0\" documents send \"$file\" \"$@\"; done";
    let run = async |more: &[&str]| {
        let program = env!("CARGO_BIN_EXE_bitewing-under-test");
        let arguments = ["-c", send, program, "--patient", &patient.id, "--json"];
        shell
            .run_program("bash", &[&arguments[..], more].concat())
            .await
    };
    let ran = run(&[]).await.exits(2);
    assert!(
        error(&ran.err)["message"]
            .as_str()
            .unwrap()
            .contains("--name")
    );
    let ran = run(&["--name", "Entente financière.txt"]).await.exits(0);
    assert_eq!(
        ran.line("document")["document"]["fileName"],
        "Entente financière.txt"
    );
}

#[tokio::test]
async fn what_the_gateway_refuses_is_told_with_its_reason() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let clinic = chain.clinic().await;
    let patient = chain.patient(&clinic).await;
    let shell = Shell::of(&chain);
    shell.file("plan.txt", b"plan");
    shell.file("plan.pdf", b"this is no PDF");
    let unknown = "pat_01h455vb4pex5vsknk084sn02q";
    let ran = shell
        .run(&[
            "documents",
            "send",
            "plan.txt",
            "--patient",
            unknown,
            "--json",
        ])
        .await
        .exits(1);
    let told = error(&ran.err);
    assert_eq!(
        (&told["reason"], &told["status"]),
        (&"PATIENT_NOT_FOUND".into(), &404.into())
    );
    assert!(!told["requestId"].as_str().unwrap().is_empty());

    let ran = shell
        .run(&[
            "documents",
            "send",
            "plan.pdf",
            "--patient",
            &patient.id,
            "--json",
        ])
        .await
        .exits(5);
    assert!(
        error(&ran.err)["message"]
            .as_str()
            .unwrap()
            .contains("TYPE_MISMATCH")
    );
    assert!(chain.arrived(&patient.email).await.is_empty());
    // Who has put the file right, or the check, is not held to what was rejected.
    let again = ["documents", "send", "plan.pdf", "--patient", &patient.id];
    shell.run(&again).await.exits(5);
    let documents = chain.json.get("/v1/documents").await;
    assert_eq!(documents["documents"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn who_is_not_signed_in_learns_how() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let list = ["documents", "list", "--json"];
    let nobody = Shell::of_nobody();
    let ran = nobody.run(&list).await.exits(3);
    assert!(
        error(&ran.err)["message"]
            .as_str()
            .unwrap()
            .contains("bitewing login")
    );

    let wrong = Shell::of_nobody()
        .with("BITEWING_URL", chain.site.base())
        .with("BITEWING_CLIENT_ID", &chain.client_id)
        .with("BITEWING_CLIENT_SECRET", "bws_wrong");
    let ran = wrong.run(&list).await.exits(3);
    assert!(!ran.err.contains("bws_wrong"));
    let login = [
        "login",
        "--url",
        chain.site.base(),
        "--client-id",
        &chain.client_id,
    ];
    nobody.run_with(&login, "bws_wrong").await.exits(3);
    nobody.run(&list).await.exits(3);

    // A secret in a file wins over nothing, and goes to no other gateway than it is for.
    let file = nobody.file("secret", format!("{}\n", chain.client_secret).as_bytes());
    let named = Shell::of_nobody()
        .with("BITEWING_URL", chain.site.base())
        .with("BITEWING_CLIENT_ID", &chain.client_id)
        .with("BITEWING_CLIENT_SECRET_FILE", file.to_str().unwrap());
    named.run(&list).await.exits(0);
    nobody.run_with(&login, &chain.client_secret).await.exits(0);
    nobody.run(&list).await.exits(0);
    let elsewhere = ["documents", "list", "--url", "http://127.0.0.1:1"];
    nobody.run(&elsewhere).await.exits(3);
}

#[tokio::test]
async fn a_gateway_that_is_not_there_is_tried_again_and_then_told() {
    let shell = Shell::of_nobody()
        .with("BITEWING_CLIENT_ID", "cli_1")
        .with("BITEWING_CLIENT_SECRET", "bws_1");
    let there = ["documents", "list", "--url", "http://bitewing.example"];
    let ran = shell.run(&there).await.exits(2);
    assert!(ran.err.contains("--insecure-http"), "{ran:?}");
    // Nothing listens on the first port.
    let nowhere = ["documents", "list", "--json", "--url", "http://127.0.0.1:1"];
    let ran = shell.run(&nowhere).await.exits(4);
    assert!(
        error(&ran.err)["message"]
            .as_str()
            .unwrap()
            .contains("cannot be reached")
    );
}
