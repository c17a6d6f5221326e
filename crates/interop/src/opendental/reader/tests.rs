use super::*;
use proptest::prelude::*;
use serde_json::json;

fn source() -> Source {
    Source {
        system: "opendental".to_owned(),
        clinic: Some("cln_home".to_owned()),
        clinics: [("3".to_owned(), "cln_three".to_owned())].into(),
        zone: Some(jiff::tz::TimeZone::get("America/Toronto").unwrap()),
    }
}

fn read(value: &Value) -> Vec<Found> {
    let mut found = Vec::new();
    let mut reader = Reader::document(source());
    for part in value.to_string().as_bytes().chunks(13) {
        reader.push(part, &mut found);
    }
    reader.end(&mut found);
    found
}

fn one(value: &Value) -> Result<Item, Vec<Problem>> {
    let mut found = read(value);
    assert_eq!(found.len(), 1);
    found.remove(0).item
}

fn patient() -> Value {
    json!({
        "PatNum": 4711, "LName": "Côté", "FName": "Anne", "MiddleI": "É", "Preferred": "", "Title": "Ms",
        "PatStatus": "Patient", "Gender": "Female", "Birthdate": "1980-12-31", "HmPhone": "(514)873-1234",
        "WkPhone": "", "WirelessPhone": "514-873-9999", "Email": "a@example.org; b@example.org", "ClinicNum": 3,
        "Language": "fra", "PreferContactMethod": "TextMessage", "TxtMsgOk": "Yes", "DateFirstVisit": "0001-01-01",
        "DateTStamp": "2026-07-10 12:00:00",
    })
}

#[test]
fn a_patient_becomes_a_row_with_what_may_be_sent() {
    let Ok(Item::Patient(row)) = one(&json!([patient()])) else {
        panic!()
    };
    let json = row.to_json(1);
    assert_eq!(
        json["patient"],
        json!({
            "familyName": "Côté", "givenName": "Anne", "patronymic": "É", "title": "Ms", "gender": "GENDER_FEMALE",
            "birthDate": { "year": 1980, "month": 12, "day": 31 }, "language": "fr",
            "preferredChannels": ["CONTACT_CHANNEL_SMS"], "clinicId": "cln_three",
            "externalIds": [{ "system": "opendental", "value": "4711" }],
            "contactPoints": [
                { "kind": "CONTACT_POINT_KIND_PHONE", "value": "514-873-9999", "use": "CONTACT_POINT_USE_MOBILE", "lineType": "LINE_TYPE_MOBILE" },
                { "kind": "CONTACT_POINT_KIND_PHONE", "value": "(514)873-1234", "use": "CONTACT_POINT_USE_HOME" },
                { "kind": "CONTACT_POINT_KIND_EMAIL", "value": "a@example.org" },
                { "kind": "CONTACT_POINT_KIND_EMAIL", "value": "b@example.org" },
            ],
        })
    );
    // Preferred is empty there, and emptied here.
    assert!(
        json["updateMask"]
            .as_str()
            .unwrap()
            .contains("preferredName")
    );
    assert_eq!(
        json["permissions"],
        json!([{ "channel": "CONTACT_CHANNEL_SMS", "allowed": true }])
    );
    assert_eq!(json["sourceUpdateTime"], "2026-07-10T16:00:00Z");
}

#[test]
fn do_not_call_is_about_calls_and_no_texts_about_texts() {
    let mut wished = patient();
    wished["PreferContactMethod"] = json!("DoNotCall");
    wished["TxtMsgOk"] = json!(2);
    let Ok(Item::Patient(row)) = one(&wished) else {
        panic!()
    };
    let json = row.to_json(1);
    assert_eq!(
        json["permissions"],
        json!([
            { "channel": "CONTACT_CHANNEL_CALL", "allowed": false },
            { "channel": "CONTACT_CHANNEL_SMS", "allowed": false },
        ])
    );
    assert!(
        !json["updateMask"]
            .as_str()
            .unwrap()
            .contains("preferredChannels")
    );
    wished["TxtMsgOk"] = json!("Unknown");
    wished["PreferContactMethod"] = json!("None");
    let Ok(Item::Patient(row)) = one(&wished) else {
        panic!()
    };
    assert_eq!(row.to_json(1).get("permissions"), None);
}

#[test]
fn visits_and_recalls_are_told_by_their_keys() {
    let visit = json!({
        "AptNum": 9, "PatNum": 4711, "AptStatus": "Scheduled", "Pattern": "XXXXXXXX", "confirmed": "eConfirmed",
        "AptDateTime": "2026-07-10 12:00:00", "ClinicNum": 3, "provAbbr": "DOC1", "ProcDescript": "PerEx, 2BW",
        "DateTStamp": "2026-01-10 12:00:00",
    });
    let recall = json!({
        "RecallNum": 5, "PatNum": 4711, "DateDue": "2026-09-01", "DateScheduled": "0001-01-01", "IsDisabled": "false",
        "RecallTypeNum": 1, "ClinicNum": 0,
    });
    let mut unplanned = visit.clone();
    unplanned["AptStatus"] = json!("UnschedList");
    let found = read(&json!([visit, recall, unplanned]));
    let Ok(Item::Appointment(visit)) = &found[0].item else {
        panic!("{found:?}")
    };
    assert_eq!(visit.json["startTime"], "2026-07-10T16:00:00Z");
    assert_eq!(visit.json["endTime"], "2026-07-10T16:40:00Z");
    assert_eq!(visit.json["status"], "APPOINTMENT_STATUS_CONFIRMED");
    assert_eq!(visit.json["sourceUpdateTime"], "2026-01-10T17:00:00Z");
    let Ok(Item::Recall(recall)) = &found[1].item else {
        panic!("{found:?}")
    };
    assert_eq!(
        recall.json["dueDate"],
        json!({ "year": 2026, "month": 9, "day": 1 })
    );
    assert_eq!(recall.json["status"], "RECALL_STATUS_DUE");
    assert_eq!(recall.json["clinicId"], "cln_home");
    assert!(matches!(found[2].item, Ok(Item::Skipped(_))));
}

#[test]
fn everything_wrong_with_an_object_is_named() {
    let mut wrong = patient();
    wrong["Gender"] = json!("?");
    wrong["Birthdate"] = json!("31/12/1980");
    wrong["TxtMsgOk"] = json!("maybe");
    wrong["LName"] = json!(["Côté"]);
    let names: Vec<_> = one(&wrong)
        .unwrap_err()
        .into_iter()
        .map(|one| one.path)
        .collect();
    assert_eq!(names, ["LName", "Gender", "Birthdate", "TxtMsgOk"]);
    assert_eq!(one(&json!({ "PatNum": 0 })).unwrap_err()[0].path, "PatNum");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    /// An object with anything anywhere is a row or a problem, never a panic.
    #[test]
    fn nothing_in_an_object_panics(place in 0_usize..19, garbage in prop::sample::select(vec![
        json!(null), json!(true), json!(-1), json!(1e300), json!(u64::MAX), json!(""), json!("\u{0}\u{202e}=1+1"),
        json!([]), json!({ "a": 1 }), json!("9999-99-99 99:99:99"), json!("-1-1-1"), json!("é-é-é é:é:é"),
        json!("x".repeat(100_000)),
    ])) {
        let mut wrong = patient();
        let names: Vec<String> = wrong.as_object().unwrap().keys().cloned().collect();
        wrong[&names[place % names.len()]] = garbage;
        prop_assert_eq!(read(&wrong).len(), 1);
    }
}
