//! Names as they are looked for: in any script, whatever the case and the accents.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

/// The longest word kept, in characters: a search needs no more, and an index entry has a limit.
const MAX_WORD: usize = 48;

/// The most words kept of one patient.
const MAX_WORDS: usize = 32;

/// The greatest character: what follows every beginning of a word.
pub(crate) const LAST: char = char::MAX;

/// Folds a text: compatibility decomposition, no accents, no case. What a Turkish, a Polish or a Danish
/// keyboard writes as letters of their own is folded to what others type for them.
pub(crate) fn fold(text: &str) -> String {
    let lower: String = text.nfkd().flat_map(char::to_lowercase).collect();
    let mut folded = String::with_capacity(lower.len());
    // Lower-casing makes new accents (İ becomes i with a dot above).
    for letter in lower.nfkd() {
        match letter {
            'ı' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            'ς' => folded.push('σ'),
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            letter if canonical_combining_class(letter) != 0 => {}
            letter => folded.push(letter),
        }
    }
    folded
}

const fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | 'ʹ')
}

/// The folded words of a text, as they stand; apostrophes join.
pub(crate) fn words(text: &str) -> Vec<String> {
    let plain: String = text
        .chars()
        .filter(|letter| !is_apostrophe(*letter))
        .collect();
    split(&fold(&plain))
}

fn split(folded: &str) -> Vec<String> {
    folded
        .split(|letter: char| !letter.is_alphanumeric() && !is_mark(letter))
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(MAX_WORD).collect())
        .collect()
}

/// Vowel signs of Indic scripts are part of their words.
fn is_mark(letter: char) -> bool {
    unicode_normalization::char::is_combining_mark(letter)
}

/// The words a patient is found by: those of the names, the parts behind an apostrophe, and the parts
/// of a compound name in one.
pub(crate) fn tokens<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut tokens = Vec::new();
    for name in names {
        tokens.extend(words(name));
        for part in name.split_whitespace() {
            let behind = part.split(is_apostrophe).skip(1);
            tokens.extend(behind.flat_map(words));
            if part.contains('-') {
                tokens.extend(words(&part.replace('-', "")));
            }
        }
    }
    tokens.sort();
    tokens.dedup();
    tokens.truncate(MAX_WORDS);
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accents_case_and_keyboards_do_not_matter() {
        for (written, typed) in [
            ("Côté", "cote"),
            ("Ёлкин", "елкин"),
            ("İbrahim", "ibrahim"),
            ("Yıldız", "YILDIZ"),
            ("Ilgaz", "ılgaz"),
            ("Müller", "muller"),
            ("Großmann", "GROSSMANN"),
            ("Łukasz", "lukasz"),
            ("Søren", "soren"),
            ("Ὀδυσσεύς", "οδυσσευς"),
            ("Ｔａｎａｋａ", "tanaka"),
            ("ﬁona", "fiona"),
            ("Cœur", "COEUR"),
        ] {
            assert_eq!(fold(written), fold(typed), "{written}");
        }
    }

    #[test]
    fn compound_names_are_found_by_their_parts_and_in_one() {
        let found = tokens(["Jean-Pierre", "O’Brien", "d'Amico Rossi"]);
        for word in [
            "jean",
            "pierre",
            "jeanpierre",
            "obrien",
            "brien",
            "damico",
            "amico",
            "rossi",
        ] {
            assert!(found.iter().any(|token| token == word), "{word}");
        }
    }

    #[test]
    fn words_fit_an_index_entry() {
        // One character that is eighteen when it is taken apart.
        let long = "\u{fdfa}".repeat(120);
        for token in tokens([long.as_str()]) {
            assert!(token.len() <= 4 * MAX_WORD);
        }
    }

    proptest! {
        #[test]
        fn folding_again_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn every_beginning_of_a_name_finds_it(name in "[\\p{L}]{1,20}", cut in 1..20_usize) {
            let typed: String = name.to_uppercase().chars().take(cut).collect();
            let tokens = tokens([name.as_str()]);
            // A letter that becomes several in upper case cannot be cut in the middle.
            prop_assume!(fold(&name).starts_with(&fold(&typed)));
            for word in words(&typed) {
                prop_assert!(tokens.iter().any(|token| token.starts_with(&word)));
            }
        }

        #[test]
        fn a_beginning_lies_before_the_last_character(word in "\\PC{1,20}", rest in "\\PC{0,20}") {
            let whole = format!("{word}{rest}");
            let end = format!("{word}{LAST}");
            prop_assert!(whole >= word && whole < end);
        }
    }
}
