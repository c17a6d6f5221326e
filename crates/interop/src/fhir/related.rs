//! RelatedPerson: who belongs to the patient before it.

use super::{PATIENT, codes, list, text};
use crate::when::{date_json, iso_date};
use crate::{Field, Problem, Row};
use serde_json::{Map, Value, json};

/// What a code of a relationship is here: v3-RoleCode, v3-RoleClass, HL7 table 0131.
pub(super) fn kind_of(code: &str) -> Option<&'static str> {
    Some(match code {
        "GUAR" => "GUARANTOR",
        "GUARD" | "GT" | "GUADLTM" => "GUARDIAN",
        "PRN" | "MTH" | "FTH" | "NMTH" | "NFTH" | "STPPRN" | "PRNFOST" | "PRNINLAW" => "PARENT",
        "CHILD" | "SON" | "DAU" | "NCHILD" | "STPCHLD" | "CHLDADOPT" | "CHLDFOST" | "SONC"
        | "DAUC" => "CHILD",
        "SPS" | "HUSB" | "WIFE" | "DOMPART" => "SPOUSE",
        "SIB" | "BRO" | "SIS" | "NSIB" => "SIBLING",
        "FAMMEMB" | "N" | "C" | "FRND" | "O" | "U" => "OTHER",
        _ => return None,
    })
}

/// Adds somebody to the row of the patient.
pub(super) fn add(person: &Value, row: &mut Row) -> Result<(), Vec<Problem>> {
    let names = list(person, "name");
    let name = names.first().unwrap_or(&Value::Null);
    let given = list(name, "given")
        .first()
        .and_then(Value::as_str)
        .map_or("", str::trim);
    let mut identifiers = list(person, "identifier").iter();
    let record = identifiers
        .find(|one| text(one, "system") == PATIENT)
        .map_or("", |one| text(one, "value"));
    let roles = list(person, "relationship").iter().flat_map(codes);
    let kind = roles.fold("OTHER", |kind, code| kind_of(code).unwrap_or(kind));

    let mut entry = Map::new();
    let mut put = |name: &str, value: Value| entry.insert(name.to_owned(), value);
    if kind == "CHILD" && !given.is_empty() {
        put("givenName", given.into());
        if let Some(born) = person["birthDate"].as_str() {
            let born = iso_date(born)
                .map_err(|text| vec![Problem::new("RelatedPerson.birthDate", text)])?;
            if let Some(born) = born {
                put("birthDate", date_json(born));
            }
        }
        if !record.is_empty() {
            put("patientId", record.into());
        }
        row.push(Field::Children, entry.into(), "RelatedPerson.name");
        return Ok(());
    }
    put("kind", json!(format!("RELATION_KIND_{kind}")));
    if record.is_empty() {
        let whole = match text(name, "text") {
            "" => format!("{given} {}", text(name, "family"))
                .trim()
                .to_owned(),
            whole => whole.to_owned(),
        };
        if whole.is_empty() {
            let text = "must have a name, or an identifier of a patient here";
            return Err(vec![Problem::new("RelatedPerson.name", text)]);
        }
        put("displayName", whole.into());
    } else {
        put("patientId", record.into());
    }
    row.push(Field::Relations, entry.into(), "RelatedPerson.name");
    Ok(())
}
