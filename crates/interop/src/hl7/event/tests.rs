use super::*;
use crate::hl7::charset::{self, Charset};
use crate::hl7::{Code, answer};
use proptest::prelude::*;
use serde_json::json;

const ADT: &str = "MSH|^~\\&|ABEL|PARC|BITEWING|X|20260710120000||ADT^A04^ADT_A01|M1|P|2.5.1\r\
    EVN||20260710115900\r\
    PID|1||42^^^ABEL^MR~99^^^RAMQ^JHN||Côté^Anne^Élise^^Dr^^L~^Nanou^^^^^N||19801231|F|||||\
    (514)873-1234^PRN^PH~^NET^Internet^a@example.org~^PRS^CP^^1^514^8739999|\"\"|fra|||||||||||||||N\r\
    NK1|1|Roy^Marc|GRD\rPV1|1|O|ROOM1^^^PARC";
const SIU: &str = "MSH|^~\\&|ABEL|PARC|||20260101120000||SIU^S12^SIU_S12|M2|P|2.5.1\r\
    SCH|P1|F7|||||||40|MIN|^^^20260710120000|||||||||||||||Booked\rPID|1||42^^^^MR||Côté^Anne\r\
    RGS|1\rAIS|1||HYG^Cleaning\rAIL|1||ROOM1^^^PARC\rAIP|1||7^Tremblay^Luc^^^Dr";

fn options() -> Options {
    Options {
        source: Source {
            system: "abel".to_owned(),
            clinic: Some("cln_home".to_owned()),
            clinics: [("PARC".to_owned(), "cln_parc".to_owned())].into(),
            zone: Some(jiff::tz::TimeZone::get("America/Toronto").unwrap()),
        },
        authority: None,
    }
}

fn run(text: &str) -> Result<Vec<Item>, Vec<Fault>> {
    let text = charset::decode(text.as_bytes(), Charset::default()).map_err(|fault| vec![fault])?;
    let message = Message::parse(&text).map_err(|fault| vec![fault])?;
    let header = Header::of(&message);
    header.check().map_err(|fault| vec![fault])?;
    read(&message, &header, &options())
}

fn paths(text: &str) -> Vec<(u16, String)> {
    let faults = run(text).unwrap_err().into_iter();
    faults
        .map(|fault| (fault.code, fault.problem.path))
        .collect()
}

#[test]
fn a_registered_patient_becomes_a_row() {
    let items = run(ADT).unwrap();
    let [Item::Patient(row)] = items.as_slice() else {
        panic!("{items:?}")
    };
    let row = row.to_json(1);
    assert_eq!(
        row["patient"],
        json!({
            "familyName": "Côté", "givenName": "Anne", "patronymic": "Élise", "title": "Dr", "preferredName": "Nanou",
            "birthDate": { "year": 1980, "month": 12, "day": 31 }, "gender": "GENDER_FEMALE", "language": "fr",
            "deceased": false, "clinicId": "cln_parc",
            "relations": [{ "kind": "RELATION_KIND_GUARDIAN", "displayName": "Marc Roy" }],
            "externalIds": [{ "system": "abel", "value": "42" }],
            "contactPoints": [
                { "kind": "CONTACT_POINT_KIND_PHONE", "value": "(514)873-1234", "use": "CONTACT_POINT_USE_HOME" },
                { "kind": "CONTACT_POINT_KIND_EMAIL", "value": "a@example.org" },
                { "kind": "CONTACT_POINT_KIND_PHONE", "value": "+15148739999", "use": "CONTACT_POINT_USE_MOBILE", "lineType": "LINE_TYPE_MOBILE" },
            ],
        })
    );
    assert_eq!(row["sourceUpdateTime"], "2026-07-10T15:59:00Z");
}

#[test]
fn empty_fields_say_nothing_and_two_quotes_take_away() {
    let text =
        "MSH|^~\\&|A|B|||20260710||ADT^A08|1|P|2.3\rPID|||42||Côté^\"\"||\"\"|\"\"|||||\"\"|\"\"";
    let items = run(text).unwrap();
    let [Item::Patient(row)] = items.as_slice() else {
        panic!("{items:?}")
    };
    let row = row.to_json(1);
    assert_eq!(
        row["updateMask"],
        "familyName,givenName,contactPoints,birthDate,gender"
    );
    assert_eq!(row["patient"].get("birthDate"), None);
}

#[test]
fn a_merge_names_both_and_a_visit_its_patient() {
    let merge = "MSH|^~\\&|A|B|||20260710||ADT^A40|1|P|2.5.1\rPID|||42^^^A^MR\rMRG|7^^^A^MR\rPID|||43\rMRG|8";
    let items = run(merge).unwrap();
    let id = |value| options().source.id(value);
    let wanted = [("42", "7"), ("43", "8")].map(|(survivor, duplicate)| Item::Merge {
        survivor: id(survivor),
        duplicate: id(duplicate),
    });
    assert_eq!(items, wanted);
    let items = run(SIU).unwrap();
    let [Item::Patient(_), Item::Appointment(visit)] = items.as_slice() else {
        panic!("{items:?}")
    };
    assert_eq!(
        visit.json,
        json!({
            "externalId": { "system": "abel", "value": "F7" }, "patientExternalId": { "system": "abel", "value": "42" },
            "clinicId": "cln_parc", "startTime": "2026-07-10T16:00:00Z", "endTime": "2026-07-10T16:40:00Z",
            "status": "APPOINTMENT_STATUS_SCHEDULED", "provider": "Dr Luc Tremblay", "service": "Cleaning",
            "sourceUpdateTime": "2026-01-01T17:00:00Z",
        })
    );
    for (event, status) in [
        ("S13", "SCHEDULED"),
        ("S15", "CANCELLED"),
        ("S17", "CANCELLED"),
        ("S26", "NO_SHOW"),
    ] {
        let items = run(&SIU.replace("S12", event)).unwrap();
        let Some(Item::Appointment(visit)) = items.last() else {
            panic!("{items:?}")
        };
        assert_eq!(visit.json["status"], format!("APPOINTMENT_STATUS_{status}"));
    }
    assert!(matches!(
        run(&SIU.replace("S12", "S18")).unwrap()[0],
        Item::Skipped(_)
    ));
    assert!(matches!(
        run(&ADT.replace("A04", "A03")).unwrap()[0],
        Item::Skipped(_)
    ));
}

#[test]
fn what_is_not_taken_is_told_by_its_place_and_its_code() {
    let wrong = ADT
        .replace("19801231", "19800231")
        .replace("|F|", "|?|")
        .replace("||N\r", "||?\r");
    let places = [(102, "PID-7"), (103, "PID-8"), (103, "PID-30")];
    assert_eq!(
        paths(&wrong),
        places.map(|(code, path)| (code, path.to_owned()))
    );
    for (text, code, path) in [
        (ADT.replace("ADT^A04^ADT_A01", "ORU^R01"), 200, "MSH-9.1"),
        (ADT.replace("^A04^", "^A99^"), 201, "MSH-9.2"),
        (ADT.replace("|P|2.5.1", "|T|2.5.1"), 202, "MSH-11"),
        (ADT.replace("|P|2.5.1", "|P|3"), 203, "MSH-12"),
        (ADT.replace("|M1|", "||"), 101, "MSH-10"),
        (ADT.replace("^MR", ""), 101, "PID-3"),
        (SIU.replace("SCH|P1|F7", "SCH||"), 101, "SCH-2"),
        (SIU.replace("20260710120000", ""), 101, "SCH-11"),
        (SIU.replace("SCH|", "ZCH|"), 100, "SCH"),
    ] {
        assert_eq!(paths(&text), [(code, path.to_owned())], "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    /// A message with anything in any place is items or faults, never a panic; and its answer can be made.
    #[test]
    fn nothing_in_a_field_panics(
        place in 0_usize..90, siu in any::<bool>(), garbage in "[\\PC\\x00]{0,12}|\\|{3,40}|[~^&\\\\]{1,30}|[0-9+-]{1,20}|\"\"|\r",
    ) {
        let text = if siu { SIU } else { ADT };
        let mut parts: Vec<&str> = text.split('|').collect();
        let place = place % parts.len();
        parts[place] = &garbage;
        let text = parts.join("|");
        let faults = run(&text).err().unwrap_or_default();
        let header = Message::parse(&text).map(|message| Header::of(&message)).unwrap_or_default();
        let ack = answer(&header, Code::Error, &faults, "20260101000000", "1");
        prop_assert!(Message::parse(&ack).is_ok());
    }
}
