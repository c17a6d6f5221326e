//! Patient.

use super::{CLINIC, Options, codes, identifier, list, telecom, text};
use crate::when::{NO_DATE, date_json, instant, iso_date, rfc3339};
use crate::words::{full_name, language};
use crate::{Field, Problem, Row};
use serde_json::{Value, json};

/// Reads a patient.
pub(super) fn read(patient: &Value, options: &Options) -> Result<Row, Vec<Problem>> {
    let mut problems = Vec::new();
    let (key, place) = identifier(patient, options)
        .map_err(|problem| vec![Problem::new("Patient.identifier", problem)])?;
    let mut row = Row::new(key, format!("Patient.identifier[{place}].value"));
    names(patient, &mut row);
    telecom::read(patient, &mut row);
    if let Some(gender) = patient["gender"].as_str() {
        let known = match gender {
            "female" => Some("GENDER_FEMALE"),
            "male" => Some("GENDER_MALE"),
            "other" => Some("GENDER_OTHER"),
            "unknown" => None,
            _ => {
                let text = "must be one of male, female, other and unknown";
                problems.push(Problem::new("Patient.gender", text));
                None
            }
        };
        if let Some(known) = known {
            row.set(Field::Gender, known, "Patient.gender");
        }
    }
    dates(patient, &mut row, &mut problems);
    languages(patient, &mut row);
    clinic(patient, options, &mut row, &mut problems);
    contacts(patient, &mut row);
    match patient["meta"]["lastUpdated"].as_str().map(instant) {
        Some(Ok(time)) => row.source_update_time = Some(rfc3339(time)),
        Some(Err(text)) => problems.push(Problem::new("Patient.meta.lastUpdated", text)),
        None => {}
    }
    if problems.is_empty() {
        Ok(row)
    } else {
        Err(problems)
    }
}

/// The name on record, and the one the patient wants to hear. FHIR has no patronymic: further given names are it.
fn names(patient: &Value, row: &mut Row) {
    let names = list(patient, "name");
    let by = |usage: &'static str| move |name: &&Value| text(name, "use") == usage;
    let main = names
        .iter()
        .position(|name| text(name, "use") == "official")
        .or_else(|| names.iter().position(|name| text(name, "use").is_empty()))
        .or_else(|| {
            let main = |name: &Value| {
                !matches!(
                    text(name, "use"),
                    "old" | "maiden" | "nickname" | "anonymous"
                )
            };
            names.iter().position(main)
        });
    if let Some(place) = main {
        let name = &names[place];
        let at = |part: &str| format!("Patient.name[{place}].{part}");
        let given: Vec<&str> = list(name, "given")
            .iter()
            .filter_map(Value::as_str)
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect();
        let (first, further) = given
            .split_first()
            .map_or(("", &[][..]), |(first, rest)| (*first, rest));
        if first.is_empty() && text(name, "family").is_empty() {
            let (given, family) = full_name(text(name, "text"));
            row.set(Field::GivenName, given, at("text"));
            row.set(Field::FamilyName, family, at("text"));
        } else {
            row.set(Field::GivenName, first, at("given"));
            row.set(Field::Patronymic, further.join(" "), at("given"));
            row.set(Field::FamilyName, text(name, "family"), at("family"));
        }
        if let Some(prefix) = list(name, "prefix").first().and_then(Value::as_str) {
            row.set(Field::Title, prefix.trim(), at("prefix"));
        }
    }
    let called = names.iter().find(by("nickname")).or_else(|| {
        let usual = names
            .iter()
            .enumerate()
            .find(|(_, name)| text(name, "use") == "usual");
        usual
            .filter(|(place, _)| Some(*place) != main)
            .map(|(_, name)| name)
    });
    if let Some(name) = called {
        let given = list(name, "given")
            .first()
            .and_then(Value::as_str)
            .unwrap_or_default();
        let whole = text(name, "text");
        let said = if whole.is_empty() {
            given.trim()
        } else {
            whole
        };
        if !said.is_empty() {
            row.set(Field::PreferredName, said, "Patient.name");
        }
    }
}

fn dates(patient: &Value, row: &mut Row, problems: &mut Vec<Problem>) {
    if let Some(born) = patient["birthDate"].as_str() {
        match iso_date(born) {
            Ok(Some(date)) => row.set(Field::BirthDate, date_json(date), "Patient.birthDate"),
            // A year alone is no day, and says nothing.
            Ok(None) => {}
            Err(text) => problems.push(Problem::new("Patient.birthDate", text)),
        }
    }
    if let Some(deceased) = patient["deceasedBoolean"].as_bool() {
        row.set(Field::Deceased, deceased, "Patient.deceasedBoolean");
    }
    if let Some(died) = patient["deceasedDateTime"].as_str() {
        row.set(Field::Deceased, true, "Patient.deceasedDateTime");
        match died.split('T').next().map_or(Err(NO_DATE), iso_date) {
            Ok(Some(date)) => row.set(
                Field::DeathDate,
                date_json(date),
                "Patient.deceasedDateTime",
            ),
            Ok(None) => {}
            Err(text) => problems.push(Problem::new("Patient.deceasedDateTime", text)),
        }
    }
}

/// The language the patient prefers, or the only one.
fn languages(patient: &Value, row: &mut Row) {
    let spoken = list(patient, "communication");
    let preferred = spoken
        .iter()
        .position(|one| one["preferred"] == json!(true));
    let place = preferred.or((spoken.len() == 1).then_some(0));
    if let Some(place) = place
        && let Some(language) = codes(&spoken[place]["language"]).find_map(language)
    {
        row.set(
            Field::Language,
            language,
            format!("Patient.communication[{place}].language"),
        );
    }
}

/// The clinic: ours by its identifier, the system's by what it calls it.
fn clinic(patient: &Value, options: &Options, row: &mut Row, problems: &mut Vec<Problem>) {
    const PATH: &str = "Patient.managingOrganization";
    let organization = &patient["managingOrganization"];
    let identifier = &organization["identifier"];
    let (reference, value) = (text(organization, "reference"), text(identifier, "value"));
    if text(identifier, "system") == CLINIC && !value.is_empty() {
        row.set(Field::ClinicId, value, PATH);
    } else if let Some(clinic) = options.source.clinic_of(&[reference, value]) {
        row.set(Field::ClinicId, clinic, PATH);
    } else if let Some(clinic) = &options.source.clinic {
        row.begin_at(clinic);
    } else {
        problems.push(Problem::new(PATH, "must name a clinic that is known here"));
    }
}

/// Guardians, payers and relatives who have no record of their own (HL7 table 0131 and RoleCode).
fn contacts(patient: &Value, row: &mut Row) {
    for (place, contact) in list(patient, "contact").iter().enumerate() {
        let name = &contact["name"];
        let given: Vec<&str> = list(name, "given")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let whole = match text(name, "text") {
            "" => [given.join(" ").as_str(), text(name, "family")].join(" "),
            whole => whole.to_owned(),
        };
        let whole = whole.trim();
        let roles = list(contact, "relationship").iter().flat_map(codes);
        let kind = roles.fold("OTHER", |kind, code| {
            super::related::kind_of(code).unwrap_or(kind)
        });
        if !whole.is_empty() {
            row.push(
                Field::Relations,
                json!({ "kind": format!("RELATION_KIND_{kind}"), "displayName": whole }),
                format!("Patient.contact[{place}].name"),
            );
        }
    }
}
