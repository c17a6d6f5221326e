//! The tables of words, read once from the data beside them.

use super::fold::fold;
use bitewing_core::Language;
use serde::Deserialize;
use std::sync::LazyLock;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    carrier: CarrierFile,
    en: WordsFile,
    fr: WordsFile,
    it: WordsFile,
    pt: WordsFile,
    es: WordsFile,
    ru: WordsFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CarrierFile {
    stop: Vec<String>,
    start: Vec<String>,
    everything: Vec<String>,
    visit: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsFile {
    stop: Vec<String>,
    visit: Vec<String>,
    help: Vec<String>,
    start: Vec<String>,
    yes: Vec<String>,
}

/// What carriers act on in every language.
pub(super) struct Carrier {
    pub(super) stop: Vec<String>,
    pub(super) start: Vec<String>,
    pub(super) everything: Vec<String>,
    pub(super) visit: Vec<String>,
}

/// The words of one language, folded.
pub(super) struct Words {
    pub(super) language: Language,
    pub(super) stop: Vec<String>,
    /// Stop words that may also be about a visit.
    pub(super) visit: Vec<String>,
    pub(super) help: Vec<String>,
    pub(super) start: Vec<String>,
    /// Start words only where the address is stopped.
    pub(super) yes: Vec<String>,
}

/// Every table.
pub(super) struct Tables {
    pub(super) version: u32,
    pub(super) carrier: Carrier,
    pub(super) languages: [Words; 6],
}

fn folded(words: Vec<String>) -> Vec<String> {
    words.iter().map(|word| fold(word)).collect()
}

fn words(language: Language, file: WordsFile) -> Words {
    Words {
        language,
        stop: folded(file.stop),
        visit: folded(file.visit),
        help: folded(file.help),
        start: folded(file.start),
        yes: folded(file.yes),
    }
}

/// The tables of this version of the program.
pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let file: File =
        toml::from_str(include_str!("keywords.toml")).expect("the tables are checked by a test");
    Tables {
        version: file.version,
        carrier: Carrier {
            stop: folded(file.carrier.stop),
            start: folded(file.carrier.start),
            everything: folded(file.carrier.everything),
            visit: folded(file.carrier.visit),
        },
        languages: [
            words(Language::En, file.en),
            words(Language::Fr, file.fr),
            words(Language::It, file.it),
            words(Language::Pt, file.pt),
            words(Language::Es, file.es),
            words(Language::Ru, file.ru),
        ],
    }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_read_and_no_word_is_empty_or_on_two_lists_of_a_language() {
        assert!(TABLES.version >= 1);
        assert!(!TABLES.carrier.stop.is_empty() && !TABLES.carrier.start.is_empty());
        for words in &TABLES.languages {
            let lists = [
                &words.stop,
                &words.visit,
                &words.help,
                &words.start,
                &words.yes,
            ];
            let mut all: Vec<_> = lists.into_iter().flatten().collect();
            assert!(all.iter().all(|word| !word.is_empty()));
            let many = all.len();
            all.sort();
            all.dedup();
            assert_eq!(all.len(), many, "{}", words.language);
        }
    }
}
