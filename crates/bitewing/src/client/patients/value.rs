//! Cells as dental systems and spreadsheets write them.

use serde::Deserialize;
use serde_json::{Value, json};

/// How a date with slashes is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    /// As 31/12/1980.
    Dmy,
    /// As 12/31/1980.
    Mdy,
}

impl Order {
    /// What one date tells: a day beyond the twelfth stands where a month cannot.
    pub(super) fn told_by(cell: &str) -> Option<Self> {
        let [first, second, _] = numbers(cell, '/')?;
        match (first > 12, second > 12) {
            (true, false) => Some(Self::Dmy),
            (false, true) => Some(Self::Mdy),
            _ => None,
        }
    }

    /// Whether it takes an order to read a cell.
    pub(super) fn is_needed(cell: &str) -> bool {
        numbers(cell, '/').is_some_and(|[first, second, third]| {
            third > 31 && first != second && first <= 12 && second <= 12
        })
    }
}

fn numbers(cell: &str, separator: char) -> Option<[i64; 3]> {
    // A time behind the date is none of its business.
    let date = cell.split([' ', 'T']).next().unwrap_or_default();
    let parts: Option<Vec<i64>> = date
        .split(separator)
        .map(|part| {
            let digits =
                (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten()
        })
        .collect();
    parts?.try_into().ok()
}

/// Reads a date: `1980-12-31`, `31.12.1980`, `19801231`, or with slashes in an order. `0001-01-01`, which Open
/// Dental writes for none, is none.
pub(super) fn date(cell: &str, order: Option<Order>) -> Result<Option<Value>, &'static str> {
    const WRONG: &str = "must be a date, as 1980-12-31";
    let compact = cell.len() == 8 && cell.bytes().all(|byte| byte.is_ascii_digit());
    let [year, month, day] = if compact {
        let part = |range: std::ops::Range<usize>| cell[range].parse::<i64>().map_err(|_| WRONG);
        [part(0..4)?, part(4..6)?, part(6..8)?]
    } else if let Some(date) = numbers(cell, '-') {
        date
    } else if let Some([day, month, year]) = numbers(cell, '.') {
        [year, month, day]
    } else {
        let [first, second, third] = numbers(cell, '/').ok_or(WRONG)?;
        match order.or_else(|| Order::told_by(cell)) {
            _ if first > 31 => [first, second, third],
            Some(Order::Mdy) => [third, first, second],
            Some(Order::Dmy) => [third, second, first],
            None if first == second => [third, second, first],
            None => return Err("may be two dates: say --dates dmy or --dates mdy"),
        }
    };
    if year == 1 {
        return Ok(None);
    }
    if year < 100 {
        return Err("must have a year of four digits");
    }
    Ok(Some(json!({ "year": year, "month": month, "day": day })))
}

/// Reads a telephone number that may have been through a spreadsheet.
pub(super) fn phone(cell: &str) -> Result<String, &'static str> {
    let folded = cell.to_ascii_uppercase().replace(',', ".");
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((mantissa, exponent)) = folded.split_once('E') {
        let (whole, rest) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent = exponent.trim_start_matches('+');
        if digits(whole) && (rest.is_empty() || digits(rest)) && digits(exponent) {
            let exponent: usize = exponent.parse().map_err(|_| "must be a telephone number")?;
            // Of 1.5551234567E+10 every digit is there; of 1.555E+10 most are lost.
            return if rest.len() == exponent {
                Ok(format!("{whole}{rest}"))
            } else {
                Err("was cut short by a spreadsheet: its digits are lost")
            };
        }
    }
    if let Some((whole, "0")) = folded.split_once('.')
        && digits(whole)
    {
        return Ok(whole.to_owned());
    }
    Ok(cell.to_owned())
}

/// Reads `LAST, FIRST` or `FIRST LAST` into given and family name.
pub(super) fn full_name(cell: &str) -> (String, String) {
    let cell = cell.trim();
    if let Some((family, given)) = cell.split_once(',') {
        return (given.trim().to_owned(), family.trim().to_owned());
    }
    match cell.rsplit_once(char::is_whitespace) {
        Some((given, family)) => (given.trim().to_owned(), family.to_owned()),
        None => (String::new(), cell.to_owned()),
    }
}

/// Reads a gender in the words of six languages and of Open Dental.
pub(super) fn gender(cell: &str) -> Result<Option<&'static str>, &'static str> {
    Ok(match cell.trim().to_lowercase().as_str() {
        "f" | "female" | "w" | "woman" | "femme" | "féminin" | "femmina" | "feminino"
        | "femenino" | "mujer" | "ж" | "жен" | "женский" | "1" => Some("GENDER_FEMALE"),
        "m" | "male" | "man" | "homme" | "masculin" | "maschio" | "masculino" | "hombre" | "м"
        | "муж" | "мужской" | "0" => Some("GENDER_MALE"),
        "o" | "other" | "x" | "autre" | "3" => Some("GENDER_OTHER"),
        "u" | "unknown" | "2" => None,
        _ => return Err("must be a gender, as F, M or other"),
    })
}

/// Reads a language: BCP 47, or the three letters Open Dental writes (ISO 639-2).
pub(super) fn language(cell: &str) -> String {
    let two = match cell.to_ascii_lowercase().as_str() {
        "eng" | "english" => "en",
        "fra" | "fre" | "french" => "fr",
        "spa" | "spanish" => "es",
        "ita" | "italian" => "it",
        "por" | "portuguese" => "pt",
        "rus" | "russian" => "ru",
        _ => cell,
    };
    two.to_owned()
}

/// Reads a yes or a no.
pub(super) fn flag(cell: &str) -> Result<bool, &'static str> {
    match cell.trim().to_lowercase().as_str() {
        "1" | "true" | "yes" | "y" | "x" | "oui" | "sì" | "si" | "sí" | "sim" | "да" => {
            Ok(true)
        }
        "0" | "false" | "no" | "n" | "non" | "não" | "нет" => Ok(false),
        _ => Err("must be yes or no"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_the_ways_they_are_written() {
        let day = json!({ "year": 1980, "month": 12, "day": 31 });
        for (cell, order) in [
            ("1980-12-31", None),
            ("1980-12-31 00:00:00", None),
            ("19801231", None),
            ("31.12.1980", None),
            ("31/12/1980", None),
            ("12/31/1980", None),
            ("1980/12/31", None),
            ("12/31/1980", Some(Order::Mdy)),
        ] {
            assert_eq!(date(cell, order), Ok(Some(day.clone())), "{cell}");
        }
        assert_eq!(date("0001-01-01", None), Ok(None));
        let may = json!({ "year": 1980, "month": 5, "day": 4 });
        assert_eq!(date("04/05/1980", Some(Order::Dmy)), Ok(Some(may)));
        for wrong in [
            "04/05/1980",
            "31/12/80",
            "tomorrow",
            "",
            "1980",
            "é980-12-31",
        ] {
            assert!(date(wrong, None).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_a_spreadsheet_spoiled_are_saved_or_named() {
        assert_eq!(phone("1.5148731234E+10").as_deref(), Ok("15148731234"));
        assert_eq!(phone("5148731234.0").as_deref(), Ok("5148731234"));
        assert_eq!(
            phone("(514) 873-1234 ext. 2").as_deref(),
            Ok("(514) 873-1234 ext. 2")
        );
        assert!(phone("1.555E+10").is_err());
        assert!(phone("1,555E+10").is_err());
        assert!(phone("1E99999999999999999999").is_err());
    }

    #[test]
    fn names_genders_and_languages_are_read_as_people_write_them() {
        assert_eq!(
            full_name("CÔTÉ, Anne Marie"),
            ("Anne Marie".into(), "CÔTÉ".into())
        );
        assert_eq!(full_name("Anne Côté"), ("Anne".into(), "Côté".into()));
        assert_eq!(full_name("Côté"), (String::new(), "Côté".into()));
        assert_eq!(gender("Ж"), Ok(Some("GENDER_FEMALE")));
        assert!(gender("?").is_err());
        assert_eq!(language("fra"), "fr");
        assert_eq!((flag("Oui"), flag("нет")), (Ok(true), Ok(false)));
    }
}
