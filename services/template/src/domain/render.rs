//! From a wording and values to a message.

use super::{Channel, Slot, Wording, html};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use std::collections::BTreeMap;

/// Instructions the engine carries out for one part of a message: a body of 10,000 characters places fewer values.
const FUEL: u64 = 50_000;
/// How deep the engine nests.
const RECURSION: usize = 8;

/// Stands for the secret until just before the message leaves: templates never see secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker(String);

/// The text cannot stand for a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 8 to 64 of A-Z, a-z, 0-9, '-' and '_'")]
pub(crate) struct NotAMarker;

impl Marker {
    pub(crate) fn parse(text: &str) -> Result<Self, NotAMarker> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if (8..=64).contains(&text.len()) && text.bytes().all(known) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAMarker)
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Values by name, the secret's marker not among them.
pub(crate) type Values = BTreeMap<String, String>;

/// A message.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Rendered {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) slot: Slot,
}

/// Why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RenderError {
    /// The wording places values that were not given.
    Missing(Vec<&'static str>),
    /// The engine refused what the check of wordings let through.
    Broken,
}

/// Fills a wording in.
pub(crate) fn render(
    slot: Slot,
    wording: &Wording,
    values: &Values,
    marker: &Marker,
) -> Result<Rendered, RenderError> {
    let engine = engine();
    let compile = |source| {
        engine
            .template_from_str(source)
            .map_err(|_| RenderError::Broken)
    };
    let (subject, body) = (compile(wording.subject())?, compile(wording.body())?);
    let placed = |name: &str| {
        [&subject, &body]
            .iter()
            .any(|part| part.undeclared_variables(false).contains(name))
    };
    let missing: Vec<_> = slot
        .kind
        .variables()
        .iter()
        .copied()
        .filter(|name| *name != "secret" && !values.contains_key(*name) && placed(name))
        .collect();
    if !missing.is_empty() {
        return Err(RenderError::Missing(missing));
    }
    let mut context = values.clone();
    context.insert("secret".to_owned(), marker.as_str().to_owned());
    let context = Value::from(context);
    let fill = |part: &minijinja::Template<'_, '_>| {
        part.render(context.clone())
            .map_err(|_| RenderError::Broken)
    };
    let (subject, text) = (fill(&subject)?, fill(&body)?);
    let html = match slot.channel {
        Channel::Email => html::page(&subject, &text, Some(marker), slot.language),
        Channel::Sms | Channel::Voice => String::new(),
    };
    Ok(Rendered {
        subject,
        text,
        html,
        slot,
    })
}

/// No filters, no functions, no globals, no loader; a value that is not there is an error. The check of wordings
/// lets nothing through that loops or nests; should it err, fuel and depth end what the engine would not.
pub(super) fn engine() -> Environment<'static> {
    let mut engine = Environment::empty();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine.set_fuel(Some(FUEL));
    engine.set_recursion_limit(RECURSION);
    engine
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Kind, built_in};
    use bitewing_core::Language;
    use proptest::prelude::*;

    fn marker() -> Marker {
        Marker::parse("SECRET-MARKER").unwrap()
    }

    #[test]
    fn values_are_never_read_as_templates() {
        let slot = Slot::new(Kind::DocumentCode, Language::En, Channel::Voice).unwrap();
        let values = Values::from([("clinic_name".to_owned(), "{{ secret }} <b>".to_owned())]);
        let rendered = render(slot, built_in(slot), &values, &marker()).unwrap();
        assert!(
            rendered
                .text
                .starts_with("Hello. This is {{ secret }} <b>. To hear")
        );
    }

    #[test]
    fn missing_values_are_named() {
        let slot = Slot::new(Kind::DocumentLink, Language::Fr, Channel::Email).unwrap();
        let values = Values::from([("clinic_name".to_owned(), "X".to_owned())]);
        let refused = render(slot, built_in(slot), &values, &marker()).err();
        let missing = vec!["patient_name", "clinic_phone", "expires_on"];
        assert_eq!(refused, Some(RenderError::Missing(missing)));
    }

    proptest! {
        #[test]
        fn the_engine_takes_every_wording_the_check_lets_through(body in "[{}%# a-z\\n|é]{0,60}") {
            let slot = Slot::new(Kind::DocumentLink, Language::En, Channel::Email).unwrap();
            if let Ok(wording) = Wording::parse(slot, "x", &format!("{body} {{{{ secret }}}}")) {
                let rendered = render(slot, &wording, &Values::new(), &marker());
                prop_assert!(rendered.is_ok_and(|r| r.text.ends_with("SECRET-MARKER")));
            }
        }
    }
}
