//! The fields of an object.

use crate::when::{NO_DATE, NO_TIME, civil, local, rfc3339};
use crate::{Problem, Source};
use jiff::civil::{Date, DateTime};
use serde_json::{Map, Value};

/// What Open Dental writes for no date.
const NONE: i16 = 1880;

pub(super) struct Fields<'a> {
    object: &'a Map<String, Value>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Fields<'a> {
    pub(super) const fn of(object: &'a Map<String, Value>) -> Self {
        Self {
            object,
            problems: Vec::new(),
        }
    }

    pub(super) fn value(&self, name: &str) -> Option<&'a Value> {
        let same = |key: &str| key.eq_ignore_ascii_case(name);
        let exact = self.object.get(name);
        exact.or_else(|| {
            self.object
                .iter()
                .find(|(key, _)| same(key))
                .map(|(_, value)| value)
        })
    }

    /// Text or a number as text; none where it is missing.
    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        match self.value(name)? {
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(truth) => Some(truth.to_string()),
            Value::Null => Some(String::new()),
            Value::Array(_) | Value::Object(_) => {
                self.problems.push(Problem::new(name, "must be text"));
                None
            }
        }
    }

    /// A key: a number greater than zero, as text.
    pub(super) fn key(&mut self, name: &'static str) -> Option<String> {
        let text = self.text(name)?;
        let number = text.parse::<u64>().ok().filter(|number| *number > 0);
        number.map(|number| number.to_string())
    }

    pub(super) fn wrong(&mut self, name: &'static str, text: &'static str) {
        self.problems.push(Problem::new(name, text));
    }

    /// A date; the inner none where there is none.
    #[expect(
        clippy::option_option,
        reason = "whether it is there, then whether it is a date"
    )]
    pub(super) fn date(&mut self, name: &'static str) -> Option<Option<Date>> {
        let text = self.text(name)?;
        match date(&text) {
            Ok(date) => Some(date),
            Err(wrong) => {
                self.wrong(name, wrong);
                None
            }
        }
    }

    /// A time of the office's clock.
    pub(super) fn time(&mut self, name: &'static str, source: &Source) -> Option<jiff::Timestamp> {
        let text = self.text(name).filter(|text| !text.is_empty())?;
        let time = clock(&text).and_then(|time| {
            time.map(|time| local(time, source.zone.as_ref()))
                .transpose()
        });
        match time {
            Ok(time) => time,
            Err(wrong) => {
                self.wrong(name, wrong);
                None
            }
        }
    }

    /// When the row was last changed, if the clock's zone is known.
    pub(super) fn stamp(&mut self, source: &Source) -> Option<String> {
        source.zone.as_ref()?;
        self.time("DateTStamp", source).map(rfc3339)
    }
}

fn date(text: &str) -> Result<Option<Date>, &'static str> {
    Ok(match text.split([' ', 'T']).next().unwrap_or_default() {
        "" => None,
        day => {
            let parts: Option<Vec<i16>> = day.split('-').map(number).collect();
            let [year, month, day] = parts
                .and_then(|parts| parts.try_into().ok())
                .ok_or(NO_DATE)?;
            let date = civil(year, month, day)?;
            (year >= NONE).then_some(date)
        }
    })
}

fn number(text: &str) -> Option<i16> {
    let digits = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn clock(text: &str) -> Result<Option<DateTime>, &'static str> {
    let Some(date) = date(text).map_err(|_| NO_TIME)? else {
        return Ok(None);
    };
    let time = text.split([' ', 'T']).nth(1).unwrap_or("00:00:00");
    let time = time.split('.').next().unwrap_or_default();
    let parts: Option<Vec<i16>> = time.split(':').map(number).collect();
    let [hour, minute, second] = parts
        .and_then(|parts| parts.try_into().ok())
        .ok_or(NO_TIME)?;
    let part = |number: i16| i8::try_from(number).map_err(|_| NO_TIME);
    let time = jiff::civil::Time::new(part(hour)?, part(minute)?, part(second)?, 0);
    Ok(Some(date.to_datetime(time.map_err(|_| NO_TIME)?)))
}
