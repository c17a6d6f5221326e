//! PID, NK1 and GT1 as a row of the import.

use super::event::Options;
use super::message::{Message, Part, Segment};
use super::{Fault, Header, code, telecom, time};
use crate::when::{date_json, rfc3339};
use crate::words::language;
use crate::{ExternalId, Field, Row};
use serde_json::{Value, json};

/// The identifier of a patient in a list (CX): the configured authority's, the only one, or the medical record number.
pub(super) fn identifier(
    field: Part<'_>,
    options: &Options,
    path: &str,
) -> Result<ExternalId, Fault> {
    let all: Vec<Part<'_>> = field
        .repetitions()
        .filter(|one| !one.component(1).is_empty() && !one.component(1).deletes())
        .collect();
    let kind = |one: &Part<'_>, wanted: &str| one.component(5).text() == wanted;
    let found: Vec<Part<'_>> = match &options.authority {
        Some(authority) => all
            .into_iter()
            .filter(|one| one.component(4).first().text() == *authority)
            .collect(),
        None if all.len() > 1 => all.into_iter().filter(|one| kind(one, "MR")).collect(),
        None => all,
    };
    match found.as_slice() {
        [one] => Ok(options.source.id(&one.component(1).first().text())),
        [] => Err(Fault::new(
            code::REQUIRED,
            path,
            "must have an identifier that names the patient",
        )),
        _ => {
            let text = "must have one identifier that names the patient, not several";
            Err(Fault::new(code::TABLE, path, text))
        }
    }
}

/// Reads a patient.
pub(super) fn read(
    message: &Message,
    pid: Segment<'_>,
    header: &Header,
    options: &Options,
) -> Result<Row, Vec<Fault>> {
    let mut faults = Vec::new();
    let key = identifier(pid.field(3), options, "PID-3").map_err(|fault| vec![fault])?;
    let mut row = Row::new(key, "PID-3");
    names(pid, &mut row);
    telecom::read(pid, &mut row);
    day(
        pid.field(7),
        Field::BirthDate,
        "PID-7",
        &mut row,
        &mut faults,
    );
    sex(pid.field(8), &mut row, &mut faults);
    if let Some(spoken) = language(&pid.field(15).component(1).text()) {
        row.set(Field::Language, spoken, "PID-15");
    }
    match pid.field(30).text().as_str() {
        "Y" => row.set(Field::Deceased, true, "PID-30"),
        "N" => row.set(Field::Deceased, false, "PID-30"),
        "" => {}
        _ => faults.push(Fault::new(code::TABLE, "PID-30", "must be Y or N")),
    }
    if !pid.field(29).is_empty() && !pid.field(29).deletes() {
        row.set(Field::Deceased, true, "PID-29");
        day(
            pid.field(29),
            Field::DeathDate,
            "PID-29",
            &mut row,
            &mut faults,
        );
    }
    relatives(message, &mut row);
    match clinic(message, header, options) {
        Some((clinic, true)) => row.set(Field::ClinicId, clinic, "PV1-3"),
        Some((clinic, false)) => row.begin_at(&clinic),
        None => faults.push(Fault::new(
            code::TABLE,
            "MSH-4",
            "must be a clinic that is known here",
        )),
    }
    let recorded = message
        .segment("EVN")
        .map(|event| event.field(2).component(1).text());
    let recorded = recorded
        .filter(|time| !time.is_empty())
        .unwrap_or_else(|| header.time.clone());
    if let Ok(recorded) = time::moment(&recorded, options.source.zone.as_ref()) {
        row.source_update_time = Some(rfc3339(recorded));
    }
    if faults.is_empty() {
        Ok(row)
    } else {
        Err(faults)
    }
}

/// XPN: family, given, second, suffix, prefix, degree, type. Second names are patronymics where there are any.
fn names(pid: Segment<'_>, row: &mut Row) {
    let field = pid.field(5);
    let mut named = false;
    for name in field.repetitions() {
        let kind = name.component(7).text();
        match kind.as_str() {
            "" | "L" | "D" | "B" if !named => {
                named = true;
                for (number, field) in [
                    (1, Field::FamilyName),
                    (2, Field::GivenName),
                    (3, Field::Patronymic),
                    (5, Field::Title),
                ] {
                    let part = name.component(number).first();
                    if !part.is_empty() {
                        row.set(field, part.text(), "PID-5");
                    }
                }
            }
            "N" => {
                let called = [name.component(2), name.component(1).first()];
                let called = called
                    .into_iter()
                    .map(Part::text)
                    .find(|text| !text.is_empty());
                if let Some(called) = called {
                    row.set(Field::PreferredName, called, "PID-5");
                }
            }
            _ => {}
        }
    }
}

fn day(part: Part<'_>, field: Field, path: &'static str, row: &mut Row, faults: &mut Vec<Fault>) {
    if part.deletes() {
        row.set(field, Value::Null, path);
    } else if !part.is_empty() {
        match time::date(&part.component(1).text()) {
            Ok(Some(date)) => row.set(field, date_json(date), path),
            // A year alone is no day, and says nothing.
            Ok(None) => {}
            Err(text) => faults.push(Fault::new(code::TYPE, path, text)),
        }
    }
}

/// Table 0001.
fn sex(part: Part<'_>, row: &mut Row, faults: &mut Vec<Fault>) {
    match part.component(1).text().as_str() {
        "F" => row.set(Field::Gender, "GENDER_FEMALE", "PID-8"),
        "M" => row.set(Field::Gender, "GENDER_MALE", "PID-8"),
        "O" | "A" => row.set(Field::Gender, "GENDER_OTHER", "PID-8"),
        "" if part.deletes() => row.set(Field::Gender, Value::Null, "PID-8"),
        "" | "U" | "N" => {}
        _ => faults.push(Fault::new(
            code::TABLE,
            "PID-8",
            "must be one of F, M, O, U, A and N",
        )),
    }
}

/// NK1 by table 0063, and the guarantors of GT1.
fn relatives(message: &Message, row: &mut Row) {
    let next = message
        .all("NK1")
        .map(|one| (one.field(2), one.field(3).component(1).text(), "NK1-2"));
    let payers = message
        .all("GT1")
        .map(|one| (one.field(3), "GUAR".to_owned(), "GT1-3"));
    for (name, code, path) in next.chain(payers) {
        let kind = match code.as_str() {
            "GUAR" => "GUARANTOR",
            "GRD" | "GCH" => "GUARDIAN",
            "PAR" | "MTH" | "FTH" => "PARENT",
            "CHD" | "NCH" | "SCH" | "FCH" => "CHILD",
            "SPO" | "DOM" => "SPOUSE",
            "SIB" | "BRO" | "SIS" => "SIBLING",
            _ => "OTHER",
        };
        let parts = [name.component(2), name.component(1).first()].map(Part::text);
        let whole = parts.join(" ");
        if !whole.trim().is_empty() {
            let relation =
                json!({ "kind": format!("RELATION_KIND_{kind}"), "displayName": whole.trim() });
            row.push(Field::Relations, relation, path);
        }
    }
}

/// The clinic, and whether the message names it: the place of the visit, or the sender's; else the source's.
pub(super) fn clinic(
    message: &Message,
    header: &Header,
    options: &Options,
) -> Option<(String, bool)> {
    let place = message.segment("PV1").map(|visit| visit.field(3));
    let parts = place.map(|place| [4, 1].map(|number| place.component(number).first().text()));
    let [facility, point] = parts.unwrap_or_default();
    let named = options
        .source
        .clinic_of(&[&facility, &point, &header.facility]);
    match named {
        Some(clinic) => Some((clinic.to_owned(), true)),
        None => options.source.clinic.clone().map(|clinic| (clinic, false)),
    }
}
