//! Requests into what the guard is given.

use bitewing_core::Language;
use bitewing_guard::message::{Outbound, Register, Role};
use bitewing_proto::template as pb;
use bitewing_rpc::Fields;
use bitewing_rpc::field::{self, FieldError, printable};

/// The longest text, in characters: at four bytes each it stays below what the guard reads.
pub const MAX_TEXT: usize = 4_000;
/// The longest name, in characters.
const MAX_NAME: usize = 50;
/// The longest name of a clinic, in characters.
const MAX_CLINIC: usize = 120;
/// The most earlier texts that are compared.
const MAX_PREVIOUS: usize = 20;

/// Reads a text of any number of lines as it was typed; `max` characters at most.
pub fn text(text: &str, max: usize) -> Result<String, FieldError> {
    if text.trim().is_empty() {
        return Err(FieldError::Required);
    }
    // Counting stops at the limit: nobody pays for a megabyte.
    if text.chars().nth(max).is_some() {
        return Err(FieldError::Length { min: 1, max });
    }
    Ok(text.to_owned())
}

/// The same of a text that is to be sent: nothing in it may steer a terminal or turn the direction of reading.
pub fn sendable(value: &str, max: usize) -> Result<String, FieldError> {
    let value = text(value, max)?;
    if value
        .chars()
        .all(|letter| matches!(letter, '\n' | '\r' | '\t') || printable(letter))
    {
        Ok(value)
    } else {
        Err(FieldError::Control)
    }
}

/// Reads a language that may be left out.
pub fn language(tag: &str) -> Result<Option<Language>, bitewing_core::language::UnknownLanguage> {
    if tag.is_empty() {
        Ok(None)
    } else {
        tag.parse().map(Some)
    }
}

/// The language of explanations: one of the six, or English.
pub fn explain_in(tag: &str) -> Language {
    tag.parse().unwrap_or_default()
}

/// Reads what somebody does; unspecified may do the least.
pub fn role(value: i32) -> Result<Role, FieldError> {
    Ok(match field::optional_one_of(value)? {
        Some(pb::GuardRole::Reception) => Role::Reception,
        Some(pb::GuardRole::Assistant) => Role::Assistant,
        Some(pb::GuardRole::Hygienist) => Role::Hygienist,
        Some(pb::GuardRole::Dentist) => Role::Dentist,
        Some(pb::GuardRole::Manager) => Role::Manager,
        None | Some(pb::GuardRole::Unspecified | pb::GuardRole::Other) => Role::Other,
    })
}

/// Reads what is known of a message to a patient, noting every violation under `context`.
pub fn context(fields: &mut Fields, context: &pb::GuardContext) -> Option<Outbound> {
    let language = fields.take("context.language", language(&context.language));
    let register = fields.take("context.register", field::optional_one_of(context.register));
    let mut name = |path: &str, value: &str| fields.take(path, field::text(value, 0..=MAX_NAME));
    let first = name("context.patient_first_name", &context.patient_first_name);
    let last = name("context.patient_last_name", &context.patient_last_name);
    let patronymic = name("context.patient_patronymic", &context.patient_patronymic);
    let operator = name("context.operator_name", &context.operator_name);
    let clinic = field::text(&context.clinic_name, 0..=MAX_CLINIC);
    let clinic = fields.take("context.clinic_name", clinic);
    let region = fields.take("context.region", region(&context.region));
    let answers = fields.take("context.answers", optional(&context.answers));
    if context.previous.len() > MAX_PREVIOUS {
        fields.note("context.previous", FieldError::TooMany(MAX_PREVIOUS));
        return None;
    }
    let mut previous = Vec::with_capacity(context.previous.len());
    for (index, value) in context.previous.iter().enumerate() {
        previous.extend(fields.take(format!("context.previous[{index}]"), text(value, MAX_TEXT)));
    }
    Some(Outbound {
        language: language?,
        register: match register? {
            None | Some(pb::GuardRegister::Unspecified) => None,
            Some(pb::GuardRegister::Formal) => Some(Register::Formal),
            Some(pb::GuardRegister::Informal) => Some(Register::Informal),
        },
        patient_first_name: first?,
        patient_last_name: last?,
        patient_patronymic: patronymic?,
        operator_name: operator?,
        clinic: clinic?,
        region: region?,
        first_message: context.first_message,
        is_preview: context.is_preview,
        sensitive: context.sensitive,
        answers: answers?,
        previous,
        ..Outbound::default()
    })
}

/// A region is two capital letters, or left out.
fn region(value: &str) -> Result<Option<String>, FieldError> {
    match value.as_bytes() {
        [] => Ok(None),
        [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok(Some(value.to_owned())),
        _ => Err(FieldError::Length { min: 2, max: 2 }),
    }
}

fn optional(value: &str) -> Result<Option<String>, FieldError> {
    if value.trim().is_empty() {
        Ok(None)
    } else {
        text(value, MAX_TEXT).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_megabyte_is_refused_by_its_length() {
        let long = "é".repeat(1_000_000);
        assert_eq!(
            text(&long, MAX_TEXT),
            Err(FieldError::Length {
                min: 1,
                max: MAX_TEXT
            })
        );
        assert!(text(&"🦷".repeat(MAX_TEXT), MAX_TEXT).is_ok());
        assert_eq!(text(" \n", MAX_TEXT), Err(FieldError::Required));
    }

    #[test]
    fn what_steers_a_screen_is_not_sent() {
        assert!(sendable("two\nlines\tand a tab", 100).is_ok());
        for hostile in ["a\u{1b}[2J", "a\u{202e}b", "a\u{0}"] {
            assert_eq!(
                sendable(hostile, 100),
                Err(FieldError::Control),
                "{hostile:?}"
            );
        }
    }

    #[test]
    fn every_violation_of_a_context_has_its_path() {
        let mut fields = Fields::new();
        let sent = pb::GuardContext {
            language: "tlh".to_owned(),
            register: 9,
            patient_first_name: "a".repeat(51),
            previous: vec!["x".to_owned(), String::new()],
            answers: "y".repeat(4_001),
            ..Default::default()
        };
        assert!(context(&mut fields, &sent).is_none());
        let paths: Vec<String> = fields
            .check()
            .unwrap_err()
            .into_iter()
            .map(|one| one.field)
            .collect();
        let wanted = [
            "context.language",
            "context.register",
            "context.patient_first_name",
            "context.answers",
            "context.previous[1]",
        ];
        assert_eq!(paths, wanted);
    }
}
