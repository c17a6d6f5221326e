//! What of a text is its words: neither case, accents, punctuation, emoji nor blanks tell two replies
//! apart (compatibility forms and marks by Unicode Standard Annex 15).

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The words of a text, folded, with one blank between them.
pub(crate) fn fold(text: &str) -> String {
    let lowered = text.nfkd().flat_map(char::to_lowercase).collect::<String>();
    let mut folded = String::with_capacity(lowered.len());
    let mut apart = false;
    // Lower case may bring marks of its own, as from the dotted capital I.
    for letter in lowered.nfkd() {
        if is_combining_mark(letter) || is_joining(letter) {
            continue;
        }
        if letter.is_alphanumeric() {
            if apart && !folded.is_empty() {
                folded.push(' ');
            }
            apart = false;
            folded.push(letter);
        } else {
            apart = true;
        }
    }
    folded
}

/// Invisible characters that stand inside words and emoji: joiners, selectors, soft hyphens.
const fn is_joining(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_words_are_left() {
        for (text, words) in [
            ("  ARRÊT !!! ", "arret"),
            ("Opt-Out.", "opt out"),
            ("S\u{200b}TOP\u{feff}", "stop"),
            ("ＳＴＯＰ 🛑🙏🏽", "stop"),
            ("Не  писать…", "не писать"),
            ("İptal", "iptal"),
            ("ё", "е"),
            ("🛑", ""),
            ("", ""),
        ] {
            assert_eq!(fold(text), words, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in ".{0,60}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
