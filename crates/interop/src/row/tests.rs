use super::*;

fn row() -> Row {
    let key = ExternalId {
        system: "abel".to_owned(),
        value: "7".to_owned(),
    };
    Row::new(key, "Patient.identifier")
}

#[test]
fn a_row_speaks_of_what_was_set_and_takes_away_what_is_empty() {
    let mut row = row();
    row.set(Field::GivenName, "Anne", "Patient.name[0].given");
    row.set(Field::Title, "", "Patient.name[0].prefix");
    row.begin_at("cln_1");
    let json = row.to_json(3);
    assert_eq!(json["updateMask"], "givenName,title");
    assert_eq!(json["patient"]["clinicId"], "cln_1");
    assert_eq!(json["patient"].get("title"), None);
}

#[test]
fn points_are_ordered_by_rank_once_each_and_found_again_when_refused() {
    let mut row = row();
    row.add(Point::phone("514 873-1234", "HOME", None, 2).at("Patient.telecom[0]"));
    row.add(Point::phone("(514) 873 1234", "WORK", None, 0).at("Patient.telecom[1]"));
    row.add(Point::email("a@example.org", "", 1).at("Patient.telecom[2]"));
    let json = row.to_json(1);
    let points = json["patient"]["contactPoints"].as_array().unwrap();
    assert_eq!(points.len(), 2);
    assert_eq!(points[0]["value"], "a@example.org");
    let blamed = row.blame("patient.contact_points[1].value");
    assert_eq!(blamed, "Patient.telecom[0]");
    assert_eq!(row.blame("update_mask.paths[3]"), "update_mask.paths[3]");
}
