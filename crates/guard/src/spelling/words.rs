//! The words of a text as they are spelled, and which of them need no dictionary.

use std::collections::BTreeSet;
use std::ops::Range;

use bitewing_core::Language;

use crate::structure::Case;
use crate::text::{Words, fold};

/// A word as it is spelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spelled {
    /// Without invisible characters.
    pub(super) text: String,
    pub(super) bytes: Range<usize>,
    /// Neither the first word of a sentence nor after a colon or quote.
    inside: bool,
}

/// Words of letters, apostrophes and hyphens; what has digits, dots inside, `@` or a slash is none.
pub(super) fn of(text: &str) -> Vec<Spelled> {
    let mut words = Vec::new();
    let mut inside = false;
    let mut at = 0;
    for part in text.split(char::is_whitespace) {
        let from = at;
        at += part.len()
            + text[at + part.len()..]
                .chars()
                .next()
                .map_or(0, char::len_utf8);
        let trimmed = part.trim_matches(|c: char| !c.is_alphanumeric());
        if !trimmed.is_empty() {
            let start = from + part.find(trimmed).unwrap_or_default();
            let plain: String = trimmed.chars().filter(|c| is_spelled(*c)).collect();
            let hidden = trimmed.chars().any(|c| {
                !is_spelled(c)
                    && !matches!(
                        c,
                        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
                    )
            });
            if !hidden && plain.chars().count() >= 3 {
                words.push(Spelled {
                    text: plain.replace('\u{2019}', "'"),
                    bytes: start..start + trimmed.len(),
                    inside,
                });
            }
        }
        inside = !part.ends_with(['.', '!', '?', ':', '…', '"', '«', '-'])
            && (inside || !trimmed.is_empty());
    }
    words
}

fn is_spelled(letter: char) -> bool {
    letter.is_alphabetic()
        || matches!(letter, '\'' | '\u{2019}' | '-')
        || ('\u{300}'..='\u{36f}').contains(&letter)
}

/// Other ways to read a word that dictionaries lack: its parts, or what it is made from.
pub(super) fn ways(word: &str, language: Language) -> Vec<Vec<String>> {
    let mut ways = Vec::new();
    if word.contains('-') {
        let parts = word.split('-').filter(|part| !part.is_empty());
        ways.push(parts.map(str::to_owned).collect());
    }
    // l'appuntamento, aujourd'hui: dictionaries have the parts or the whole.
    if matches!(language, Language::Fr | Language::It | Language::En)
        && let Some((_, last)) = word.rsplit_once('\'')
    {
        ways.push(vec![last.to_owned()]);
    }
    match language {
        // Keyboards have no ligature: soeur, coeur.
        Language::Fr if word.contains("oe") => ways.push(vec![word.replace("oe", "œ")]),
        Language::Es => ways.extend(spanish(word).into_iter().map(|way| vec![way])),
        _ => {}
    }
    ways
}

/// A verb without the pronouns that hang on it (cómprate, pregúnteme), a noun without its diminutive
/// (minutitos).
fn spanish(word: &str) -> Vec<String> {
    const PRONOUNS: [&str; 10] = [
        "me", "te", "se", "le", "lo", "la", "nos", "les", "los", "las",
    ];
    let lower = word.to_lowercase();
    let mut ways = Vec::new();
    let mut stem = lower.as_str();
    for _ in 0..2 {
        let Some(rest) = PRONOUNS.iter().find_map(|end| stem.strip_suffix(end)) else {
            break;
        };
        stem = rest;
        if stem.chars().count() >= 3 {
            ways.push(stem.to_owned());
            let plain: String = fold(stem).chars().iter().collect();
            // Folding takes the tilde as well, without which ñ is another letter.
            if !stem.contains('ñ') {
                ways.push(plain);
            }
        }
    }
    for (small, plain) in [("itos", "os"), ("itas", "as"), ("ito", "o"), ("ita", "a")] {
        if let Some(stem) = lower.strip_suffix(small) {
            ways.push(format!("{stem}{plain}"));
        }
    }
    ways
}

/// Words that are right here whatever a dictionary says.
pub(super) struct Known {
    names: BTreeSet<String>,
    policy: BTreeSet<String>,
    drugs: Vec<Range<usize>>,
}

impl Known {
    pub(super) fn of(case: &Case<'_>) -> Self {
        let context = case.context;
        let mut names = BTreeSet::new();
        for name in [
            &context.patient_first_name,
            &context.patient_last_name,
            &context.patient_patronymic,
            &context.operator_name,
            &context.clinic,
        ] {
            let words = Words::of(&fold(name));
            names.extend((0..words.list().len()).map(|index| words.text(index).to_owned()));
        }
        let mut policy: BTreeSet<String> = case.policy.words().clone();
        policy.extend(context.words.iter().map(|word| word.to_lowercase()));
        let words = case.reading.words.list();
        let drugs = case
            .reading
            .mentions
            .iter()
            .filter(|mention| mention.language.is_none())
            .map(|mention| words[mention.first].start..words[mention.end - 1].end)
            .map(|chars| case.reading.folded.original(chars))
            .collect();
        Self {
            names,
            policy,
            drugs,
        }
    }

    pub(super) fn has(&self, word: &Spelled) -> bool {
        let lower = word.text.to_lowercase();
        let folded: String = fold(&word.text).chars().iter().collect();
        let capital = word.text.chars().next().is_some_and(char::is_uppercase);
        let shouted =
            word.text.chars().all(|c| !c.is_lowercase()) && word.text.chars().count() <= 6;
        // A capital inside a sentence is a name; Russian names take endings.
        (capital && word.inside)
            || shouted
            || self.policy.contains(&lower)
            || self.names.contains(&folded)
            || capital
                && self.names.iter().any(|name| {
                    name.chars().count() > 4
                        && folded.starts_with(name.chars().take(4).collect::<String>().as_str())
                })
            || self
                .drugs
                .iter()
                .any(|drug| drug.start <= word.bytes.start && word.bytes.end <= drug.end)
    }
}
