//! From a wording and values to a message.

use super::palette::{self, Fallback};
use super::say::{Moment, Unsayable, say};
use super::segments::{self, Count};
use super::{Medium, Occasion, Place, Purpose, Words, vocative};
use crate::domain::render::engine;
use crate::domain::{html, source};
use minijinja::Value;
use std::collections::BTreeMap;

/// What is known when a message is written.
#[derive(Clone, Default)]
pub(crate) struct Given {
    /// Values by name, each in the form of the palette; an empty one is none.
    pub(crate) values: BTreeMap<String, String>,
    /// What the clinic's clock shows.
    pub(crate) now: Option<Moment>,
}

/// A message.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) place: Place,
    pub(crate) purpose: Purpose,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) count: Option<Count>,
}

/// Why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FillError {
    /// What is wrong with which value; `None` is not given and has no fallback.
    Values(Vec<(&'static str, Option<Unsayable>)>),
    /// The engine refused what the check of wordings let through.
    Broken,
}

/// Fills a wording in.
pub(crate) fn fill(
    kind: &Occasion,
    place: Place,
    words: &Words,
    given: &Given,
) -> Result<Message, FillError> {
    let (mut subject, mut body) = (words.subject.clone(), words.body.clone());
    let mut context: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for name in placed(words)? {
        let variable = palette::variable(name).ok_or(FillError::Broken)?;
        let known = |name: &str| {
            let value = given.values.get(name).map(|value| value.trim());
            value.filter(|value| !value.is_empty())
        };
        let value = match (known(name), variable.fallback) {
            (None, Fallback::Neutral) => {
                subject = vocative::without(&subject, name, place.locale);
                body = vocative::without(&body, name, place.locale);
                continue;
            }
            (None, Fallback::Nothing) => {
                subject = vocative::without_sentence(&subject, name);
                body = vocative::without_sentence(&body, name);
                continue;
            }
            (Some(value), _) | (None, Fallback::Word(value)) => Some(value),
            (None, Fallback::Other(name)) => known(name),
            (None, Fallback::Refuse) => None,
        };
        let said =
            value.map(|value| say(variable.form, value, place.locale, place.medium, given.now));
        match (said, name.split_once('.')) {
            (None, _) => wrong.push((variable.name, None)),
            (Some(Err(error)), _) => wrong.push((variable.name, Some(error))),
            (Some(Ok(said)), Some((group, name))) => {
                let group = context.entry(group.to_owned()).or_default();
                group.insert(name.to_owned(), said);
            }
            (Some(Ok(_)), None) => return Err(FillError::Broken),
        }
    }
    if !wrong.is_empty() {
        return Err(FillError::Values(wrong));
    }
    let engine = engine();
    let groups = context.into_iter();
    let context: BTreeMap<String, Value> = groups
        .map(|(group, values)| (group, Value::from(values)))
        .collect();
    let context = Value::from(context);
    let render = |text: &str| {
        engine
            .render_str(text, &context)
            .map_err(|_| FillError::Broken)
    };
    // A line break in a subject would begin another header.
    let (subject, text) = (render(&subject)?.replace('\n', " "), render(&body)?);
    let html = match place.medium {
        Medium::Email => html::page(&subject, &text, None, place.locale),
        Medium::Sms | Medium::Chat | Medium::Voice => String::new(),
    };
    let count = (place.medium == Medium::Sms).then(|| segments::count(&text));
    Ok(Message {
        place,
        purpose: kind.purpose,
        subject,
        text,
        html,
        count,
    })
}

/// The names a wording places, each once.
fn placed(words: &Words) -> Result<Vec<&str>, FillError> {
    let mut names = Vec::new();
    for part in [&words.subject, &words.body] {
        for placed in source::scan(part).map_err(|_| FillError::Broken)? {
            if !names.contains(&placed.name) {
                names.push(placed.name);
            }
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests;
