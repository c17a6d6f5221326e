//! The table appointment.

use super::fields::Fields;
use crate::when::rfc3339;
use crate::{Item, Mirrored, Problem, Source};
use jiff::SignedDuration;
use serde_json::{Map, Value, json};

/// A character of `Pattern` is so many minutes.
const MINUTES: i64 = 5;
/// A visit without a pattern is one of half an hour, as the office's book has it.
const USUAL: i64 = 6;

/// Reads a visit.
pub(super) fn read(object: &Map<String, Value>, source: &Source) -> Result<Item, Vec<Problem>> {
    let mut fields = Fields::of(object);
    let missing = |name| vec![Problem::new(name, "must be a number greater than 0")];
    let key = fields.key("AptNum").ok_or_else(|| missing("AptNum"))?;
    let patient = fields.key("PatNum").ok_or_else(|| missing("PatNum"))?;
    let confirmed = fields.text("confirmed").unwrap_or_default();
    let status = match fields.text("AptStatus").unwrap_or_default().as_str() {
        "Scheduled" | "1" | "ASAP" | "4" if confirms(&confirmed) => "CONFIRMED",
        "Scheduled" | "1" | "ASAP" | "4" => "SCHEDULED",
        "Complete" | "2" => "COMPLETED",
        "Broken" | "5" => "CANCELLED",
        "UnschedList" | "3" | "Planned" | "6" | "PtNote" | "7" | "PtNoteCompleted" | "8" => {
            return Ok(Item::Skipped("the visit has no time"));
        }
        _ => {
            fields.wrong("AptStatus", "must be a status of Open Dental");
            ""
        }
    };
    let start = fields.time("AptDateTime", source);
    if start.is_none() && fields.problems.is_empty() {
        fields.wrong("AptDateTime", "must be given");
    }
    let pattern = fields.text("Pattern").unwrap_or_default().len();
    let units = i64::try_from(pattern)
        .ok()
        .filter(|units| *units > 0)
        .unwrap_or(USUAL);
    let end = start.and_then(|start| {
        start
            .checked_add(SignedDuration::from_mins(units.saturating_mul(MINUTES)))
            .ok()
    });
    let provider = fields.text("provAbbr").unwrap_or_default();
    let service = fields.text("ProcDescript").unwrap_or_default();
    let number = fields.text("ClinicNum").unwrap_or_default();
    let clinic = source.clinic_of(&[&number]).or(source.clinic.as_deref());
    if clinic.is_none() {
        fields.wrong("ClinicNum", "must be a clinic that is known here");
    }
    let stamp = fields.stamp(source);
    if !fields.problems.is_empty() {
        return Err(fields.problems);
    }
    let key = source.id(&key);
    let mut json = json!({
        "externalId": key.to_json(), "patientExternalId": source.id(&patient).to_json(),
        "clinicId": clinic, "startTime": start.map(rfc3339), "endTime": end.map(rfc3339),
        "status": format!("APPOINTMENT_STATUS_{status}"),
        "provider": shortened(&provider), "service": shortened(&service),
    });
    if let Some(stamp) = stamp {
        json["sourceUpdateTime"] = stamp.into();
    }
    let at = |field: &'static str, name: &str| (field, name.to_owned());
    Ok(Item::Appointment(Box::new(Mirrored {
        json,
        key,
        origins: vec![
            at("external_id", "AptNum"),
            at("patient", "PatNum"),
            at("start_time", "AptDateTime"),
            at("end_time", "Pattern"),
            at("clinic", "ClinicNum"),
            at("status", "AptStatus"),
            at("provider", "provAbbr"),
            at("service", "ProcDescript"),
        ],
    })))
}

/// Words offices have for a visit the patient said yes to; the definitions are their own.
fn confirms(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("confirmed") && !text.starts_with("un") && !text.starts_with("not")
}

/// Descriptions of procedures grow; the mirror keeps the beginning.
fn shortened(text: &str) -> String {
    text.chars().take(120).collect::<String>().trim().to_owned()
}
