//! From a wording and values to a message.

use super::palette::{self, Fallback, Variable};
use super::say::{Moment, Unsayable, say};
use super::segments::{self, Count};
use super::{Medium, Occasion, Place, Purpose, Words, vocative};
use crate::domain::render::engine;
use crate::domain::{html, source};
use minijinja::{Environment, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// It holds no template and no state.
static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(engine);

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

/// What is said for a variable.
enum Told<'a> {
    Value(&'a str),
    /// The greeting loses its name.
    Nobody,
    /// The sentence is left out.
    Nothing,
    /// Nothing can be said.
    Missing,
}

fn told<'a>(variable: &'static Variable, given: &'a Given) -> Told<'a> {
    let known = |name: &str| {
        let value = given.values.get(name).map(|value| value.trim());
        value.filter(|value| !value.is_empty())
    };
    match (known(variable.name), variable.fallback) {
        (Some(value), _) | (None, Fallback::Word(value)) => Told::Value(value),
        (None, Fallback::Neutral) => Told::Nobody,
        (None, Fallback::Nothing) => Told::Nothing,
        (None, Fallback::Other(name)) => known(name).map_or(Told::Missing, Told::Value),
        (None, Fallback::Refuse) => Told::Missing,
    }
}

/// Fills a wording in.
pub(crate) fn fill(
    kind: &Occasion,
    place: Place,
    words: &Words,
    given: &Given,
) -> Result<Message, FillError> {
    let (mut subject, mut body) = (Cow::Borrowed(&*words.subject), Cow::Borrowed(&*words.body));
    let mut context: BTreeMap<&'static str, BTreeMap<&'static str, Value>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for name in placed(words)? {
        let variable = palette::variable(name).ok_or(FillError::Broken)?;
        let (group, member) = variable.name.split_once('.').ok_or(FillError::Broken)?;
        match told(variable, given) {
            Told::Nobody => {
                subject = vocative::without(&subject, name, place.locale).into();
                body = vocative::without(&body, name, place.locale).into();
            }
            Told::Nothing => {
                subject = vocative::without_sentence(&subject, name).into();
                body = vocative::without_sentence(&body, name).into();
            }
            Told::Missing => wrong.push((variable.name, None)),
            Told::Value(value) => {
                match say(variable.form, value, place.locale, place.medium, given.now) {
                    Ok(said) => {
                        let group = context.entry(group).or_default();
                        group.insert(member, Value::from(said));
                    }
                    Err(error) => wrong.push((variable.name, Some(error))),
                }
            }
        }
    }
    if !wrong.is_empty() {
        return Err(FillError::Values(wrong));
    }
    let groups = context.into_iter();
    let context: BTreeMap<&'static str, Value> = groups
        .map(|(group, values)| (group, Value::from(values)))
        .collect();
    let context = Value::from(context);
    let render = |text: &str| {
        ENGINE
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

/// Says the values of a template that is registered elsewhere, in its order. Its text is fixed, so that a value it places
/// cannot be left out of it.
pub(crate) fn values(
    names: &[String],
    place: Place,
    given: &Given,
) -> Result<Vec<String>, FillError> {
    let (mut values, mut wrong) = (Vec::with_capacity(names.len()), Vec::new());
    for name in names {
        let variable = palette::variable(name).ok_or(FillError::Broken)?;
        match told(variable, given) {
            Told::Value(value) => {
                match say(variable.form, value, place.locale, place.medium, given.now) {
                    Ok(said) => values.push(one_line(&said)),
                    Err(error) => wrong.push((variable.name, Some(error))),
                }
            }
            Told::Nobody | Told::Nothing | Told::Missing => wrong.push((variable.name, None)),
        }
    }
    if wrong.is_empty() {
        Ok(values)
    } else {
        wrong.dedup();
        Err(FillError::Values(wrong))
    }
}

/// WhatsApp takes no line breaks, tabs and runs of spaces in a value.
fn one_line(said: &str) -> String {
    let words = said.split([' ', '\n', '\t']);
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
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
