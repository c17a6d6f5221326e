//! XTN: telephones and addresses.

use super::message::{Part, Segment};
use crate::{Field, Point, Row};

/// The fields of PID that hold them, and what they are for.
const FIELDS: [(usize, &str); 2] = [(13, "HOME"), (14, "WORK")];

/// Reads how to reach a patient. What a message gives is the whole of it; both fields taken away is nothing left.
pub(super) fn read(pid: Segment<'_>, row: &mut Row) {
    if FIELDS
        .iter()
        .all(|(number, _)| pid.field(*number).deletes())
    {
        row.speak_of(Field::ContactPoints, "PID-13");
    }
    let mut rank = 0;
    for (number, usage) in FIELDS {
        let field = pid.field(number);
        if field.is_empty() || field.deletes() {
            continue;
        }
        row.speak_of(Field::ContactPoints, format!("PID-{number}"));
        for (place, part) in field.repetitions().enumerate() {
            for point in points(part, usage, rank) {
                row.add(point.at(format!("PID-{number}[{}]", place + 1)));
            }
            rank += 1;
        }
    }
}

fn points(part: Part<'_>, usage: &str, rank: u32) -> Vec<Point> {
    let (use_code, equipment) = (part.component(2).text(), part.component(3).text());
    let email = part.component(4).text();
    if use_code == "NET" || equipment == "Internet" {
        let first = part.component(1).text();
        let address = if email.is_empty() { first } else { email };
        let point = Some(Point::email(&address, "", rank)).filter(|_| !address.is_empty());
        return point.into_iter().collect();
    }
    let mut points = Vec::new();
    if !matches!(equipment.as_str(), "FX" | "BP" | "MD" | "TDD" | "TTY") {
        let number = number(part);
        let (usage, line) = match (equipment.as_str(), use_code.as_str()) {
            ("CP", _) | (_, "PRS") => ("MOBILE", Some("MOBILE")),
            (_, "WPN") => ("WORK", None),
            (_, "PRN" | "ORN") => ("HOME", None),
            (_, "VHN") => ("TEMPORARY", None),
            _ => (usage, None),
        };
        if !number.is_empty() {
            points.push(Point::phone(&number, usage, line, rank));
        }
    }
    if !email.is_empty() {
        points.push(Point::email(&email, "", rank));
    }
    points
}

/// The number as it is dialled, or its parts: country, area, local.
fn number(part: Part<'_>) -> String {
    let unformatted = part.component(12).text();
    let whole = part.component(1).text();
    if !unformatted.is_empty() {
        return unformatted;
    }
    if !whole.is_empty() {
        return whole;
    }
    let [country, area, local] = [5, 6, 7].map(|number| part.component(number).text());
    if local.is_empty() {
        return String::new();
    }
    match country.trim_start_matches('+') {
        "" => format!("{area}{local}"),
        country => format!("+{country}{area}{local}"),
    }
}
