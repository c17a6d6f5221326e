//! The table patient.

use super::fields::Fields;
use crate::row::Permission;
use crate::when::date_json;
use crate::words::language;
use crate::{Channel, Field, Item, Point, Problem, Row, Source};
use serde_json::{Map, Value, json};

/// Fields that are text here and there.
const TEXTS: [(&str, Field); 6] = [
    ("LName", Field::FamilyName),
    ("FName", Field::GivenName),
    ("MiddleI", Field::Patronymic),
    ("Preferred", Field::PreferredName),
    ("Title", Field::Title),
    ("Salutation", Field::Salutation),
];

/// Telephones, in the order they are tried; the letters are their use here.
const PHONES: [(&str, &str, Option<&str>); 3] = [
    ("WirelessPhone", "MOBILE", Some("MOBILE")),
    ("HmPhone", "HOME", None),
    ("WkPhone", "WORK", None),
];

/// The patient an object is about.
pub(super) fn key(value: &Value) -> Option<String> {
    Fields::of(value.as_object()?).key("PatNum")
}

/// Reads a patient.
pub(super) fn read(object: &Map<String, Value>, source: &Source) -> Result<Item, Vec<Problem>> {
    let mut fields = Fields::of(object);
    let Some(key) = fields.key("PatNum") else {
        return Err(vec![Problem::new(
            "PatNum",
            "must be a number greater than 0",
        )]);
    };
    match fields.text("PatStatus").unwrap_or_default().as_str() {
        "Deleted" | "4" => return Ok(Item::Skipped("the patient is deleted there")),
        "Deceased" | "5" => {}
        "" | "Patient" | "0" | "NonPatient" | "1" | "Inactive" | "2" | "Archived" | "3"
        | "Prospective" | "6" => {}
        _ => fields.wrong("PatStatus", "must be a status of Open Dental"),
    }
    let mut row = Row::new(source.id(&key), "PatNum");
    for (name, field) in TEXTS {
        if let Some(text) = fields.text(name) {
            row.set(field, text, name);
        }
    }
    match fields.text("Gender").unwrap_or_default().as_str() {
        "Male" | "0" => row.set(Field::Gender, "GENDER_MALE", "Gender"),
        "Female" | "1" => row.set(Field::Gender, "GENDER_FEMALE", "Gender"),
        "Other" | "3" => row.set(Field::Gender, "GENDER_OTHER", "Gender"),
        "" | "Unknown" | "2" => {}
        _ => fields.wrong("Gender", "must be a gender of Open Dental"),
    }
    if let Some(born) = fields.date("Birthdate") {
        row.set(Field::BirthDate, born.map(date_json), "Birthdate");
    }
    if let Some(Some(first)) = fields.date("DateFirstVisit") {
        row.set(Field::PatientSince, date_json(first), "DateFirstVisit");
    }
    let died = fields.date("DateTimeDeceased").flatten();
    let deceased = matches!(fields.text("PatStatus").as_deref(), Some("Deceased" | "5"));
    if died.is_some() || deceased {
        row.set(Field::Deceased, true, "PatStatus");
    }
    if let Some(died) = died {
        row.set(Field::DeathDate, date_json(died), "DateTimeDeceased");
    }
    if let Some(language) = fields.text("Language").as_deref().and_then(language) {
        row.set(Field::Language, language, "Language");
    }
    points(&mut fields, &mut row);
    wishes(&mut fields, &mut row);
    clinic(&mut fields, source, &mut row);
    row.source_update_time = fields.stamp(source);
    if fields.problems.is_empty() {
        Ok(Item::Patient(Box::new(row)))
    } else {
        Err(fields.problems)
    }
}

fn points(fields: &mut Fields<'_>, row: &mut Row) {
    for (rank, (name, usage, line)) in (0..).zip(PHONES) {
        if let Some(number) = fields.text(name) {
            row.speak_of(Field::ContactPoints, name);
            if !number.is_empty() {
                row.add(Point::phone(&number, usage, line, rank).at(name));
            }
        }
    }
    if let Some(addresses) = fields.text("Email") {
        row.speak_of(Field::ContactPoints, "Email");
        // Offices write several into one field.
        for address in addresses
            .split([',', ';', ' '])
            .filter(|part| !part.is_empty())
        {
            row.add(Point::email(address, "", 9).at("Email"));
        }
    }
}

/// How the patient wants to be reached, and how not. `DoNotCall` is about calls: texts are `TxtMsgOk`.
fn wishes(fields: &mut Fields<'_>, row: &mut Row) {
    let mut may_call = None;
    let wanted = fields.text("PreferContactMethod").unwrap_or_default();
    let channel = match wanted.as_str() {
        "HmPhone" | "2" | "WkPhone" | "3" | "WirelessPh" | "4" => Some(Channel::Call),
        "Email" | "5" => Some(Channel::Email),
        "Mail" | "7" => Some(Channel::Letter),
        "TextMessage" | "8" => Some(Channel::Sms),
        "DoNotCall" | "1" => {
            may_call = Some(false);
            None
        }
        "" | "None" | "0" | "SeeNotes" | "6" => None,
        _ => {
            fields.wrong(
                "PreferContactMethod",
                "must be a ContactMethod of Open Dental",
            );
            None
        }
    };
    if let Some(channel) = channel {
        row.set(
            Field::PreferredChannels,
            json!([channel.name()]),
            "PreferContactMethod",
        );
        if channel == Channel::Call {
            may_call = Some(true);
        }
    }
    let may_text = match fields.text("TxtMsgOk").unwrap_or_default().as_str() {
        "Yes" | "1" => Some(true),
        "No" | "2" => Some(false),
        "" | "Unknown" | "0" => None,
        _ => {
            fields.wrong("TxtMsgOk", "must be Yes, No or Unknown");
            None
        }
    };
    for (channel, allowed) in [(Channel::Call, may_call), (Channel::Sms, may_text)] {
        if let Some(allowed) = allowed {
            row.permissions.push(Permission { channel, allowed });
        }
    }
}

fn clinic(fields: &mut Fields<'_>, source: &Source, row: &mut Row) {
    let number = fields.text("ClinicNum").unwrap_or_default();
    if let Some(clinic) = source.clinic_of(&[&number]) {
        row.set(Field::ClinicId, clinic, "ClinicNum");
    } else if let Some(clinic) = &source.clinic {
        row.begin_at(clinic);
    } else {
        fields.wrong("ClinicNum", "must be a clinic that is known here");
    }
}
