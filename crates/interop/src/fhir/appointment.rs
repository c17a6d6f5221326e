//! Appointment.

use super::{CLINIC, Options, identifier, list, text};
use crate::when::{instant, rfc3339};
use crate::{ExternalId, Mirrored, Problem};
use serde_json::{Value, json};

/// Reads a visit. `known` answers the patient a reference leads to, if it was read before.
pub(super) fn read(
    visit: &Value,
    options: &Options,
    known: impl Fn(&str) -> Option<ExternalId>,
) -> Result<Mirrored, Vec<Problem>> {
    let mut problems = Vec::new();
    let key = identifier(visit, options);
    let status = match text(visit, "status") {
        "booked" | "pending" | "proposed" => Some("SCHEDULED"),
        "arrived" | "checked-in" => Some("ARRIVED"),
        "fulfilled" => Some("COMPLETED"),
        "cancelled" | "entered-in-error" => Some("CANCELLED"),
        "noshow" => Some("NO_SHOW"),
        _ => None,
    };
    // A visit is booked; that the patient has said yes is in the patient's own status.
    let confirmed = patient(visit).is_some_and(|one| text(one, "status") == "accepted");
    let status = match status {
        Some("SCHEDULED") if confirmed => Some("CONFIRMED"),
        status => status,
    };
    if status.is_none() {
        let text = "must be the state of a visit that has a time";
        problems.push(Problem::new("Appointment.status", text));
    }
    let mut time = |name: &str| match visit[name].as_str().map(instant) {
        Some(Ok(time)) => Some(rfc3339(time)),
        Some(Err(text)) => {
            problems.push(Problem::new(format!("Appointment.{name}"), text));
            None
        }
        None => {
            problems.push(Problem::new(format!("Appointment.{name}"), "must be given"));
            None
        }
    };
    let (start, end) = (time("start"), time("end"));
    let updated = visit["meta"]["lastUpdated"]
        .as_str()
        .and_then(|time| instant(time).ok());

    let actor = patient(visit).map_or(&Value::Null, |one| &one["actor"]);
    let named = &actor["identifier"];
    let by_identifier = (!text(named, "value").is_empty()
        && options
            .identifiers
            .as_deref()
            .is_none_or(|system| text(named, "system") == system))
    .then(|| options.source.id(text(named, "value")));
    let Some(who) = known(text(actor, "reference")).or(by_identifier) else {
        let text = "must refer to the patient before it, or have the patient's identifier";
        problems.push(Problem::new("Appointment.participant.actor", text));
        return Err(problems);
    };
    let clinic = clinic(visit, options);
    if clinic.is_none() {
        let text = "must name a clinic that is known here";
        problems.push(Problem::new("Appointment.participant.actor", text));
    }
    let key = match key {
        Ok((key, _)) if problems.is_empty() => key,
        Ok(_) => return Err(problems),
        Err(text) => {
            problems.push(Problem::new("Appointment.identifier", text));
            return Err(problems);
        }
    };
    let mut json = json!({
        "externalId": key.to_json(), "patientExternalId": who.to_json(), "clinicId": clinic,
        "startTime": start, "endTime": end,
        "status": status.map(|status| format!("APPOINTMENT_STATUS_{status}")),
        "provider": provider(visit), "service": service(visit),
    });
    if let Some(updated) = updated {
        json["sourceUpdateTime"] = json!(rfc3339(updated));
    }
    let at = |field: &'static str, path: &str| (field, path.to_owned());
    Ok(Mirrored {
        json,
        key,
        origins: vec![
            at("external_id", "Appointment.identifier"),
            at("patient", "Appointment.participant.actor"),
            at("start_time", "Appointment.start"),
            at("end_time", "Appointment.end"),
            at("status", "Appointment.status"),
            at("provider", "Appointment.participant.actor.display"),
            at("service", "Appointment.serviceType"),
            at("clinic", "Appointment.participant.actor"),
        ],
    })
}

fn kind(participant: &Value) -> &str {
    let actor = &participant["actor"];
    let reference = text(actor, "reference");
    match text(actor, "type") {
        "" => reference.rsplit('/').nth(1).unwrap_or_default(),
        kind => kind,
    }
}

/// Who comes: the participant that says so, or the first one that refers to anything.
fn patient(visit: &Value) -> Option<&Value> {
    let all = list(visit, "participant");
    all.iter().find(|one| kind(one) == "Patient").or_else(|| {
        let open =
            |one: &&Value| kind(one).is_empty() && !text(&one["actor"], "reference").is_empty();
        all.iter().find(open)
    })
}

fn provider(visit: &Value) -> &str {
    let mut all = list(visit, "participant").iter();
    let provider = all.find(|one| {
        let display = !text(&one["actor"], "display").is_empty();
        matches!(kind(one), "Practitioner" | "PractitionerRole" | "") && display
    });
    provider.map_or("", |one| text(&one["actor"], "display"))
}

fn service(visit: &Value) -> &str {
    list(visit, "serviceType")
        .first()
        .map_or("", |service| text(service, "text"))
}

/// The clinic: a location among the participants, or the source's.
fn clinic<'a>(visit: &'a Value, options: &'a Options) -> Option<&'a str> {
    let of = |one: &'a Value| {
        let actor = &one["actor"];
        let identifier = &actor["identifier"];
        let value = text(identifier, "value");
        if text(identifier, "system") == CLINIC && !value.is_empty() {
            return Some(value);
        }
        options.source.clinic_of(&[text(actor, "reference"), value])
    };
    let mut all = list(visit, "participant").iter();
    all.find_map(of).or(options.source.clinic.as_deref())
}
