//! `bitewing patients import` of what other systems write: FHIR by a library that is not ours, Open Dental, HL7.

use super::shell::Shell;
use crate::foreign::python;
use crate::layering::root;
use crate::suite::{Chain, Suite};
use serde_json::{Value, json};
use std::fmt::Write as _;

fn numbers(line: &Value) -> [u64; 4] {
    ["created", "updated", "unchanged", "rejected"].map(|name| line[name].as_u64().unwrap())
}

async fn patient(chain: &Chain, external_id: &str) -> Value {
    let request = json!({ "externalId": external_id, "showDeleted": true });
    let found = chain.json.post("/v1/patients:search", request).await;
    found["patients"][0].clone()
}

#[tokio::test]
async fn patients_made_by_a_fhir_library_are_imported_from_ndjson_and_bundles() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let clinic = chain.clinic().await;
    let shell = Shell::of(&chain);
    let script = root().join("tests/python/fhir_patients.py");
    let made = python().await;
    let arguments = [script.to_str().unwrap(), ".", "30"];
    let made = shell.run_program(made.to_str().unwrap(), &arguments).await;
    assert_eq!(made.code, 0, "{made:?}");
    let mapping = format!("system = 'epic'\n[clinics]\n'Organization/7' = '{clinic}'\n");
    shell.file("epic.toml", mapping.as_bytes());

    let import = [
        "patients",
        "import",
        "Patient.ndjson",
        "--mapping",
        "epic.toml",
        "--json",
    ];
    let line = shell.run(&import).await.exits(0).line("import");
    assert_eq!(
        (numbers(&line), &line["format"]),
        ([30, 0, 0, 0], &json!("ndjson"))
    );
    let anna = patient(&chain, "epic:7").await;
    assert_eq!(
        [
            &anna["title"],
            &anna["givenName"],
            &anna["patronymic"],
            &anna["familyName"],
            &anna["preferredName"]
        ],
        ["Dr", "Анна", "Петровна", "Ёлкина", "Аня"]
    );
    assert_eq!(
        anna["birthDate"],
        json!({ "year": 1975, "month": 4, "day": 30 })
    );
    assert_eq!(
        (&anna["language"], &anna["gender"]),
        (&json!("ru"), &json!("GENDER_FEMALE"))
    );
    let points = anna["contactPoints"].as_array().unwrap();
    assert_eq!(points.len(), 2);
    assert_eq!(
        (&points[0]["value"], &points[1]["value"]),
        (&json!("+15148730007"), &json!("p7@example.org"))
    );
    assert_eq!(
        anna["relations"],
        json!([{ "kind": "RELATION_KIND_SPOUSE", "patientId": "", "displayName": "Пётр Ёлкин" }])
    );

    // The Bundle says the same, and adds the children.
    let import = [
        "patients",
        "import",
        "bundle.json",
        "--mapping",
        "epic.toml",
        "--json",
    ];
    let line = shell.run(&import).await.exits(0).line("import");
    assert_eq!(
        (numbers(&line), &line["format"]),
        ([0, 30, 0, 0], &json!("fhir"))
    );
    let anna = patient(&chain, "epic:7").await;
    assert_eq!(anna["children"][0]["givenName"], "Лев");
    let again = shell
        .run(&[&import[..], &["--batch", "again"]].concat())
        .await
        .exits(0);
    assert_eq!(numbers(&again.line("import")), [0, 0, 30, 0]);
}

#[tokio::test]
async fn open_dentals_patients_visits_and_recalls_come_with_what_may_be_sent() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let clinic = chain.clinic().await;
    let shell = Shell::of(&chain);
    let patient_of = |number: u32, texts: &str| {
        json!({
            "PatNum": number, "LName": "Côté", "FName": "Anne", "Birthdate": "1980-12-31", "Gender": "Female",
            "WirelessPhone": format!("(514)873-{number:04}"), "PreferContactMethod": "Email", "TxtMsgOk": texts,
            "Email": format!("p{number}@example.org"), "ClinicNum": 0, "PatStatus": "Patient",
        })
    };
    let bad = json!({ "PatNum": 3, "LName": "Roy", "Birthdate": "31.12.1980", "TxtMsgOk": "?" });
    let all = json!([
        { "AptNum": 5, "PatNum": 1, "AptStatus": "Scheduled", "Pattern": "XXXX", "AptDateTime": "2099-07-10 12:00:00" },
        { "RecallNum": 6, "PatNum": 2, "DateDue": "2099-09-01", "RecallTypeNum": 1 },
        patient_of(1, "Yes"), patient_of(2, "No"), bad,
        { "AptNum": 7, "PatNum": 99, "AptStatus": "Scheduled", "AptDateTime": "2099-07-10 12:00:00" },
    ]);
    shell.file("od.json", all.to_string().as_bytes());
    let import = [
        "patients",
        "import",
        "od.json",
        "--clinic",
        &clinic,
        "--time-zone",
        "America/Toronto",
        "--json",
    ];
    let line = shell.run(&import).await.exits(7).line("import");
    assert_eq!(
        (numbers(&line), &line["format"]),
        ([2, 0, 0, 2], &json!("opendental"))
    );
    assert_eq!(
        (&line["appointments"], &line["recalls"]),
        (&json!(1), &json!(1))
    );
    let rejected = std::fs::read_to_string(shell.path().join("od.json.rejected.csv")).unwrap();
    let lines: Vec<_> = rejected.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "5,0,INVALID_REQUEST,Birthdate,must be a day of the calendar",
            "5,0,INVALID_REQUEST,TxtMsgOk,\"must be Yes, No or Unknown\"",
            "6,0,PATIENT_NOT_FOUND,,",
        ]
    );
    for (number, allowed) in [(1, true), (2, false)] {
        let patient = patient(&chain, &format!("opendental:{number}")).await;
        assert_eq!(
            patient["preferredChannels"],
            json!(["CONTACT_CHANNEL_EMAIL"])
        );
        let check = json!({
            "patientId": patient["patientId"], "purpose": "CONTACT_PURPOSE_RECALL", "channel": "CONTACT_CHANNEL_SMS",
        });
        let decision = chain.json.post("/v1/consents:check", check).await;
        assert_eq!(
            decision["allowed"].as_bool().unwrap_or_default(),
            allowed,
            "{decision}"
        );
    }
    let visits = chain
        .json
        .get(&format!("/v1/appointments?clinicId={clinic}"))
        .await;
    assert_eq!(
        visits["appointments"][0]["startTime"],
        "2099-07-10T16:00:00Z"
    );
}

#[tokio::test]
async fn a_snapshot_tells_who_is_gone_and_deletes_no_more_than_it_may() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let clinic = chain.clinic().await;
    let shell = Shell::of(&chain);
    let table = |rows: std::ops::RangeInclusive<u32>| {
        let rows = rows.map(|row| {
            let born = if row == 50 {
                "1980-02-31"
            } else {
                "1980-02-28"
            };
            format!("{row},Anne,Roy,{born}\n")
        });
        format!("Id,First,Last,DOB\n{}", rows.collect::<String>()).into_bytes()
    };
    shell.file("all.csv", &table(1..=100));
    shell.file("fewer.csv", &table(1..=97));
    shell.file("few.csv", &table(1..=20));
    let import = |file: &'static str| {
        [
            "patients",
            "import",
            file,
            "--clinic",
            &clinic,
            "--json",
            "--snapshot",
        ]
    };
    shell.run(&import("all.csv")).await.exits(7);
    // The fiftieth was never taken, and is not missing.
    let told = shell.run(&import("fewer.csv")).await.exits(7);
    assert_eq!(
        (
            &told.line("snapshot")["missing"],
            &told.line("snapshot")["deleted"]
        ),
        (&json!(3), &json!(0))
    );
    let delete = |file| [&import(file)[..], &["--delete-missing"]].concat();
    let done = shell.run(&delete("fewer.csv")).await.exits(7);
    assert_eq!(done.line("snapshot")["deleted"], 3);
    assert!(patient(&chain, "csv:99").await["deleteTime"].is_string());
    // A file that lacks most of them is not believed.
    let refused = shell.run(&delete("few.csv")).await.exits(1);
    assert!(
        refused.err.contains("SNAPSHOT_TOO_DIFFERENT"),
        "{}",
        refused.err
    );
    assert!(patient(&chain, "csv:42").await["deleteTime"].is_null());
}

#[tokio::test]
async fn a_file_of_messages_is_imported_in_its_order() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let clinic = chain.clinic().await;
    let shell = Shell::of(&chain);
    let message = |event: &str, id: u32, rest: &str| {
        let kind = if event.starts_with('S') { "SIU" } else { "ADT" };
        format!(
            "MSH|^~\\&|ABEL|PARC|||20260101120000||{kind}^{event}|{id}|P|2.5.1||||||8859/1\r\n{rest}\r\n"
        )
    };
    let file = [
        message("A28", 1, "PID|||42^^^A^MR||Côté^Anne||19801231|F"),
        message("A28", 2, "PID|||43^^^A^MR||Côté^Ann"),
        message(
            "S12",
            3,
            "SCH||F1|||||||30|MIN|^^^20990710120000\r\nPID|||43^^^A^MR",
        ),
        message("A40", 4, "PID|||42^^^A^MR\r\nMRG|43^^^A^MR"),
        message("A08", 5, "PID|||42^^^A^MR||Côté^Annie||\"\""),
        message("A28", 6, "PID|||44||Roy||19800231"),
        message("A03", 7, "PID|||42^^^A^MR"),
    ];
    let bytes: Vec<u8> = file
        .concat()
        .chars()
        .map(|letter| u8::try_from(letter).unwrap())
        .collect();
    shell.file("abel.hl7", &bytes);
    let import = [
        "patients",
        "import",
        "abel.hl7",
        "--clinic",
        &clinic,
        "--time-zone",
        "America/Toronto",
        "--json",
    ];
    let line = shell.run(&import).await.exits(7).line("import");
    assert_eq!(
        (numbers(&line), &line["format"]),
        ([2, 1, 0, 1], &json!("hl7"))
    );
    assert_eq!(
        (&line["appointments"], &line["merged"], &line["skipped"]),
        (&json!(1), &json!(1), &json!(1))
    );
    let annie = patient(&chain, "hl7:43").await;
    assert_eq!(
        (&annie["givenName"], &annie["birthDate"]),
        (&json!("Annie"), &Value::Null)
    );
    assert_eq!(annie["externalIds"].as_array().unwrap().len(), 2);
    let refused = shell
        .run(&[&import[..], &["--snapshot"]].concat())
        .await
        .exits(2);
    assert!(refused.err.contains("no snapshot"), "{}", refused.err);
}

/// Rows nobody sends by accident, in every format: each is answered with a reason, and the next file is read.
#[tokio::test]
async fn five_hundred_hostile_rows_of_every_format_are_listed_and_break_nothing() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let clinic = chain.clinic().await;
    let other = Chain::found(&suite.site).await.clinic().await;
    let shell = Shell::of(&chain);
    let long = "x".repeat(1 << 20);
    let texts = [
        "=cmd|' /C calc'!A0",
        "a\u{0}b",
        long.as_str(),
        "\u{202e}gnp.exe",
        "'; DROP TABLE patients; --",
        "9999-99-99",
        "{{7*7}}",
        "\u{feff}\u{200b}",
        "",
        "-1",
    ];
    let (mut csv, mut ndjson, mut dental, mut hl7) =
        (String::new(), String::new(), Vec::new(), String::new());
    csv.push_str("Id,First,Last,DOB,Cell,Clinic ID\n");
    for row in 0..500_usize {
        // One long text in fifty rows is enough.
        let text = texts[if row % 50 == 2 { 2 } else { row % 10 }];
        let text = if text.len() > 100 && row % 50 != 2 {
            "y"
        } else {
            text
        };
        let mut cells = [
            row.to_string(),
            "Anne".to_owned(),
            "Roy".to_owned(),
            String::new(),
            String::new(),
            String::new(),
        ];
        let place = row % 7;
        if place < 5 {
            cells[place] = text.replace('"', "");
        } else {
            cells[5].clone_from(&other);
        }
        csv.push_str(
            &cells
                .iter()
                .map(|cell| format!("\"{cell}\""))
                .collect::<Vec<_>>()
                .join(","),
        );
        csv.push('\n');
        let mut resource = json!({
            "resourceType": "Patient", "identifier": [{ "value": row.to_string() }], "name": [{ "family": "Roy" }],
        });
        let mut object = json!({ "PatNum": row, "LName": "Roy" });
        match place {
            0 => (resource["name"][0]["family"], object["LName"]) = (json!(text), json!(text)),
            1 => (resource["birthDate"], object["Birthdate"]) = (json!(text), json!(text)),
            2 => {
                resource["telecom"] = json!([{ "system": "phone", "value": text }]);
                object["HmPhone"] = json!(text);
            }
            3 => (resource["identifier"], object["PatNum"]) = (json!(text), json!(text)),
            4 => {
                resource["name"] = json!({ "a": [[[text]]] });
                object["FName"] = json!({ "a": [text] });
            }
            5 => {
                let identifier = json!({ "system": "urn:bitewing:clinic", "value": other });
                (resource["managingOrganization"], object["Email"]) =
                    (json!({ "identifier": identifier }), json!(text));
            }
            _ => (resource["gender"], object["TxtMsgOk"]) = (json!(text), json!(text)),
        }
        ndjson.push_str(&resource.to_string());
        ndjson.push_str(if row % 20 == 7 { "{[\n" } else { "\n" });
        if row == 250 {
            ndjson.push_str(&"[".repeat(100_000));
            ndjson.push('\n');
        }
        dental.push(object);
        let text = text.replace(['\r', '\n'], " ");
        let id = if place == 3 { text.as_str() } else { "7" };
        let event = ["A04", "A40", "A99", "S12", "", "A08", text.as_str()][place];
        write!(
            hl7,
            "MSH|^~\\&|A|B|||20260101||ADT^{event}|{row}|P|2.5.1\rPID|||{id}||{text}^~&\\||{text}|{text}\r"
        )
        .unwrap();
    }
    shell.file("h.csv", csv.as_bytes());
    shell.file("h.ndjson", ndjson.as_bytes());
    shell.file("h.json", Value::Array(dental).to_string().as_bytes());
    shell.file("h.hl7", hl7.as_bytes());
    for file in ["h.csv", "h.ndjson", "h.json", "h.hl7"] {
        let import = [
            "patients",
            "import",
            file,
            "--clinic",
            &clinic,
            "--json",
            "--system",
            &file[2..],
        ];
        let line = shell.run(&import).await.exits(7).line("import");
        let [created, updated, unchanged, rejected] = numbers(&line);
        let all = created + updated + unchanged + rejected + line["skipped"].as_u64().unwrap();
        assert!(all >= 500 && rejected > 100, "{file}: {line}");
        let listed =
            std::fs::read_to_string(shell.path().join(format!("{file}.rejected.csv"))).unwrap();
        for row in listed.lines().skip(1) {
            let reason = row.split(',').nth(2).unwrap();
            let known = ["INVALID_REQUEST", "CLINIC_NOT_FOUND", "PATIENT_NOT_FOUND"];
            assert!(known.contains(&reason), "{file}: {row}");
            assert!(row.len() < 300, "{file}: {row}");
        }
    }
    assert_eq!(Suite::panics(), 0);
    chain.patient(&clinic).await;
}
