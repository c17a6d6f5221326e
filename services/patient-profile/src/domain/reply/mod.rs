//! What a patient's reply means for consent: opt-out, opt-in, help, something a person must read, or
//! nothing of the kind.
//!
//! A word counts by itself only in the patient's language, or where carriers act on it whatever the
//! language; in any other language a person is asked. `cancel` is on the carriers' list; its like in
//! other languages opts out only while no question about a visit is open.

mod additions;
mod fold;
mod tables;

pub(crate) use additions::{Added, Additions, List, MAX_WORDS};
pub(crate) use fold::fold;

use bitewing_core::Language;
use tables::TABLES;

/// What is known when a reply arrives.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Context {
    /// The patient's; none where nobody knows.
    pub(crate) language: Option<Language>,
    /// A message that asks about a visit waits for its answer.
    pub(crate) visit_question_open: bool,
    /// The address is stopped at present.
    pub(crate) stopped: bool,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing about consent.
    None,
    /// Send nothing more.
    OptOut,
    /// Sending is wanted again.
    OptIn,
    /// Answer who writes and how to stop.
    Help,
    /// A person must read it.
    Ambiguous,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// There is no such word.
    NoWord,
    /// The whole message is a word carriers act on.
    CarrierWord,
    /// The whole message is a word of the patient's language.
    OwnWord,
    /// The whole message is a word of another language.
    OtherLanguage,
    /// A word that may be about the visit just asked about.
    VisitQuestion,
    /// It begins with such a word, and one or two more follow.
    WordAndMore,
    /// Such a word stands in a longer message.
    InSentence,
}

/// What a reply means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) verdict: Verdict,
    pub(crate) why: Why,
    /// The word, folded; empty where there is none.
    pub(crate) word: String,
    /// The language of the word: what a confirmation is written in (CASL answers ARRET in French).
    pub(crate) language: Option<Language>,
    /// Every channel and sender is meant.
    pub(crate) everything: bool,
    /// A visit may be meant as well.
    pub(crate) visit: bool,
}

/// The version of the tables that decide.
pub(crate) fn version() -> u32 {
    TABLES.version
}

/// Reads a reply, with the words the organization added.
pub(crate) fn read(text: &str, context: Context, additions: &Additions) -> Reading {
    let words = fold(text);
    if let Some(reading) = whole(&words, context, additions) {
        return reading;
    }
    in_part(&words, context, additions)
}

fn reading(verdict: Verdict, why: Why, word: &str, language: Option<Language>) -> Reading {
    let carrier = &TABLES.carrier;
    let has = |list: &[String]| list.iter().any(|known| known == word);
    Reading {
        verdict,
        why,
        word: word.to_owned(),
        language,
        everything: has(&carrier.everything),
        visit: has(&carrier.visit) || TABLES.languages.iter().any(|words| has(&words.visit)),
    }
}

/// The whole message is one of the words.
fn whole(word: &str, context: Context, additions: &Additions) -> Option<Reading> {
    let has = |list: &[String]| list.iter().any(|known| known == word);
    let added = |list, language| additions.find(list, word, language);
    let own = TABLES
        .languages
        .iter()
        .find(|words| Some(words.language) == context.language);
    let own_tag = own.map(|words| words.language);
    if let Some(words) = own {
        let own_word = |verdict| Some(reading(verdict, Why::OwnWord, word, own_tag));
        if has(&words.visit) {
            return if context.visit_question_open {
                Some(reading(
                    Verdict::Ambiguous,
                    Why::VisitQuestion,
                    word,
                    own_tag,
                ))
            } else {
                own_word(Verdict::OptOut)
            };
        }
        if has(&words.stop) || added(List::Stop, own_tag).is_some() {
            return own_word(Verdict::OptOut);
        }
        let starts = has(&words.start) || added(List::Start, own_tag).is_some();
        if starts || context.stopped && has(&words.yes) {
            return own_word(Verdict::OptIn);
        }
        if has(&words.yes) {
            return None;
        }
    }
    let carrier = &TABLES.carrier;
    if has(&carrier.stop) || has(&carrier.start) {
        let verdict = if has(&carrier.stop) {
            Verdict::OptOut
        } else {
            Verdict::OptIn
        };
        let language = Some(Language::En);
        return Some(reading(verdict, Why::CarrierWord, word, language));
    }
    // Help costs nothing, so it is given in whatever language it was asked for.
    let helps = |words: &&tables::Words| {
        has(&words.help) || added(List::Help, Some(words.language)).is_some()
    };
    let mut helping = TABLES.languages.iter().filter(helps);
    if let Some(words) = helping.next() {
        let language = own.filter(helps).map_or(words.language, |own| own.language);
        let why = if Some(language) == own_tag {
            Why::OwnWord
        } else {
            Why::OtherLanguage
        };
        return Some(reading(Verdict::Help, why, word, Some(language)));
    }
    let foreign = TABLES.languages.iter().find(|words| {
        has(&words.stop)
            || has(&words.visit)
            || context.stopped && (has(&words.start) || has(&words.yes))
    });
    let foreign = foreign
        .map(|words| words.language)
        .or_else(|| added(List::Stop, None))
        .or_else(|| added(List::Start, None).filter(|_| context.stopped))?;
    Some(reading(
        Verdict::Ambiguous,
        Why::OtherLanguage,
        word,
        Some(foreign),
    ))
}

/// The message holds one of the words: with one or two more a person reads it, in a sentence staff are
/// only told.
fn in_part(words: &str, context: Context, additions: &Additions) -> Reading {
    let all: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
    let counts = |word: &str| {
        let has = |list: &[String]| list.iter().any(|known| known == word);
        let own = TABLES
            .languages
            .iter()
            .find(|words| Some(words.language) == context.language);
        let language = context.language;
        has(&TABLES.carrier.stop)
            || own.is_some_and(|words| has(&words.stop) || has(&words.visit))
            || language.is_some() && additions.find(List::Stop, word, language).is_some()
    };
    // Words of two parts first, so that "opt out please" is not read as "opt".
    let parts = (1..=2).rev().flat_map(|length| all.windows(length));
    let mut found = parts.map(|part| part.join(" ")).filter(|part| counts(part));
    match found.next() {
        // "please stop" asks as clearly as "stop please" (47 CFR 64.1200(a)(10)).
        Some(word) if all.len() <= 4 && word.contains(' ') || all.len() <= 3 => reading(
            Verdict::Ambiguous,
            Why::WordAndMore,
            &word,
            context.language,
        ),
        Some(word) => reading(Verdict::None, Why::InSentence, &word, context.language),
        None => reading(Verdict::None, Why::NoWord, "", None),
    }
}

#[cfg(test)]
mod tests;
