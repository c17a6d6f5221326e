use super::*;
use crate::Source;
use proptest::prelude::*;
use serde_json::json;

fn options() -> Options {
    let source = Source {
        system: "abel".to_owned(),
        clinic: Some("cln_home".to_owned()),
        clinics: [("Organization/2".to_owned(), "cln_two".to_owned())].into(),
        zone: None,
    };
    Options {
        source,
        identifiers: None,
    }
}

fn read(mut reader: Reader, text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for part in text.as_bytes().chunks(7) {
        reader.push(part, &mut found);
    }
    reader.end(&mut found);
    found
}

fn one(resource: &Value) -> Result<Value, Vec<Problem>> {
    let found = read(Reader::document(options()), &resource.to_string());
    let [found] = found.as_slice() else {
        panic!("{found:?}")
    };
    found.item.clone().map(|item| match item {
        Item::Patient(row) => row.to_json(found.number),
        Item::Appointment(visit) => visit.json,
        item => panic!("{item:?}"),
    })
}

fn patient() -> Value {
    json!({
        "resourceType": "Patient", "id": "p1", "meta": { "lastUpdated": "2026-05-04T03:02:01.5-04:00" },
        "identifier": [
            { "system": "urn:oid:1.2.3", "value": "SSN" },
            { "type": { "coding": [{ "code": "MR" }] }, "system": "http://clinic.example/mrn", "value": "42" },
        ],
        "active": true,
        "name": [
            { "use": "maiden", "family": "Roy" },
            { "use": "official", "prefix": ["Dr"], "given": ["Anne", "Élise"], "family": "Côté" },
            { "use": "nickname", "text": "Nanou" },
        ],
        "telecom": [
            { "system": "phone", "value": "tel:+1-514-873-1234", "use": "home", "rank": 2 },
            { "system": "sms", "value": "514-873-9999", "rank": 1 },
            { "system": "email", "value": "old@example.org", "use": "old" },
            { "system": "fax", "value": "514-873-0000" },
        ],
        "gender": "female", "birthDate": "1980-12-31", "deceasedBoolean": false,
        "communication": [{ "language": { "coding": [{ "code": "fr-CA" }] }, "preferred": true }],
        "managingOrganization": { "reference": "Organization/2" },
        "contact": [{
            "relationship": [{ "coding": [{ "code": "GUARD" }] }],
            "name": { "given": ["Marc"], "family": "Roy" },
        }],
    })
}

#[test]
fn a_patient_of_another_system_becomes_a_row() {
    let row = one(&patient()).unwrap();
    assert_eq!(
        row,
        json!({
            "rowNumber": 1,
            "patient": {
                "givenName": "Anne", "patronymic": "Élise", "familyName": "Côté", "title": "Dr",
                "preferredName": "Nanou", "gender": "GENDER_FEMALE",
                "birthDate": { "year": 1980, "month": 12, "day": 31 }, "deceased": false,
                "language": "fr", "clinicId": "cln_two",
                "relations": [{ "kind": "RELATION_KIND_GUARDIAN", "displayName": "Marc Roy" }],
                "externalIds": [{ "system": "abel", "value": "42" }],
                "contactPoints": [
                    { "kind": "CONTACT_POINT_KIND_PHONE", "value": "514-873-9999", "lineType": "LINE_TYPE_MOBILE" },
                    { "kind": "CONTACT_POINT_KIND_PHONE", "value": "+1-514-873-1234", "use": "CONTACT_POINT_USE_HOME" },
                ],
            },
            "updateMask": "givenName,patronymic,familyName,title,preferredName,contactPoints,gender,birthDate,deceased,language,clinicId,relations",
            "sourceUpdateTime": "2026-05-04T07:02:01.5Z",
        })
    );
}

#[test]
fn everything_wrong_with_a_patient_is_named_by_its_path() {
    let mut wrong = patient();
    wrong["birthDate"] = json!("1980-02-30");
    wrong["gender"] = json!("F");
    wrong["meta"]["lastUpdated"] = json!("yesterday");
    let paths: Vec<_> = one(&wrong)
        .unwrap_err()
        .into_iter()
        .map(|problem| problem.path)
        .collect();
    assert_eq!(
        paths,
        [
            "Patient.gender",
            "Patient.birthDate",
            "Patient.meta.lastUpdated"
        ]
    );
    wrong["identifier"] = json!([{ "system": "a", "value": "1" }, { "system": "b", "value": "2" }]);
    assert_eq!(one(&wrong).unwrap_err()[0].path, "Patient.identifier");
    // A year alone says nothing, and refuses nobody.
    let mut partly = patient();
    partly["birthDate"] = json!("1980");
    assert!(
        !one(&partly).unwrap()["updateMask"]
            .as_str()
            .unwrap()
            .contains("birthDate")
    );
}

#[test]
fn what_belongs_to_a_patient_in_a_bundle_is_taken_with_it() {
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": [
        { "fullUrl": "urn:uuid:1", "resource": patient() },
        { "resource": {
            "resourceType": "RelatedPerson", "patient": { "reference": "urn:uuid:1" },
            "relationship": [{ "coding": [{ "code": "CHILD" }] }],
            "name": [{ "given": ["Léo"] }], "birthDate": "2012-02-29",
        }},
        { "resource": {
            "resourceType": "RelatedPerson", "patient": { "reference": "Patient/other" }, "name": [{ "text": "Who" }],
        }},
        { "resource": {
            "resourceType": "Appointment", "status": "booked", "identifier": [{ "system": "x", "value": "v1" }],
            "start": "2099-05-04T10:00:00Z", "end": "2099-05-04T11:00:00+00:00",
            "participant": [{ "actor": { "reference": "Patient/p1" }, "status": "needs-action" }],
        }},
        { "resource": { "resourceType": "Practitioner" } },
        { "resource": { "resourceType": "Patient", "active": false } },
    ]});
    let found = read(Reader::document(options()), &bundle.to_string());
    let kinds: Vec<_> = found
        .iter()
        .map(|one| (one.number, one.kind.as_str()))
        .collect();
    assert_eq!(
        kinds,
        [
            (3, "RelatedPerson"),
            (1, "Patient"),
            (4, "Appointment"),
            (5, "Practitioner"),
            (6, "Patient")
        ]
    );
    let Ok(Item::Patient(row)) = &found[1].item else {
        panic!("{found:?}")
    };
    assert_eq!(found[1].parts, [(2, "RelatedPerson".to_owned())]);
    assert_eq!(row.to_json(1)["patient"]["children"][0]["givenName"], "Léo");
    assert_eq!(
        found[0].item.as_ref().unwrap_err()[0].path,
        "RelatedPerson.patient"
    );
    let Ok(Item::Appointment(visit)) = &found[2].item else {
        panic!("{found:?}")
    };
    assert_eq!(visit.json["patientExternalId"]["value"], "42");
    assert_eq!(visit.json["status"], "APPOINTMENT_STATUS_SCHEDULED");
    assert!(matches!(found[3].item, Ok(Item::Skipped(_))));
    assert!(matches!(found[4].item, Ok(Item::Skipped(_))));
}

#[test]
fn a_bad_line_costs_only_itself() {
    let deep = "[".repeat(200);
    let text = format!(
        "{}\n{{\"resourceType\":\n{deep}\n17\n{}\n",
        patient(),
        patient()
    );
    let found = read(Reader::ndjson(options()), &text);
    let good: Vec<_> = found
        .iter()
        .filter(|one| one.item.is_ok())
        .map(|one| one.number)
        .collect();
    assert_eq!((good, found.len()), (vec![1, 5], 5));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    /// A resource with anything anywhere is a row or a problem, never a panic.
    #[test]
    fn nothing_in_a_resource_panics(place in 0_usize..12, garbage in prop::sample::select(vec![
        json!(null), json!(true), json!(-1), json!(1e300), json!(""), json!("\u{0}\u{202e}=cmd|'/c'!A1"), json!([]),
        json!([null, 1, "x", {}]), json!({}), json!({ "coding": 7, "system": [], "value": {} }),
        json!([{ "coding": [null], "given": [[]], "value": 9, "use": {}, "language": [] }]),
        json!("9999-99-99T99:99:99Z"), json!("-0001-01-01"),
    ])) {
        let mut wrong = patient();
        let names: Vec<String> = wrong.as_object().unwrap().keys().cloned().collect();
        if let Some(name) = names.get(place % names.len()) {
            wrong[name] = garbage;
        }
        let found = read(Reader::document(options()), &wrong.to_string());
        prop_assert_eq!(found.len(), 1);
    }
}
