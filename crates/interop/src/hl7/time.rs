//! TS and DTM: `YYYY[MM[DD[HH[MM[SS[.S...]]]]]][+/-ZZZZ]` (2.A.22).

use crate::when::{NO_DATE, NO_TIME, civil, local};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

/// A date; a year or a month alone is no day.
pub(super) fn date(text: &str) -> Result<Option<Date>, &'static str> {
    let digits = digits(text);
    match digits.len() {
        4 | 6 => Ok(None),
        8.. => {
            let part =
                |from: usize, to: usize| digits[from..to].parse::<i16>().map_err(|_| NO_DATE);
            civil(part(0, 4)?, part(4, 6)?, part(6, 8)?).map(Some)
        }
        _ => Err(NO_DATE),
    }
}

/// A time, on the source's clock unless it says its own offset.
pub(super) fn moment(text: &str, zone: Option<&TimeZone>) -> Result<Timestamp, &'static str> {
    let day = date(text).map_err(|_| NO_TIME)?.ok_or(NO_TIME)?;
    let digits = digits(text);
    let part = |from: usize| match digits.get(from..from + 2) {
        Some(part) => part.parse::<i8>().map_err(|_| NO_TIME),
        None if digits.len() <= from => Ok(0),
        None => Err(NO_TIME),
    };
    let time = jiff::civil::Time::new(part(8)?, part(10)?, part(12)?, 0).map_err(|_| NO_TIME)?;
    let own = match text.find(['+', '-']) {
        Some(place) => Some(TimeZone::fixed(offset(&text[place..]).ok_or(NO_TIME)?)),
        None => None,
    };
    local(day.to_datetime(time), own.as_ref().or(zone))
}

/// The digits at the beginning.
fn digits(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_ascii_digit());
    &text[..end.unwrap_or(text.len())]
}

/// As `-0500`.
fn offset(text: &str) -> Option<Offset> {
    let (sign, number) = text.split_at_checked(1)?;
    let good = number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit());
    let (hours, minutes) = number.split_at_checked(2).filter(|_| good)?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds = (hours * 60 + minutes) * 60;
    Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_on_the_clock_they_name_or_the_sources() {
        let zone = TimeZone::get("America/Toronto").unwrap();
        let read = |text| moment(text, Some(&zone)).map(|time| time.to_string());
        assert_eq!(
            read("20260710120000"),
            Ok("2026-07-10T16:00:00Z".to_owned())
        );
        assert_eq!(
            read("202607101200-0500"),
            Ok("2026-07-10T17:00:00Z".to_owned())
        );
        assert_eq!(
            read("20260710120000.1234+0000"),
            Ok("2026-07-10T12:00:00Z".to_owned())
        );
        for wrong in [
            "",
            "2026",
            "202607",
            "20260732",
            "2026071025",
            "202607101",
            "20260710-9",
            "2026071012+99999",
            "é",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(moment("202607101200", None).is_err());
        assert_eq!(date("1980"), Ok(None));
        assert_eq!(date("19801231"), Ok(Some(civil(1980, 12, 31).unwrap())));
        assert!(date("198012311").is_ok() && date("19800231").is_err() && date("80").is_err());
    }
}
