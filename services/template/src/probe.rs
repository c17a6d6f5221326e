//! What fuzzers ask of the language wordings are written in. Not for programs: `fuzz/` calls it, and a test replays
//! what fuzzers found.

use crate::domain::phrasebook::{
    FillError, Given, Locale, Medium, Occasion, Place, Register, Words, check, fill, kinds, sample,
    values,
};

/// The check of wordings takes every text: it accepts it as it is, or names flaws that can be shown.
///
/// # Panics
///
/// Where it does not.
pub fn parse(data: &[u8]) {
    let (kind, medium, text) = asked(data);
    let (subject, body) = split(medium, &text);
    match check(kind, medium, subject, body) {
        Ok(words) => {
            let again = check(kind, medium, &words.subject, &words.body);
            assert_eq!(again.as_ref(), Ok(&words), "what was accepted is accepted");
        }
        Err(flaws) => {
            assert!(!flaws.is_empty(), "a refusal says why");
            for flaw in flaws {
                let told = flaw.to_string();
                assert!(told.len() < 4_096, "a flaw repeats what was sent");
            }
        }
    }
}

/// Whatever the check accepts is said whole, or refused by the names of values.
///
/// # Panics
///
/// Where it is not.
pub fn render(data: &[u8]) {
    let (kind, medium, text) = asked(data);
    let (value, text) = text.split_once('\u{1}').unwrap_or(("", &text));
    let (subject, body) = split(medium, text);
    let Ok(words) = check(kind, medium, subject, body) else {
        return;
    };
    let place = Place {
        locale: Locale::ALL[data.len() % 8],
        register: Register::ALL[data.len() / 8 % 2],
        medium,
    };
    let mut given = sample(place.locale, place.register);
    for (nth, name) in kind.variables.iter().enumerate() {
        match data.get(nth).unwrap_or(&0) % 4 {
            0 => drop(given.values.remove(name)),
            1 => drop(given.values.insert(name.clone(), value.to_owned())),
            _ => {}
        }
    }
    said(kind, place, &words, &given);
}

fn said(kind: &Occasion, place: Place, words: &Words, given: &Given) {
    match fill(kind, place, words, given) {
        Ok(message) => {
            for part in [&message.subject, &message.text] {
                assert!(!part.contains("{{"), "a value is missing in what is sent");
            }
            assert!(!message.subject.contains('\n'), "a subject is one line");
            assert_eq!(message.count.is_some(), place.medium == Medium::Sms);
        }
        Err(FillError::Values(wrong)) => {
            assert!(
                wrong
                    .iter()
                    .all(|(name, _)| kind.variables.iter().any(|known| known == name))
            );
        }
        Err(FillError::Broken) => panic!("the engine refuses what the check let through"),
    }
    let numbered = values(&kind.variables, place, given);
    assert!(
        numbered != Err(FillError::Broken),
        "a value cannot be said by its number"
    );
}

/// A kind, a channel and a text, by the first two bytes and the rest.
fn asked(data: &[u8]) -> (&'static Occasion, Medium, String) {
    let [first, second, rest @ ..] = data else {
        return asked(&[0, 0]);
    };
    let all: Vec<_> = kinds().collect();
    let kind = all[usize::from(*first) % all.len()];
    let medium = kind.channels[usize::from(*second) % kind.channels.len()];
    (kind, medium, String::from_utf8_lossy(rest).into_owned())
}

/// E-mails have a subject: the first line.
fn split(medium: Medium, text: &str) -> (&str, &str) {
    match medium {
        Medium::Email => text.split_once('\n').unwrap_or((text, "")),
        Medium::Sms | Medium::Chat | Medium::Voice => ("", text),
    }
}
