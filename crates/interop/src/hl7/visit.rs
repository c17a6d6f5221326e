//! SIU: SCH and its resources as a visit.

use super::event::Options;
use super::message::{Message, Part, Segment};
use super::{Fault, Header, code, patient, time};
use crate::when::rfc3339;
use crate::{ExternalId, Mirrored};
use jiff::SignedDuration;
use serde_json::json;

/// How long a visit is that says neither end nor duration.
const USUAL: SignedDuration = SignedDuration::from_mins(30);

/// Reads a visit of a patient.
pub(super) fn read(
    message: &Message,
    header: &Header,
    who: &ExternalId,
    options: &Options,
) -> Result<Mirrored, Vec<Fault>> {
    let Some(schedule) = message.segment("SCH") else {
        return Err(vec![Fault::new(code::SEGMENT, "SCH", "must be given")]);
    };
    let mut faults = Vec::new();
    // The filler's name of the visit is the dental system's.
    let key = [2, 1].map(|number| schedule.field(number).component(1).text());
    let key = key.into_iter().find(|key| !key.is_empty());
    if key.is_none() {
        faults.push(Fault::new(code::REQUIRED, "SCH-2", "must be given"));
    }
    let status = status(header, schedule);
    let zone = options.source.zone.as_ref();
    let mut moment = |(part, path): (Part<'_>, &'static str)| match time::moment(
        &part.component(1).text(),
        zone,
    ) {
        Ok(time) => Some((time, path)),
        Err(text) => {
            faults.push(Fault::new(code::TYPE, path, text));
            None
        }
    };
    let start = starts(message, schedule)
        .into_iter()
        .find(|(part, _)| !part.is_empty());
    let started = start.is_some();
    let start = start.and_then(&mut moment);
    let end = ends(message, schedule)
        .into_iter()
        .find(|(part, _)| !part.is_empty());
    let end = end.and_then(&mut moment).map(|(end, _)| end);
    if !started {
        faults.push(Fault::new(
            code::REQUIRED,
            "SCH-11",
            "must say when the visit begins, or TQ1-7, or AIS-4",
        ));
    }
    let end = end.or_else(|| {
        start.and_then(|(start, _)| start.checked_add(duration(message, schedule)).ok())
    });
    let clinic = clinic(message, header, options);
    if clinic.is_none() {
        faults.push(Fault::new(
            code::TABLE,
            "AIL-3",
            "must be a clinic that is known here",
        ));
    }
    let (Some(key), Some((start, path)), Some(clinic), true) =
        (key, start, clinic, faults.is_empty())
    else {
        return Err(faults);
    };
    let key = options.source.id(&key);
    let mut json = json!({
        "externalId": key.to_json(), "patientExternalId": who.to_json(), "clinicId": clinic,
        "startTime": rfc3339(start), "endTime": end.map(rfc3339),
        "status": format!("APPOINTMENT_STATUS_{status}"),
        "provider": provider(message), "service": service(message, schedule),
    });
    if let Ok(sent) = time::moment(&header.time, zone) {
        json["sourceUpdateTime"] = json!(rfc3339(sent));
    }
    let at = |field: &'static str, path: &str| (field, path.to_owned());
    Ok(Mirrored {
        json,
        key,
        origins: vec![
            at("external_id", "SCH-2"),
            at("patient", "PID-3"),
            at("start_time", path),
            at("end_time", "SCH-9"),
            at("clinic", "AIL-3"),
            at("provider", "AIP-3"),
            at("service", "AIS-3"),
        ],
    })
}

/// What the event says, and else the filler (table 0278).
fn status(header: &Header, schedule: Segment<'_>) -> &'static str {
    match header.event.as_str() {
        "S15" | "S16" | "S17" => "CANCELLED",
        "S26" => "NO_SHOW",
        _ => match schedule
            .field(25)
            .component(1)
            .text()
            .to_lowercase()
            .as_str()
        {
            "started" => "ARRIVED",
            "complete" => "COMPLETED",
            "cancelled" | "dc" | "deleted" => "CANCELLED",
            "noshow" => "NO_SHOW",
            "confirmed" => "CONFIRMED",
            _ => "SCHEDULED",
        },
    }
}

type Place<'a> = (Part<'a>, &'static str);

fn starts<'a>(message: &'a Message, schedule: Segment<'a>) -> Vec<Place<'a>> {
    let mut places = Vec::new();
    places.extend(
        message
            .segment("TQ1")
            .map(|timing| (timing.field(7), "TQ1-7")),
    );
    places.push((schedule.field(11).component(4), "SCH-11"));
    places.extend(
        message
            .segment("AIS")
            .map(|service| (service.field(4), "AIS-4")),
    );
    places
}

fn ends<'a>(message: &'a Message, schedule: Segment<'a>) -> Vec<Place<'a>> {
    let mut places = Vec::new();
    places.extend(
        message
            .segment("TQ1")
            .map(|timing| (timing.field(8), "TQ1-8")),
    );
    places.push((schedule.field(11).component(5), "SCH-11"));
    places
}

/// SCH-9 in the units of SCH-10, or AIS-7 in those of AIS-8; minutes where there are none.
fn duration(message: &Message, schedule: Segment<'_>) -> SignedDuration {
    let service = message
        .segment("AIS")
        .map(|service| (service.field(7), service.field(8)));
    let places = [Some((schedule.field(9), schedule.field(10))), service];
    let found = places.into_iter().flatten().find_map(|(number, unit)| {
        let number: i64 = number.component(1).text().parse().ok()?;
        let unit = match unit.component(1).text().to_lowercase().as_str() {
            "s" | "sec" => SignedDuration::from_secs(number),
            "h" | "hr" => SignedDuration::from_hours(i64::min(number, 24)),
            _ => SignedDuration::from_mins(i64::min(number, 24 * 60)),
        };
        unit.is_positive().then_some(unit)
    });
    found.unwrap_or(USUAL)
}

fn clinic(message: &Message, header: &Header, options: &Options) -> Option<String> {
    let place = message.segment("AIL").map(|place| place.field(3));
    let parts = place.map(|place| [4, 1].map(|number| place.component(number).first().text()));
    let [facility, point] = parts.unwrap_or_default();
    let named = options
        .source
        .clinic_of(&[&facility, &point])
        .map(str::to_owned);
    named.or_else(|| patient::clinic(message, header, options).map(|(clinic, _)| clinic))
}

/// XCN: given and family name.
fn provider(message: &Message) -> String {
    let Some(person) = message.segment("AIP").map(|person| person.field(3)) else {
        return String::new();
    };
    let parts = [6, 3, 2].map(|number| person.component(number).first().text());
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" ").chars().take(120).collect()
}

/// The words of the service, of the visit's type or of its reason.
fn service(message: &Message, schedule: Segment<'_>) -> String {
    let service = message.segment("AIS").map(|service| service.field(3));
    let places = [service, Some(schedule.field(8)), Some(schedule.field(7))];
    let words = places.into_iter().flatten().find_map(|place| {
        let words = [2, 1].map(|number| place.component(number).text());
        words.into_iter().find(|words| !words.is_empty())
    });
    words.unwrap_or_default().chars().take(120).collect()
}
