//! Labelled messages.

use bitewing_core::Language;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// One labelled message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Unique in the corpus.
    pub id: String,
    /// Who would have written it: splits keep authors together. Never empty in the corpus itself.
    #[serde(default)]
    pub author: String,
    /// The language it is written in.
    pub lang: String,
    /// Which way it goes.
    pub direction: Direction,
    /// The text.
    pub text: String,
    /// What was known when it was written; of messages to patients.
    #[serde(default)]
    pub context: Option<Context>,
    /// What a careful reader says of it.
    pub expect: Expectation,
    /// The labels that were judged, when not all were; others do not count.
    #[serde(default)]
    pub scored: Option<BTreeSet<String>>,
}

/// Which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From staff to a patient.
    Out,
    /// From a patient to the clinic.
    In,
}

/// What was known when staff wrote a message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// The first of its thread.
    pub first_message: bool,
    /// May be empty.
    pub patient_first_name: String,
    /// May be empty.
    pub patient_last_name: String,
    /// May be empty.
    pub operator_name: String,
    /// As `reception` or `dentist`.
    pub operator_role: String,
    /// May be empty.
    pub clinic: String,
}

/// What a careful reader says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Expectation {
    /// Of a message to a patient.
    Out(OutExpectation),
    /// Of a message from a patient.
    In(InExpectation),
}

/// Of a message to a patient: what is wrong with it; nothing, most of the time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutExpectation {
    /// What is wrong.
    pub labels: BTreeSet<OutLabel>,
    /// The words that are misspelled.
    #[serde(default)]
    pub misspelled: Vec<String>,
}

/// What can be wrong with a message to a patient. The corpus has the four that need to be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutLabel {
    /// Arguing, belittling, cold (R67).
    Rude,
    /// Romantic or too personal (R63).
    Flirting,
    /// Diagnosis, drug, dose or reassurance that is a dentist's to give (R64).
    ClinicalAdvice,
    /// Politics, religion, football, personal matters (R14, R68).
    OffTopic,
    /// A word no dictionary has (R66).
    Spelling,
    /// A class of emoji that has no place (R62).
    Emoji,
    /// Nobody says who writes (R70).
    MissingIntro,
    /// Nobody is addressed (R69).
    MissingName,
    /// A card or identity number.
    Secret,
}

/// Of a message from a patient.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InExpectation {
    /// The language, which a borrowed word does not change.
    pub lang: String,
    /// The mood (R101).
    pub sentiment: Sentiment,
    /// How soon somebody must act (R56).
    pub urgency: Urgency,
    /// What makes it urgent.
    pub red_flags: BTreeSet<RedFlag>,
    /// What the patient wants.
    pub intent: Intent,
    /// Sexual, threatening or stalking (R63, R86).
    pub harassment: bool,
    /// Wants no more messages of some kind.
    pub opt_out: bool,
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($word:ident),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize,
        )]
        #[serde(rename_all = "snake_case")]
        #[expect(missing_docs, reason = "the words say it")]
        pub enum $name { $($word),* }
    )*};
}

words! {
    /// A mood.
    Sentiment { Positive, Neutral, Negative, Angry }
    /// How soon somebody must act: today, within two days, or in its turn.
    Urgency { None, Soon, Urgent }
    /// What makes a message urgent.
    RedFlag { Bleeding, Fever, Swelling, SeverePain, Breathing, Trauma, SpreadingInfection, DrugReaction }
    /// What a patient wants.
    Intent { Book, Cancel, Reschedule, Confirm, Price, PostOp, Late, Document, Complaint, Thanks, OptOut, Other }
}

/// Why a corpus cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// A file or folder.
    #[error("reading {path}")]
    Io {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A line.
    #[error("{path}:{line}: {problem}")]
    Line {
        /// The file.
        path: String,
        /// From 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
}

/// Reads every message below a folder, in the order of paths and lines, and checks what a reader of one
/// file cannot see: identifiers are unique, no text stands twice in a language, directions and
/// expectations agree.
pub fn read(folder: &Path) -> Result<Vec<Message>, CorpusError> {
    let mut messages = Vec::new();
    let mut ids = BTreeSet::new();
    for language in Language::ALL {
        let mut texts = BTreeMap::new();
        for path in files(&folder.join(language.tag()))? {
            let shown = path.display().to_string();
            for (index, message) in read_file(&path)?.into_iter().enumerate() {
                let wrong = |problem: String| CorpusError::Line {
                    path: shown.clone(),
                    line: index + 1,
                    problem,
                };
                check(&message, language).map_err(|problem| wrong(problem.to_owned()))?;
                if !ids.insert(message.id.clone()) {
                    return Err(wrong("the id stands twice".to_owned()));
                }
                let place = format!("{shown}:{}", index + 1);
                if let Some(first) = texts.insert(normalised(&message.text), place) {
                    return Err(wrong(format!("the text stands at {first} too")));
                }
                messages.push(message);
            }
        }
    }
    Ok(messages)
}

/// Reads one file of labelled messages, which need not be of the corpus.
pub fn read_file(path: &Path) -> Result<Vec<Message>, CorpusError> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|source| CorpusError::Io {
        path: shown.clone(),
        source,
    })?;
    text.lines()
        .enumerate()
        .map(|(index, line)| {
            serde_json::from_str(line).map_err(|error| CorpusError::Line {
                path: shown.clone(),
                line: index + 1,
                problem: error.to_string(),
            })
        })
        .collect()
}

fn files(folder: &Path) -> Result<Vec<std::path::PathBuf>, CorpusError> {
    let failed = |source| CorpusError::Io {
        path: folder.display().to_string(),
        source,
    };
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "jsonl")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn check(message: &Message, language: Language) -> Result<(), &'static str> {
    if message.lang != language.tag() {
        return Err("the language is not its folder's");
    }
    if message.text.trim().is_empty() {
        return Err("the text is empty");
    }
    if message.author.is_empty() {
        return Err("nobody wrote it");
    }
    match (&message.direction, &message.expect, &message.context) {
        (Direction::Out, Expectation::Out(_), Some(_)) => Ok(()),
        (Direction::In, Expectation::In(expect), None)
            if expect.lang.parse::<Language>().is_ok() =>
        {
            Ok(())
        }
        _ => Err("direction, context and expectation do not agree"),
    }
}

/// Two texts that differ only in case, spaces and punctuation are one.
fn normalised(text: &str) -> String {
    let words: String = text
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .flat_map(char::to_lowercase)
        .collect();
    let joined = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if joined.is_empty() {
        text.trim().to_owned()
    } else {
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corpus_reads_and_holds_together() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
        let messages = read(&folder).unwrap_or_else(|error| panic!("{error}"));
        let mut authors: BTreeMap<&str, usize> = BTreeMap::new();
        for message in &messages {
            *authors.entry(message.author.as_str()).or_default() += 1;
        }
        for (author, count) in authors {
            assert!(
                count <= 120,
                "{author} wrote {count} messages: too much of one voice"
            );
        }
    }

    #[test]
    fn a_line_with_an_unknown_word_is_named() {
        let folder = std::env::temp_dir().join(format!("bitewing-corpus-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("en")).unwrap();
        let line = r#"{"id":"1","author":"a","lang":"en","direction":"in","text":"ow","expect":{"lang":"en","sentiment":"sad"}}"#;
        std::fs::write(folder.join("en/urgent.jsonl"), line).unwrap();
        let error = read(&folder).unwrap_err().to_string();
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(error.contains("urgent.jsonl:1"), "{error}");
    }
}
