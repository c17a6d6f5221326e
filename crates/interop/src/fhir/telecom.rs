//! ContactPoint.

use super::{LINE, list, text};
use crate::{Field, Point, Row};
use serde_json::Value;

/// The rank of what has none: behind all that have one.
const LAST: u32 = u32::MAX;

/// Reads ways to reach a patient; those that are over are left out.
pub(super) fn read(patient: &Value, row: &mut Row) {
    if patient["telecom"].as_array().is_some() {
        row.speak_of(Field::ContactPoints, "Patient.telecom");
    }
    for (place, one) in list(patient, "telecom").iter().enumerate() {
        let ended = text(one, "use") == "old" || !text(&one["period"], "end").is_empty();
        if let Some(point) = point(one).filter(|_| !ended) {
            row.add(point.at(format!("Patient.telecom[{place}].value")));
        }
    }
}

fn point(one: &Value) -> Option<Point> {
    let value = Some(text(one, "value")).filter(|value| !value.is_empty())?;
    let rank = one["rank"]
        .as_u64()
        .and_then(|rank| u32::try_from(rank).ok());
    let rank = rank.unwrap_or(LAST);
    let usage = match text(one, "use") {
        "home" => "HOME",
        "work" => "WORK",
        "mobile" => "MOBILE",
        "temp" => "TEMPORARY",
        _ => "",
    };
    match text(one, "system") {
        "phone" => Some(Point::phone(
            strip(value, "tel:"),
            usage,
            line(one, usage),
            rank,
        )),
        "sms" => Some(Point::phone(
            strip(value, "sms:"),
            usage,
            Some("MOBILE"),
            rank,
        )),
        "email" => Some(Point::email(strip(value, "mailto:"), usage, rank)),
        // As our own exports have it; other systems' other things lead nowhere from here.
        "other" => {
            let (messenger, handle) = value.split_once(':')?;
            let channel = match messenger {
                "whatsapp" => "WHATSAPP",
                "telegram" => "TELEGRAM",
                "viber" => "VIBER",
                "social" => "SOCIAL",
                _ => return None,
            };
            Some(Point::handle(handle, channel, rank))
        }
        _ => None,
    }
}

/// A number or address without the scheme some systems write before it.
fn strip<'a>(value: &'a str, scheme: &str) -> &'a str {
    value.strip_prefix(scheme).unwrap_or(value)
}

/// The kind of a line, as our own exports say it; a mobile phone is one elsewhere too.
fn line<'a>(one: &'a Value, usage: &str) -> Option<&'a str> {
    let mut extensions = list(one, "extension").iter();
    let said = extensions.find(|extension| text(extension, "url") == LINE);
    match said.map(|extension| text(extension, "valueCode")) {
        Some("mobile") => Some("MOBILE"),
        Some("landline") => Some("LANDLINE"),
        Some("voip") => Some("VOIP"),
        Some("unknown") => Some("UNKNOWN"),
        _ => (usage == "MOBILE").then_some("MOBILE"),
    }
}
