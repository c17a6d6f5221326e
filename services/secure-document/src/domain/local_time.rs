//! A moment as a patient reads it: in the patient's language, by the clinic's clock.

use bitewing_core::Language;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use time::OffsetDateTime;

const EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const FR: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const IT: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];
const PT: [&str; 12] = [
    "janeiro",
    "fevereiro",
    "março",
    "abril",
    "maio",
    "junho",
    "julho",
    "agosto",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
];
const ES: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];
/// In the genitive, as behind a day.
const RU: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// Writes a moment; a zone nobody knows is UTC, and says so.
pub(crate) fn written(at: OffsetDateTime, zone: &str, language: Language) -> String {
    let known = TimeZone::get(zone).ok();
    let suffix = if known.is_some() { "" } else { " (UTC)" };
    let at = Timestamp::from_second(at.unix_timestamp())
        .unwrap_or_default()
        .to_zoned(known.unwrap_or(TimeZone::UTC));
    format!("{}{suffix}", sentence(&at, language))
}

fn sentence(at: &Zoned, language: Language) -> String {
    let (year, day) = (at.year(), at.day());
    let (hour, minute) = (at.hour(), at.minute());
    let name = |names: &[&'static str; 12]| names[at.month() as usize - 1];
    match language {
        Language::En => {
            let half = if hour < 12 { "a.m." } else { "p.m." };
            let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
            format!("{} {day}, {year}, {hour}:{minute:02} {half}", name(&EN))
        }
        // The first of a month alone is an ordinal; the time as in Canada.
        Language::Fr => {
            let day = if day == 1 {
                "1er".to_owned()
            } else {
                day.to_string()
            };
            format!("{day} {} {year} à {hour} h {minute:02}", name(&FR))
        }
        Language::It => format!("{day} {} {year}, ore {hour}:{minute:02}", name(&IT)),
        Language::Pt => format!("{day} de {} de {year}, {hour:02}:{minute:02}", name(&PT)),
        Language::Es => format!("{day} de {} de {year}, {hour}:{minute:02} h", name(&ES)),
        Language::Ru => format!("{day} {} {year} г., {hour}:{minute:02}", name(&RU)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn everybody_reads_their_own_date() {
        let at = datetime!(2026-12-07 03:05 UTC);
        for (language, wanted) in [
            (Language::En, "December 6, 2026, 10:05 p.m."),
            (Language::Fr, "6 décembre 2026 à 22 h 05"),
            (Language::It, "6 dicembre 2026, ore 22:05"),
            (Language::Pt, "6 de dezembro de 2026, 22:05"),
            (Language::Es, "6 de diciembre de 2026, 22:05 h"),
            (Language::Ru, "6 декабря 2026 г., 22:05"),
        ] {
            assert_eq!(written(at, "America/Montreal", language), wanted);
        }
    }

    #[test]
    fn noon_midnight_and_the_first_of_a_month_are_said_as_people_say_them() {
        let at = datetime!(2026-05-01 00:00 UTC);
        assert_eq!(written(at, "UTC", Language::En), "May 1, 2026, 12:00 a.m.");
        assert_eq!(written(at, "UTC", Language::Fr), "1er mai 2026 à 0 h 00");
        let noon = datetime!(2026-08-31 12:30 UTC);
        assert_eq!(
            written(noon, "UTC", Language::En),
            "August 31, 2026, 12:30 p.m."
        );
    }

    #[test]
    fn summer_time_is_observed_and_an_unknown_zone_says_that_it_is_utc() {
        let at = datetime!(2026-07-01 12:00 UTC);
        assert_eq!(
            written(at, "America/Vancouver", Language::Ru),
            "1 июля 2026 г., 5:00"
        );
        for zone in ["", "Mars/Olympus"] {
            assert_eq!(
                written(at, zone, Language::It),
                "1 luglio 2026, ore 12:00 (UTC)"
            );
        }
    }
}
