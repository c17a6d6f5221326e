//! A wording as WhatsApp takes it: its values by number, in the order they stand.
//!
//! The rules are those of Meta's «Templates» and «Template components» pages of the WhatsApp Business Platform: up to
//! 1,024 characters, no parameter first or last, none beside another, none with line breaks or more than four spaces
//! in a row.

use super::{Locale, Words};
use crate::domain::source;
use crate::domain::wording::{Flaw, Part};
use std::fmt::Write as _;

/// Characters of a body.
const MAX_BODY: usize = 1_024;

/// A body with numbers for values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameters {
    pub(crate) body: String,
    /// The value each number stands for.
    pub(crate) names: Vec<String>,
}

/// The language a locale is registered in. Meta knows one French.
pub(crate) const fn language(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "en",
        Locale::FrCa | Locale::FrFr => "fr",
        Locale::It => "it",
        Locale::PtBr => "pt_BR",
        Locale::PtPt => "pt_PT",
        Locale::Es => "es",
        Locale::Ru => "ru",
    }
}

/// Numbers the values of a checked wording, or says where WhatsApp would not take it.
pub(crate) fn parameters(words: &Words) -> Result<Parameters, Vec<Flaw>> {
    let text = words.body.as_str();
    let placed = source::scan(text).unwrap_or_default();
    let (mut body, mut names) = (String::with_capacity(text.len()), Vec::new());
    let (mut flaws, mut from) = (Vec::new(), 0);
    for value in &placed {
        let before = &text[from..value.start];
        let hint = if body.is_empty() && before.trim().is_empty() {
            Some("WhatsApp takes no wording that begins with a value: write a word before it")
        } else if before.trim().is_empty() {
            Some("WhatsApp takes no value directly behind another: write a word between them")
        } else if text[value.end..].trim().is_empty() {
            Some(
                "WhatsApp takes no wording that ends with a value: write a word or a full stop behind it",
            )
        } else {
            None
        };
        flaws.extend(hint.map(|hint| Flaw::at(Part::Body, text, value.start, hint)));
        names.push(value.name.to_owned());
        body.push_str(before);
        write!(body, "{{{{{}}}}}", names.len()).expect("a string takes every text");
        from = value.end;
    }
    body.push_str(&text[from..]);
    if body.chars().count() > MAX_BODY {
        let hint = format!("WhatsApp takes at most {MAX_BODY} characters");
        flaws.push(Flaw::whole(Part::Body, hint));
    }
    if flaws.is_empty() {
        Ok(Parameters { body, names })
    } else {
        Err(flaws)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str) -> Result<Parameters, Vec<String>> {
        let words = Words {
            subject: String::new(),
            body: body.to_owned(),
        };
        let said = |flaws: Vec<Flaw>| flaws.iter().map(ToString::to_string).collect();
        parameters(&words).map_err(said)
    }

    #[test]
    fn values_are_numbered_in_their_order() {
        let made = of("Hi {{ a.b }}, at {{c}} or {{ a.b }}.").unwrap();
        assert_eq!(made.body, "Hi {{1}}, at {{2}} or {{3}}.");
        assert_eq!(made.names, ["a.b", "c", "a.b"]);
        assert_eq!(of("No value.").unwrap().names, [""; 0]);
    }

    #[test]
    fn what_whats_app_would_refuse_is_named_with_its_place() {
        for (body, flaw) in [
            (
                "{{ a }}, hello.",
                "line 1, column 1: WhatsApp takes no wording that begins",
            ),
            (
                "Hello.\n{{ a }} {{ b }}.",
                "line 2, column 9: WhatsApp takes no value directly",
            ),
            (
                "Call {{ a }}",
                "line 1, column 6: WhatsApp takes no wording that ends",
            ),
            (&"x".repeat(1_025), "WhatsApp takes at most 1024"),
        ] {
            let flaws = of(body).unwrap_err();
            assert!(flaws.len() == 1 && flaws[0].starts_with(flaw), "{flaws:?}");
        }
    }
}
