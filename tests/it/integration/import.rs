//! `bitewing patients import`: a file of a dental system, whatever happens on the way.

use super::shell::Shell;
use crate::suite::{Chain, Suite, eventually};
use nix::sys::signal::Signal;
use serde_json::Value;
use std::fmt::Write as _;

/// Every hundredth row of a file has a date there is not.
const BAD: usize = 100;

/// A file as a Western Windows writes it: `;`, CRLF, accents of one byte.
fn file(rows: usize) -> Vec<u8> {
    let mut text = "Pat. No;Nom;Prénom;DOB;Cell;E-mail;Assurance\r\n".to_owned();
    for row in 1..=rows {
        let day = if row % BAD == 0 { 32 } else { row % 28 + 1 };
        let (year, number) = (1940 + row % 80, 2_730_000 + row);
        writeln!(
            text,
            "{row};CÔTÉ;\"Anne\nÉlise\";{day:02}.05.{year};514{number};p{row}@example.org;RAMQ\r"
        )
        .unwrap();
    }
    text.chars()
        .map(|letter| u8::try_from(letter).unwrap())
        .collect()
}

const MAPPING: &[u8] =
    b"system = 'abeldent'\n[columns]\n'Pat. No' = 'external_id'\n[defaults]\nlanguage = 'fr'\n";

fn numbers(line: &Value) -> [u64; 4] {
    ["created", "updated", "unchanged", "rejected"].map(|name| line[name].as_u64().unwrap())
}

/// How many patients a chain has.
async fn patients(chain: &Chain) -> usize {
    let (mut all, mut token) = (0, String::new());
    loop {
        let page = format!("/v1/patients?pageSize=1000&pageToken={token}");
        let page = chain.json.get(&page).await;
        all += page["patients"].as_array().map_or(0, Vec::len);
        page["nextPageToken"]
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut token);
        if token.is_empty() {
            return all;
        }
    }
}

#[tokio::test]
async fn good_rows_are_taken_bad_ones_listed_and_a_second_run_changes_nothing() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let clinic = chain.clinic().await;
    let shell = Shell::of(&chain);
    shell.file("abel.csv", &file(1_000));
    shell.file("abel.toml", MAPPING);
    let import = [
        "patients",
        "import",
        "abel.csv",
        "--mapping",
        "abel.toml",
        "--clinic",
        &clinic,
        "--json",
    ];

    let dry = shell
        .run(&[&import[..], &["--dry-run"]].concat())
        .await
        .exits(7);
    assert_eq!(numbers(&dry.line("import")), [990, 0, 0, 10]);
    assert_eq!(patients(&chain).await, 0);

    let ran = shell.run(&import).await.exits(7);
    let line = ran.line("import");
    assert_eq!(numbers(&line), [990, 0, 0, 10]);
    assert_eq!(
        (&line["encoding"], &line["delimiter"]),
        (&"windows-1252".into(), &";".into())
    );
    assert_eq!(ran.line("unread")["columns"][0], "Assurance");
    assert_eq!(patients(&chain).await, 990);
    let rejected = std::fs::read_to_string(shell.path().join("abel.csv.rejected.csv")).unwrap();
    let lines: Vec<_> = rejected.lines().collect();
    assert_eq!(lines.len(), 11);
    assert_eq!(lines[0], "row,line,reason,field,description");
    let named = "INVALID_REQUEST,patient.birth_date,must be a day of the calendar from 1850 on";
    // Every record has two lines, and the header one.
    assert_eq!(lines[1], format!("100,200,{named}"));

    let again = shell.run(&import).await.exits(7);
    assert_eq!(again.line("import"), line);
    let anew = [&import[..], &["--batch", "anew"]].concat();
    let anew = shell.run(&anew).await.exits(7);
    assert_eq!(numbers(&anew.line("import")), [0, 0, 990, 10]);
    let found = chain.json.get("/v1/patients?externalId=abeldent:1").await;
    let anne = &found["patients"][0];
    assert_eq!(
        (&anne["familyName"], &anne["language"]),
        (&"CÔTÉ".into(), &"fr".into())
    );
    assert_eq!(anne["givenName"], "Anne Élise");
    assert_eq!(anne["contactPoints"][0]["value"], "+15142730001");
}

#[tokio::test]
async fn a_killed_import_goes_on_and_ends_in_the_same_state() {
    const ROWS: usize = 6_000;
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let clinic = chain.clinic().await;
    let shell = Shell::of(&chain);
    shell.file("abel.csv", &file(ROWS));
    shell.file("abel.toml", MAPPING);
    let import = [
        "patients",
        "import",
        "abel.csv",
        "--mapping",
        "abel.toml",
        "--clinic",
        &clinic,
        "--json",
    ];
    let running = shell.start(&import);
    eventually("the first rows", async || {
        let first = chain.json.get("/v1/patients?pageSize=1").await;
        first["patients"]
            .as_array()
            .filter(|some| !some.is_empty())
            .map(|_| ())
    })
    .await;
    running.signal(Signal::SIGKILL);
    running.end().await;
    let safe = patients(&chain).await;
    assert!(
        safe < ROWS * 99 / 100,
        "it was over before it could be killed"
    );

    let line = shell.run(&import).await.exits(7).line("import");
    let good = (ROWS - ROWS / BAD) as u64;
    assert_eq!(numbers(&line), [good, 0, 0, (ROWS / BAD) as u64]);
    assert_eq!(patients(&chain).await as u64, good);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_for_sure_is_refused_before_anything_is_sent() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let shell = Shell::of(&chain);
    shell.file("nobody.csv", b"First,Last\nAnne,Roy\n");
    shell.file("dates.csv", b"Id,Last,DOB\n1,Roy,04/05/1980\n");
    shell.file(
        "both.csv",
        b"Id,Last,DOB\n1,Roy,31/05/1980\n2,Roy,05/31/1980\n",
    );
    shell.file("wrong.toml", b"[columns]\n'Patient No' = 'external_id'\n");
    for arguments in [
        &["nobody.csv"][..],
        &["dates.csv"],
        &["both.csv"],
        &["dates.csv", "--mapping", "wrong.toml"],
        &["missing.csv"],
    ] {
        let ran = shell
            .run(&[&["patients", "import"], arguments].concat())
            .await
            .exits(2);
        assert!(ran.err.starts_with("bitewing: "), "{}", ran.err);
    }
    assert_eq!(patients(&chain).await, 0);
}
