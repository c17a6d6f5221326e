//! The words of a text as scenarios are found by them: without case, accents and endings.

use crate::domain::phrasebook::Locale;
use rust_stemmers::{Algorithm, Stemmer};
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The longest word kept, in characters.
const MAX_WORD: usize = 40;
/// The most words kept of one text.
const MAX_WORDS: usize = 400;

/// A word: its stem as it is written, and as somebody without accents on the keyboard writes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Word {
    pub(crate) written: String,
    pub(crate) plain: String,
}

impl Word {
    /// Whether two words are the same one.
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.written == other.written || self.plain == other.plain
    }
}

const fn algorithm(locale: Locale) -> Algorithm {
    match locale {
        Locale::En => Algorithm::English,
        Locale::FrCa | Locale::FrFr => Algorithm::French,
        Locale::It => Algorithm::Italian,
        Locale::PtBr | Locale::PtPt => Algorithm::Portuguese,
        Locale::Es => Algorithm::Spanish,
        Locale::Ru => Algorithm::Russian,
    }
}

/// Letters without accents. й is a letter of its own, and its ending matters to the stemmer; ё is written е.
fn without_accents(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    for letter in word.chars() {
        match letter {
            'й' => plain.push('й'),
            'ё' => plain.push('е'),
            'œ' => plain.push_str("oe"),
            'æ' => plain.push_str("ae"),
            letter => plain.extend(
                std::iter::once(letter)
                    .nfkd()
                    .filter(|part| !is_combining_mark(*part)),
            ),
        }
    }
    plain
}

/// The words of a text, each once, in their order.
pub(crate) fn words(text: &str, locale: Locale) -> Vec<Word> {
    let stemmer = Stemmer::create(algorithm(locale));
    // Lower-casing first, then composing: the stemmers know letters with their accents in one.
    let lower: String = text.to_lowercase().nfkc().collect();
    let mut seen = BTreeSet::new();
    let mut words = Vec::new();
    let split = |letter: char| !letter.is_alphanumeric() && !is_combining_mark(letter);
    for word in lower.split(split).filter(|word| !word.is_empty()) {
        let word: String = word.chars().take(MAX_WORD).collect();
        let word = Word {
            written: without_accents(&stemmer.stem(&word)),
            plain: stemmer.stem(&without_accents(&word)).into_owned(),
        };
        // A letter alone says nothing.
        if word.plain.chars().nth(1).is_some() && seen.insert(word.clone()) {
            words.push(word);
            if words.len() == MAX_WORDS {
                break;
            }
        }
    }
    words
}

/// The lexemes a word is stored and looked for by.
pub(crate) fn lexemes(word: &Word) -> impl Iterator<Item = &str> {
    let plain = (word.plain != word.written).then_some(word.plain.as_str());
    std::iter::once(word.written.as_str()).chain(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_accents_and_endings_do_not_matter() {
        for (locale, one, other) in [
            (Locale::Ru, "имплантов", "ИМПЛАНТ"),
            (Locale::Ru, "отбелить зубы", "Отбелили зубов"),
            (Locale::Ru, "ребёнок", "ребенок"),
            (Locale::FrCa, "détartrages", "DETARTRAGE"),
            (Locale::PtBr, "restaurações", "restauração"),
            (Locale::PtPt, "restauracoes", "RESTAURAÇÕES"),
            (Locale::Es, "extracciones", "EXTRACCIÓN"),
            (Locale::It, "quanto costano", "quanto costa"),
            (Locale::En, "whitening costs", "Whitening cost"),
        ] {
            let (one, other) = (words(one, locale), words(other, locale));
            assert_eq!(one.len(), other.len());
            for (one, other) in one.iter().zip(&other) {
                assert!(one.same(other), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn a_letter_alone_says_nothing() {
        assert!(words("a в - 1 !", Locale::Ru).is_empty());
        assert_eq!(words("d'un bridge", Locale::FrFr).len(), 2);
    }

    proptest! {
        #[test]
        fn any_text_has_words_that_fit_an_index(text in "\\PC{0,200}") {
            for locale in Locale::ALL {
                for word in words(&text, locale) {
                    prop_assert!(lexemes(&word).all(|lexeme| !lexeme.is_empty() && lexeme.len() < 2_000));
                }
            }
        }
    }
}
