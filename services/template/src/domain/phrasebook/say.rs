//! Dates, times, spans and amounts as each locale says them, by CLDR's data.

use super::palette::Form;
use super::{Locale, Medium};
use bitewing_rpc::field::printable;
use icu_datetime::fieldsets::{MD, MDE, T, YMD};
use icu_datetime::input::{Date, Time};
use icu_datetime::{DateTimeFormatter, NoCalendarFormatter};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_decimal::options::DecimalFormatterOptions;
use icu_plurals::{PluralCategory, PluralRules};
use std::sync::LazyLock;
use time::PrimitiveDateTime;
use time::macros::format_description;

/// Characters of a value on one line.
const MAX_LINE: usize = 500;
/// Characters of a value of several lines.
const MAX_LINES: usize = 5_000;
/// Minutes in a week: a promise further away is a date.
const MAX_MINUTES: u32 = 7 * 24 * 60;

/// What a clinic's clock shows.
pub(crate) type Moment = PrimitiveDateTime;

/// Why a value cannot be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unsayable {
    #[error("must have at most {0} characters")]
    Long(usize),
    #[error("must be one line without control characters")]
    Lines,
    #[error("must not hold {{{{ or {{%")]
    Braces,
    #[error("must be a date as 2027-03-02")]
    Date,
    #[error("must be a time of day as 14:30")]
    Time,
    #[error("must be a date and a time as 2027-03-02T14:30")]
    Moment,
    #[error("must be whole minutes from 1 to {MAX_MINUTES}")]
    Minutes,
    #[error("must be an amount as 1200.00 CAD")]
    Amount,
    #[error("must be two amounts, the lower first, as 1200.00-1800.00 CAD")]
    Range,
    #[error("needs local_time, to say today and tomorrow")]
    Now,
}

struct Voice {
    near: DateTimeFormatter<MDE>,
    plain: DateTimeFormatter<MD>,
    far: DateTimeFormatter<YMD>,
    time: NoCalendarFormatter<T>,
    number: DecimalFormatter,
    plural: PluralRules,
}

static VOICES: LazyLock<Vec<Voice>> = LazyLock::new(|| {
    let voice = |locale: Locale| {
        let icu = icu_locale_core::Locale::try_from_str(locale.tag()).ok()?;
        Some(Voice {
            near: DateTimeFormatter::try_new((&icu).into(), MDE::long()).ok()?,
            plain: DateTimeFormatter::try_new((&icu).into(), MD::long()).ok()?,
            far: DateTimeFormatter::try_new((&icu).into(), YMD::long()).ok()?,
            time: NoCalendarFormatter::try_new((&icu).into(), T::hm()).ok()?,
            number: DecimalFormatter::try_new((&icu).into(), DecimalFormatterOptions::default())
                .ok()?,
            plural: PluralRules::try_new_cardinal((&icu).into()).ok()?,
        })
    };
    Locale::ALL
        .into_iter()
        .map(|locale| voice(locale).expect("every locale's data is compiled in"))
        .collect()
});

fn voice(locale: Locale) -> &'static Voice {
    &VOICES[locale as usize]
}

/// A moment, as `2027-03-02T14:30`.
pub(crate) fn moment(text: &str) -> Option<Moment> {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]");
    PrimitiveDateTime::parse(text, format).ok()
}

/// A value, said. Text messages and speech hold plain spaces: others would cost a message its alphabet.
pub(super) fn say(
    form: Form,
    value: &str,
    locale: Locale,
    medium: Medium,
    now: Option<Moment>,
) -> Result<String, Unsayable> {
    let said = match form {
        Form::Text => line(value)?,
        Form::Phone if medium == Medium::Voice => figures(&line(value)?),
        Form::Phone => line(value)?,
        Form::Lines => lines(value)?,
        Form::Date => near(locale, day(value)?),
        Form::Day => voice(locale).far.format(&iso(day(value)?)).to_string(),
        Form::Time => {
            let format = format_description!("[hour]:[minute]");
            let time = time::Time::parse(value, format).map_err(|_| Unsayable::Time)?;
            clock(locale, time)
        }
        Form::Moment => {
            let moment = moment(value).ok_or(Unsayable::Moment)?;
            let day = near(locale, moment.date());
            format!("{day}{}{}", at(locale), clock(locale, moment.time()))
        }
        Form::Phrase => {
            let moment = moment(value).ok_or(Unsayable::Moment)?;
            phrase(locale, moment, now.ok_or(Unsayable::Now)?)
        }
        Form::Minutes => {
            let minutes = value.parse().map_err(|_| Unsayable::Minutes)?;
            within(locale, minutes)?
        }
        Form::Amount => {
            let (amount, currency) = value.split_once(' ').ok_or(Unsayable::Amount)?;
            money(locale, amount, currency).ok_or(Unsayable::Amount)?
        }
        Form::Range => range(locale, value).ok_or(Unsayable::Range)?,
    };
    Ok(match medium {
        Medium::Sms | Medium::Voice => said.replace(['\u{a0}', '\u{202f}'], " "),
        Medium::Chat | Medium::Email => said,
    })
}

/// A number for the ear: figures apart, groups with a pause between them. As one number nobody could write it down.
fn figures(phone: &str) -> String {
    let groups = phone.split(|letter: char| !letter.is_alphanumeric());
    let groups = groups.filter(|group| !group.is_empty()).map(|group| {
        let letters: Vec<_> = group.chars().map(String::from).collect();
        letters.join(" ")
    });
    groups.collect::<Vec<_>>().join(", ")
}

fn line(value: &str) -> Result<String, Unsayable> {
    if value.chars().nth(MAX_LINE).is_some() {
        Err(Unsayable::Long(MAX_LINE))
    } else if !value.chars().all(printable) {
        Err(Unsayable::Lines)
    } else {
        braceless(value.trim())
    }
}

fn lines(value: &str) -> Result<String, Unsayable> {
    if value.chars().nth(MAX_LINES).is_some() {
        return Err(Unsayable::Long(MAX_LINES));
    }
    let value = value.replace("\r\n", "\n");
    if value
        .chars()
        .all(|letter| letter == '\n' || printable(letter))
    {
        braceless(value.trim())
    } else {
        Err(Unsayable::Lines)
    }
}

/// No message may look as if a value were missing.
fn braceless(value: &str) -> Result<String, Unsayable> {
    if value.contains("{{") || value.contains("{%") {
        Err(Unsayable::Braces)
    } else {
        Ok(value.to_owned())
    }
}

fn day(value: &str) -> Result<time::Date, Unsayable> {
    let format = format_description!("[year]-[month]-[day]");
    time::Date::parse(value, format).map_err(|_| Unsayable::Date)
}

fn iso(date: time::Date) -> Date<icu_calendar::Iso> {
    let (year, month, day) = date.to_calendar_date();
    Date::try_new_iso(year, month.into(), day).expect("a calendar date is one everywhere")
}

/// A day with its weekday; in Russian without, where the weekday would stand in a case of its own. In Spanish no comma
/// parts the two within a sentence: `el martes 2 de marzo`.
fn near(locale: Locale, date: time::Date) -> String {
    match locale {
        Locale::Ru => voice(locale).plain.format(&iso(date)).to_string(),
        Locale::Es => {
            let day = voice(locale).near.format(&iso(date)).to_string();
            day.replacen(", ", " ", 1)
        }
        _ => voice(locale).near.format(&iso(date)).to_string(),
    }
}

/// What stands before a day. Portuguese weekdays have a gender: `na terça-feira`, `no sábado`.
fn on(locale: Locale, date: time::Date) -> &'static str {
    match (locale, date.weekday()) {
        (Locale::En, _) => "on ",
        (Locale::FrCa | Locale::FrFr, _) => "le ",
        (Locale::PtBr | Locale::PtPt, time::Weekday::Saturday | time::Weekday::Sunday) => "no ",
        (Locale::PtBr | Locale::PtPt, _) => "na ",
        (Locale::Es, _) => "el ",
        (Locale::It | Locale::Ru, _) => "",
    }
}

fn clock(locale: Locale, time: time::Time) -> String {
    let time = Time::try_new(time.hour(), time.minute(), 0, 0).expect("a time is one everywhere");
    voice(locale).time.format(&time).to_string()
}

/// What stands between a day and its time.
const fn at(locale: Locale) -> &'static str {
    match locale {
        Locale::En => " at ",
        Locale::FrCa | Locale::FrFr => " à ",
        Locale::It => " alle ",
        Locale::PtBr | Locale::PtPt => ", às ",
        Locale::Es => " a las ",
        Locale::Ru => " в ",
    }
}

fn phrase(locale: Locale, moment: Moment, now: Moment) -> String {
    let (today, tomorrow) = match locale {
        Locale::En => ("today", "tomorrow"),
        Locale::FrCa | Locale::FrFr => ("aujourd'hui", "demain"),
        Locale::It => ("oggi", "domani"),
        Locale::PtBr | Locale::PtPt => ("hoje", "amanhã"),
        Locale::Es => ("hoy", "mañana"),
        Locale::Ru => ("сегодня", "завтра"),
    };
    let time = clock(locale, moment.time());
    let soon = |day: &str| (day.to_owned(), at(locale).trim_start_matches(','));
    let (day, at) = match (moment.date() - now.date()).whole_days() {
        0 => soon(today),
        1 => soon(tomorrow),
        _ => (
            format!(
                "{}{}",
                on(locale, moment.date()),
                near(locale, moment.date())
            ),
            at(locale),
        ),
    };
    format!("{day}{at}{time}")
}

/// A span of time a promise is kept in: whole days, whole hours of two or more, else minutes.
fn within(locale: Locale, minutes: u32) -> Result<String, Unsayable> {
    if !(1..=MAX_MINUTES).contains(&minutes) {
        return Err(Unsayable::Minutes);
    }
    let (count, unit) = match minutes {
        days if days % (24 * 60) == 0 => (days / (24 * 60), 2),
        hours if hours % 60 == 0 => (hours / 60, 1),
        minutes => (minutes, 0),
    };
    let one = voice(locale).plural.category_for(count) == PluralCategory::One;
    let (within, [[minute, minutes], [hour, hours], [day, days]]) = match locale {
        Locale::En => (
            "within",
            [["minute", "minutes"], ["hour", "hours"], ["day", "days"]],
        ),
        Locale::FrCa | Locale::FrFr => (
            "d'ici",
            [
                ["minute", "minutes"],
                ["heure", "heures"],
                ["jour", "jours"],
            ],
        ),
        Locale::It => (
            "entro",
            [["minuto", "minuti"], ["ora", "ore"], ["giorno", "giorni"]],
        ),
        Locale::PtBr => (
            "em até",
            [["minuto", "minutos"], ["hora", "horas"], ["dia", "dias"]],
        ),
        Locale::PtPt => (
            "no prazo de",
            [["minuto", "minutos"], ["hora", "horas"], ["dia", "dias"]],
        ),
        Locale::Es => (
            "en",
            [["minuto", "minutos"], ["hora", "horas"], ["día", "días"]],
        ),
        // The genitive: of 1, 21, 31 in the singular, of all others in the plural.
        Locale::Ru => (
            "в течение",
            [["минуты", "минут"], ["часа", "часов"], ["дня", "дней"]],
        ),
    };
    let [singular, plural] = [[minute, minutes], [hour, hours], [day, days]][unit];
    let word = if one { singular } else { plural };
    Ok(format!("{within} {count} {word}"))
}

/// An amount such as `1200.00`, in the currency's sign where the locale's readers know it; no cents where there are none.
fn money(locale: Locale, amount: &str, currency: &str) -> Option<String> {
    let number = number(locale, amount)?;
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let sign = match (currency, locale) {
        ("EUR", _) => "€",
        ("GBP", _) => "£",
        ("BRL", _) => "R$",
        ("RUB", _) => "₽",
        ("CAD", Locale::En | Locale::FrCa) | ("USD", Locale::En | Locale::Es) => "$",
        (other, _) => other,
    };
    Some(match locale {
        Locale::En if sign.len() < 3 || sign == "€" => format!("{sign}{number}"),
        Locale::En | Locale::PtBr => format!("{sign}\u{a0}{number}"),
        _ => format!("{number}\u{a0}{sign}"),
    })
}

fn number(locale: Locale, amount: &str) -> Option<String> {
    let (whole, cents) = amount.split_once('.').unwrap_or((amount, "00"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !(1..=9).contains(&whole.len()) || cents.len() != 2 || !digits(whole) || !digits(cents) {
        return None;
    }
    let kept = if cents == "00" { whole } else { amount };
    let mut number: Decimal = kept.parse().ok()?;
    number.trim_start();
    Some(voice(locale).number.format(&number).to_string())
}

fn range(locale: Locale, value: &str) -> Option<String> {
    let (amounts, currency) = value.split_once(' ')?;
    let (low, high) = amounts.split_once('-')?;
    let cents = |amount: &str| amount.parse::<f64>().ok();
    let (from, to) = (
        money(locale, low, currency)?,
        money(locale, high, currency)?,
    );
    if cents(low)? >= cents(high)? {
        return None;
    }
    Some(match locale {
        Locale::En => format!("{from} to {to}"),
        Locale::FrCa | Locale::FrFr => format!("{from} à {to}"),
        Locale::It | Locale::PtBr | Locale::PtPt | Locale::Es => format!("{from} a {to}"),
        Locale::Ru => format!("от {from} до {to}"),
    })
}

#[cfg(test)]
mod tests;
