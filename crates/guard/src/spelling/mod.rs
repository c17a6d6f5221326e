//! Spelling (R66): Hunspell dictionaries from a folder, if there are any.
//!
//! Dictionaries are data that is installed, never linked in (`cargo xtask dictionaries`); without one the
//! check says so and everything else works. Suggestions are made only when asked for: they cost up to a
//! quarter of a second each.

mod words;

use std::fmt;
use std::path::Path;

use bitewing_core::Language;
use spellbook::Dictionary;

use crate::lexicon::Lexicon;
use crate::structure::Case;
use crate::text::{Words, fold};

/// The most words of one message that are looked up, and the most that are reported.
const MAX_WORDS: usize = 2_000;
const MAX_FINDINGS: usize = 20;
/// The most suggestions for a word, and the longest word that gets any.
const MAX_SUGGESTIONS: usize = 5;
const LONGEST: usize = 40;

const OWN_WORDS: [(&str, Option<Language>); 6] = [
    ("en", Some(Language::En)),
    ("fr", Some(Language::Fr)),
    ("it", Some(Language::It)),
    ("pt", Some(Language::Pt)),
    ("es", Some(Language::Es)),
    ("ru", Some(Language::Ru)),
];

/// The file names, without endings, of the dictionaries that are looked for.
pub const TAGS: [&str; 8] = ["en", "en-GB", "fr", "it", "pt-BR", "pt-PT", "es", "ru"];

/// Why a dictionary cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SpellingError {
    /// One of its two files.
    #[error("reading {path}")]
    Io {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Not Hunspell's format.
    #[error("{tag}: {problem}")]
    Format {
        /// Which dictionary.
        tag: &'static str,
        /// What is wrong.
        problem: String,
    },
}

/// The dictionaries that are installed.
#[derive(Default)]
pub struct Spelling {
    dictionaries: Vec<(&'static str, Dictionary)>,
    own: Option<Lexicon>,
}

impl fmt::Debug for Spelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Spelling").field(&self.installed()).finish()
    }
}

impl Spelling {
    /// No dictionaries: spelling is not looked at.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads every dictionary of a folder that is there; a folder that is missing has none.
    pub fn load(folder: &Path) -> Result<Self, SpellingError> {
        let mut spelling = Self::default();
        for tag in TAGS {
            let (aff, dic) = (
                folder.join(format!("{tag}.aff")),
                folder.join(format!("{tag}.dic")),
            );
            if !aff.exists() || !dic.exists() {
                continue;
            }
            let read = |path: &Path| {
                std::fs::read_to_string(path).map_err(|source| SpellingError::Io {
                    path: path.display().to_string(),
                    source,
                })
            };
            spelling.add(tag, &read(&aff)?, &read(&dic)?)?;
        }
        Ok(spelling)
    }

    /// Adds one dictionary.
    pub fn add(&mut self, tag: &'static str, aff: &str, dic: &str) -> Result<(), SpellingError> {
        let dictionary = Dictionary::new(aff, dic).map_err(|error| SpellingError::Format {
            tag,
            problem: error.to_string(),
        })?;
        self.dictionaries.push((tag, dictionary));
        if self.own.is_none() {
            self.own = Some(own_words());
        }
        Ok(())
    }

    /// The dictionaries that are there.
    pub fn installed(&self) -> Vec<&'static str> {
        self.dictionaries.iter().map(|(tag, _)| *tag).collect()
    }

    /// The dictionaries a word may stand in. English is right in either spelling; Portuguese is that of
    /// the region, or either where no region is known or only the other is installed.
    fn of(&self, language: Language, region: Option<&str>) -> Vec<&Dictionary> {
        let tags: &[&str] = match (language, region) {
            (Language::En, _) => &["en", "en-GB"],
            (Language::Pt, Some("BR")) => &["pt-BR"],
            (Language::Pt, Some(_)) => &["pt-PT"],
            (Language::Pt, None) => &["pt-PT", "pt-BR"],
            (other, _) => &[other.tag()],
        };
        let find = |tags: &[&str]| -> Vec<&Dictionary> {
            self.dictionaries
                .iter()
                .filter(|(known, _)| tags.contains(known))
                .map(|(_, dictionary)| dictionary)
                .collect()
        };
        let found = find(tags);
        if found.is_empty() && language == Language::Pt {
            return find(&["pt-PT", "pt-BR"]);
        }
        found
    }

    /// What a word could have been meant to be; costly, so only for words a person asks about.
    pub fn suggest(&self, word: &str, language: Language, region: Option<&str>) -> Vec<String> {
        let mut suggestions = Vec::new();
        if word.chars().count() <= LONGEST
            && let Some(dictionary) = self.of(language, region).first()
        {
            dictionary.suggest(word, &mut suggestions);
            suggestions.truncate(MAX_SUGGESTIONS);
        }
        suggestions
    }

    /// Finds words no list has. False when there is no dictionary of the language.
    pub(crate) fn apply(&self, case: &mut Case<'_>) -> bool {
        let language = case.reading.language.language;
        let dictionaries = self.of(language, case.context.region.as_deref());
        let Some(own) = self.own.as_ref().filter(|_| !dictionaries.is_empty()) else {
            return false;
        };
        let is_right = |part: &str| {
            part.chars().count() < 3
                || dictionaries.iter().any(|dictionary| dictionary.check(part))
                || is_own(own, part, language)
        };
        let known = words::Known::of(case);
        let mut found = Vec::new();
        for word in words::of(case.text).into_iter().take(MAX_WORDS) {
            let right = known.has(&word)
                || is_right(&word.text)
                || words::ways(&word.text, language)
                    .iter()
                    .any(|parts| parts.iter().all(|part| is_right(part)));
            if !right {
                found.push(word.bytes);
            }
            if found.len() == MAX_FINDINGS {
                break;
            }
        }
        for bytes in found {
            case.found(
                "spelling.unknown_word",
                Some(bytes),
                "guard.spelling.unknown_word",
                None,
            );
        }
        true
    }
}

fn own_words() -> Lexicon {
    let lists: std::collections::BTreeMap<String, String> =
        toml::from_str(include_str!("words.toml")).unwrap_or_default();
    let files: Vec<(&str, Option<Language>, String)> = OWN_WORDS
        .iter()
        .map(|(tag, language)| {
            let list = lists.get(*tag).cloned().unwrap_or_default();
            (
                *tag,
                *language,
                format!("own = {}", toml::Value::from(list)),
            )
        })
        .collect();
    let files: Vec<(&str, Option<Language>, &str)> = files
        .iter()
        .map(|(tag, language, text)| (*tag, *language, text.as_str()))
        .collect();
    Lexicon::read(&files).unwrap_or_default()
}

fn is_own(own: &Lexicon, word: &str, language: Language) -> bool {
    let words = Words::of(&fold(word));
    own.mentions(&words)
        .iter()
        .any(|mention| mention.language == Some(language) && mention.first == 0)
}

#[cfg(test)]
mod tests;
