//! What the guard is given: a text and what is known about it.

use std::fmt;

use bitewing_core::Language;
use serde::{Deserialize, Serialize};

use crate::text::is_blank;

/// The longest text that is read, in bytes; longer ones are refused before any work.
pub const MAX_TEXT: usize = 16 * 1024;
/// The most earlier texts that are compared.
pub const MAX_PREVIOUS: usize = 20;
/// The longest name, in bytes.
pub const MAX_NAME: usize = 200;

/// What a person does at the clinic, as far as it decides what they may write.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers and books.
    Reception,
    /// Helps at the chair.
    Assistant,
    /// Cleans, and explains how to.
    Hygienist,
    /// Diagnoses and prescribes.
    Dentist,
    /// Runs the clinic.
    Manager,
    /// Anybody else; may do the least.
    #[default]
    Other,
}

impl Role {
    /// Reads a job title of an integrator; what is unknown may do the least.
    pub fn from_title(title: &str) -> Self {
        match title.trim().to_ascii_lowercase().as_str() {
            "reception" | "receptionist" | "secretary" => Self::Reception,
            "assistant" => Self::Assistant,
            "hygienist" => Self::Hygienist,
            "dentist" => Self::Dentist,
            "manager" | "owner" => Self::Manager,
            _ => Self::Other,
        }
    }

    /// May diagnose and prescribe.
    pub fn is_clinician(self) -> bool {
        self == Self::Dentist
    }
}

/// How a patient is addressed (R31).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Register {
    /// vous, Lei, o senhor, usted, Вы.
    Formal,
    /// tu, tú, ты.
    Informal,
}

/// What is known of a message to a patient. Names and texts are not shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Outbound {
    /// The patient's language; none lets the text decide.
    pub language: Option<Language>,
    /// How this patient is addressed; none only asks that one message does not mix.
    pub register: Option<Register>,
    /// May be empty.
    pub patient_first_name: String,
    /// May be empty.
    pub patient_last_name: String,
    /// May be empty.
    pub patient_patronymic: String,
    /// Who writes; may be empty.
    pub operator_name: String,
    /// What they do.
    pub operator_role: Role,
    /// The clinic's name; may be empty.
    pub clinic: String,
    /// The clinic's country, CLDR: chooses between European and Brazilian Portuguese.
    pub region: Option<String>,
    /// The first of its thread, or the first of this operator in it.
    pub first_message: bool,
    /// The text will be shown on a locked screen or in a list (R73).
    pub is_preview: bool,
    /// The patient asked not to be shown things openly (R73).
    pub sensitive: bool,
    /// A dentist has seen this wording: an approved template or signed instruction (section 0).
    pub pre_approved: bool,
    /// The patient's last message, when this one answers it.
    pub answers: Option<String>,
    /// What the clinic wrote in this thread before, newest last.
    pub previous: Vec<String>,
    /// Hosts that are the clinic's own; links elsewhere are foreign.
    pub own_hosts: Vec<String>,
    /// Words this clinic writes that no dictionary has.
    pub words: Vec<String>,
}

/// What is known of a message from a patient.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inbound {
    /// The language the patient is written to; decides over texts that could be any.
    pub language: Option<Language>,
    /// Days since a procedure; what is unclear soon after one goes to a person first.
    pub days_since_procedure: Option<u16>,
    /// The address is known.
    pub known_sender: bool,
}

/// Why a message cannot be judged at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Nothing that shows.
    #[error("{field} must not be empty")]
    Empty {
        /// The field's path.
        field: &'static str,
    },
    /// Too long, or too many.
    #[error("{field} must have at most {limit}")]
    TooLong {
        /// The field's path.
        field: &'static str,
        /// Bytes, or entries of a list.
        limit: usize,
    },
}

impl MessageError {
    /// A stable word for clients.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "EMPTY_TEXT",
            Self::TooLong { .. } => "TOO_LONG",
        }
    }

    /// The path of the field that is wrong.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Empty { field } | Self::TooLong { field, .. } => field,
        }
    }
}

/// Refuses what must not be looked at.
pub(crate) fn check_text(text: &str) -> Result<(), MessageError> {
    limit("text", text.len(), MAX_TEXT)?;
    if is_blank(text) {
        return Err(MessageError::Empty { field: "text" });
    }
    Ok(())
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound")
            .field("language", &self.language)
            .field("operator_role", &self.operator_role)
            .field("first_message", &self.first_message)
            .field("is_preview", &self.is_preview)
            .field("pre_approved", &self.pre_approved)
            .finish_non_exhaustive()
    }
}

impl Outbound {
    /// Every limit on what is known.
    pub(crate) fn check(&self) -> Result<(), MessageError> {
        for (field, name) in [
            ("context.patient_first_name", &self.patient_first_name),
            ("context.patient_last_name", &self.patient_last_name),
            ("context.patient_patronymic", &self.patient_patronymic),
            ("context.operator_name", &self.operator_name),
            ("context.clinic", &self.clinic),
        ] {
            limit(field, name.len(), MAX_NAME)?;
        }
        limit("context.previous", self.previous.len(), MAX_PREVIOUS)?;
        for previous in &self.previous {
            limit("context.previous", previous.len(), MAX_TEXT)?;
        }
        if let Some(answers) = &self.answers {
            limit("context.answers", answers.len(), MAX_TEXT)?;
        }
        for (field, list, most) in [
            ("context.own_hosts", &self.own_hosts, 50),
            ("context.words", &self.words, 5_000),
        ] {
            limit(field, list.len(), most)?;
            for entry in list {
                limit(field, entry.len(), MAX_NAME)?;
            }
        }
        Ok(())
    }
}

fn limit(field: &'static str, length: usize, limit: usize) -> Result<(), MessageError> {
    if length > limit {
        return Err(MessageError::TooLong { field, limit });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_name_their_field() {
        assert_eq!(check_text(" \n").unwrap_err().reason(), "EMPTY_TEXT");
        assert_eq!(check_text(&"a".repeat(MAX_TEXT)), Ok(()));
        let long = "a".repeat(1_000_000);
        assert_eq!(check_text(&long).unwrap_err().reason(), "TOO_LONG");
        let context = Outbound {
            previous: vec!["x".to_owned(); MAX_PREVIOUS + 1],
            ..Outbound::default()
        };
        assert_eq!(context.check().unwrap_err().field(), "context.previous");
    }

    #[test]
    fn names_and_texts_are_not_shown() {
        let context = Outbound {
            patient_first_name: "Ana".to_owned(),
            previous: vec!["secret".to_owned()],
            ..Outbound::default()
        };
        let shown = format!("{context:?}");
        assert!(
            !shown.contains("Ana") && !shown.contains("secret"),
            "{shown}"
        );
    }

    #[test]
    fn an_unknown_title_may_do_the_least() {
        assert_eq!(Role::from_title("Dentist"), Role::Dentist);
        assert_eq!(Role::from_title("tooth fairy"), Role::Other);
        assert!(!Role::Hygienist.is_clinician());
    }
}
