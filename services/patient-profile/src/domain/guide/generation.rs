//! Generations: bounds and habits are data, read once.

use super::Tone;
use crate::domain::{ContactChannel, Generation};
use serde::Deserialize;
use std::sync::LazyLock;
use time::Date;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    generation: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    until: i32,
    order: Vec<String>,
    avoid: Vec<String>,
    register: String,
    tone: String,
    self_service: bool,
}

/// How a generation likes to be reached.
#[derive(Debug)]
pub(crate) struct Habits {
    pub(crate) generation: Generation,
    until: i32,
    /// The best first.
    pub(crate) order: Vec<ContactChannel>,
    /// Annoys.
    pub(crate) avoid: Vec<ContactChannel>,
    pub(crate) formal: bool,
    pub(crate) tone: Tone,
    pub(crate) self_service: bool,
}

fn channel(name: &str) -> Option<ContactChannel> {
    Some(match name {
        "sms" => ContactChannel::Sms,
        "email" => ContactChannel::Email,
        "call" => ContactChannel::Call,
        "whatsapp" => ContactChannel::Whatsapp,
        "telegram" => ContactChannel::Telegram,
        "viber" => ContactChannel::Viber,
        "webchat" => ContactChannel::Webchat,
        "social" => ContactChannel::Social,
        "letter" => ContactChannel::Letter,
        _ => return None,
    })
}

fn habits(row: &Row) -> Option<Habits> {
    let channels = |names: &[String]| {
        names
            .iter()
            .map(|name| channel(name))
            .collect::<Option<_>>()
    };
    Some(Habits {
        generation: match row.name.as_str() {
            "boomer" => Generation::Boomer,
            "x" => Generation::X,
            "millennial" => Generation::Millennial,
            "z" => Generation::Z,
            _ => return None,
        },
        until: row.until,
        order: channels(&row.order)?,
        avoid: channels(&row.avoid)?,
        formal: match row.register.as_str() {
            "formal" => true,
            "informal" => false,
            _ => return None,
        },
        tone: match row.tone.as_str() {
            "respectful" => Tone::Respectful,
            "efficient" => Tone::Efficient,
            "friendly" => Tone::Friendly,
            "direct" => Tone::Direct,
            _ => return None,
        },
        self_service: row.self_service,
    })
}

static HABITS: LazyLock<Vec<Habits>> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("generations.toml"))
        .expect("the table of generations is checked by a test");
    assert!(file.version >= 1, "the table of generations has a version");
    let rows = file.generation.iter().map(habits);
    rows.collect::<Option<_>>()
        .expect("the table of generations is checked by a test")
});

/// The habits of a generation.
pub(crate) fn habits_of(generation: Generation) -> &'static Habits {
    HABITS
        .iter()
        .find(|habits| habits.generation == generation)
        .expect("the table of generations has all four: a test checks it")
}

/// The generation of a birth date (R25).
pub(crate) fn generation_of(birth_date: Date) -> Generation {
    let year = birth_date.year();
    HABITS
        .iter()
        .find(|habits| year <= habits.until)
        .map_or(Generation::Z, |habits| habits.generation)
}

/// Whole years from one day to another; none before the first.
pub(crate) fn years(from: Date, to: Date) -> Option<u16> {
    let passed = (to.month() as u8, to.day()) >= (from.month() as u8, from.day());
    let years = to.year() - from.year() - i32::from(!passed);
    u16::try_from(years).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Code as _;
    use time::macros::date;

    #[test]
    fn every_generation_has_its_habits_and_disliked_channels_come_last_or_never() {
        assert_eq!(HABITS.len(), Generation::ALL.len());
        for generation in Generation::ALL {
            let habits = habits_of(*generation);
            assert!(!habits.order.is_empty() && !habits.avoid.is_empty());
        }
        assert!(HABITS.is_sorted_by_key(|habits| habits.until));
    }

    #[test]
    fn birth_years_fall_into_their_generations() {
        for (birth, generation) in [
            (date!(1930 - 06 - 01), Generation::Boomer),
            (date!(1964 - 12 - 31), Generation::Boomer),
            (date!(1965 - 01 - 01), Generation::X),
            (date!(1980 - 12 - 31), Generation::X),
            (date!(1981 - 01 - 01), Generation::Millennial),
            (date!(1996 - 12 - 31), Generation::Millennial),
            (date!(1997 - 01 - 01), Generation::Z),
            (date!(2024 - 02 - 29), Generation::Z),
        ] {
            assert_eq!(generation_of(birth), generation, "{birth}");
        }
    }

    #[test]
    fn years_are_whole() {
        assert_eq!(
            years(date!(2000 - 02 - 29), date!(2026 - 02 - 28)),
            Some(25)
        );
        assert_eq!(
            years(date!(2000 - 02 - 29), date!(2026 - 03 - 01)),
            Some(26)
        );
        assert_eq!(
            years(date!(2000 - 02 - 01), date!(2026 - 02 - 01)),
            Some(26)
        );
        assert_eq!(years(date!(2026 - 02 - 02), date!(2026 - 02 - 01)), None);
    }
}
