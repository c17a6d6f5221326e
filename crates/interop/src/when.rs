//! Dates and times, as the formats write them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

/// What is said of a date that is none.
pub const NO_DATE: &str = "must be a day of the calendar";
/// What is said of a time that is none.
pub const NO_TIME: &str = "must be a time";
/// What is said of a time nobody can place.
pub const NO_ZONE: &str = "must have an offset, or the source a time zone";

/// A time zone.
pub type Zone = TimeZone;

/// A zone by its name, as `America/Toronto`.
pub fn zone(name: &str) -> Option<Zone> {
    TimeZone::get(name).ok()
}

/// A date of the contract.
pub fn date_json(date: Date) -> Value {
    json!({ "year": date.year(), "month": date.month(), "day": date.day() })
}

/// A date as `1980-12-31`; a year or a month alone is no day.
pub fn iso_date(text: &str) -> Result<Option<Date>, &'static str> {
    let digits = |text: &str, many: usize| {
        text.len() == many && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let parts: Vec<&str> = text.split('-').take(4).collect();
    match parts.as_slice() {
        [year] if digits(year, 4) => Ok(None),
        [year, month] if digits(year, 4) && digits(month, 2) => Ok(None),
        [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2) => {
            let number = |text: &str| text.parse::<i16>().map_err(|_| NO_DATE);
            civil(number(year)?, number(month)?, number(day)?).map(Some)
        }
        _ => Err(NO_DATE),
    }
}

/// A day of the calendar.
pub fn civil(year: i16, month: i16, day: i16) -> Result<Date, &'static str> {
    let month = i8::try_from(month).map_err(|_| NO_DATE)?;
    let day = i8::try_from(day).map_err(|_| NO_DATE)?;
    Date::new(year, month, day).map_err(|_| NO_DATE)
}

/// An instant as FHIR writes it, with an offset.
pub fn instant(text: &str) -> Result<Timestamp, &'static str> {
    if text.len() > 40 {
        return Err(NO_TIME);
    }
    text.parse().map_err(|_| NO_TIME)
}

/// A time of a clock in a zone. What happens twice when clocks go back is the first of the two, and what does
/// not happen when they go forward is the time behind.
pub fn local(time: DateTime, zone: Option<&TimeZone>) -> Result<Timestamp, &'static str> {
    let zone = zone.ok_or(NO_ZONE)?;
    let zoned = time.to_zoned(zone.clone()).map_err(|_| NO_TIME)?;
    Ok(zoned.timestamp())
}

/// By RFC 3339, as the contract's JSON has it.
pub fn rfc3339(time: Timestamp) -> String {
    time.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_and_parts_of_a_date_are_no_day() {
        assert_eq!(
            iso_date("1980-12-31"),
            Ok(Some(civil(1980, 12, 31).unwrap()))
        );
        assert_eq!(iso_date("1980"), Ok(None));
        assert_eq!(iso_date("1980-12"), Ok(None));
        for wrong in [
            "1980-02-30",
            "80-12-31",
            "1980-1-1",
            "",
            "1980-12-31-1",
            "é980-12-31",
        ] {
            assert_eq!(iso_date(wrong), Err(NO_DATE), "{wrong}");
        }
    }

    #[test]
    fn a_clock_needs_a_zone_and_summer_time_is_known() {
        let zone = TimeZone::get("America/Toronto").unwrap();
        let noon = |month| jiff::civil::date(2026, month, 10).at(12, 0, 0, 0);
        assert_eq!(
            rfc3339(local(noon(1), Some(&zone)).unwrap()),
            "2026-01-10T17:00:00Z"
        );
        assert_eq!(
            rfc3339(local(noon(7), Some(&zone)).unwrap()),
            "2026-07-10T16:00:00Z"
        );
        assert_eq!(local(noon(7), None), Err(NO_ZONE));
        assert_eq!(
            rfc3339(instant("2026-07-10T12:00:00-04:00").unwrap()),
            "2026-07-10T16:00:00Z"
        );
        assert!(instant("2026-07-10T12:00:00").is_err());
    }
}
