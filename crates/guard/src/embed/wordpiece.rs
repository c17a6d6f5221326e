//! WordPiece: the longest known beginning of a word, then the longest known continuation.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// A longer word is unknown.
const MOST_LETTERS: usize = 100;

#[derive(Debug)]
pub(super) struct WordPiece {
    vocabulary: HashMap<String, u32>,
    unknown: u32,
    lower: bool,
}

impl WordPiece {
    pub(super) fn new(vocabulary: HashMap<String, u32>, unknown: u32, lower: bool) -> Self {
        Self {
            vocabulary,
            unknown,
            lower,
        }
    }

    /// Adds tokens until there are so many.
    pub(super) fn cut(&self, text: &str, most: usize, tokens: &mut Vec<u32>) {
        for word in self.words(text) {
            if tokens.len() >= most {
                break;
            }
            self.word(&word, tokens);
        }
        tokens.truncate(most);
    }

    /// Words and marks, without control characters, accents and, where the model wants it, case.
    fn words(&self, text: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        let close = |word: &mut Vec<String>| {
            if word.last().is_some_and(|last| !last.is_empty()) {
                word.push(String::new());
            }
        };
        for letter in text.chars() {
            if letter.is_whitespace() {
                close(&mut words);
                continue;
            }
            if letter.is_control() || is_invisible(letter) {
                continue;
            }
            let mut put = |letter: char| {
                if is_mark(letter) || is_ideograph(letter) {
                    close(&mut words);
                    if let Some(last) = words.last_mut() {
                        last.push(letter);
                    }
                    close(&mut words);
                } else if let Some(last) = words.last_mut() {
                    last.push(letter);
                }
            };
            if self.lower {
                std::iter::once(letter)
                    .nfd()
                    .filter(|part| !is_combining_mark(*part))
                    .flat_map(char::to_lowercase)
                    .for_each(&mut put);
            } else {
                put(letter);
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }

    fn word(&self, word: &str, tokens: &mut Vec<u32>) {
        let before = tokens.len();
        let mut key = String::new();
        let mut at = 0;
        if word.chars().count() > MOST_LETTERS {
            tokens.push(self.unknown);
            return;
        }
        while at < word.len() {
            let ends = word[at..]
                .char_indices()
                .map(|(place, letter)| at + place + letter.len_utf8());
            let longest = ends.rev().find_map(|end| {
                key.clear();
                if at > 0 {
                    key.push_str("##");
                }
                key.push_str(&word[at..end]);
                self.vocabulary.get(&key).map(|token| (*token, end))
            });
            let Some((token, end)) = longest else {
                tokens.truncate(before);
                tokens.push(self.unknown);
                return;
            };
            tokens.push(token);
            at = end;
        }
    }
}

/// Marks that stand alone: all of ASCII that is no letter, digit or space, and the punctuation of other scripts.
fn is_mark(letter: char) -> bool {
    letter.is_ascii_punctuation()
        || matches!(letter,
            '\u{a1}' | '\u{a7}' | '\u{ab}' | '\u{b6}' | '\u{b7}' | '\u{bb}' | '\u{bf}'
            | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{3001}'..='\u{3003}'
            | '\u{3008}'..='\u{3011}' | '\u{ff01}'..='\u{ff0f}')
}

fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{f900}'..='\u{faff}')
}

/// What no reader sees: byte order marks, joiners, direction marks.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{feff}' | '\u{fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> WordPiece {
        let words = [
            "[UNK]", "swell", "##ing", "##ling", "un", "##able", ",", "a", "cafe", "!",
        ];
        let vocabulary = (0..).zip(words).map(|(id, word)| (word.to_owned(), id));
        WordPiece::new(vocabulary.collect(), 0, true)
    }

    fn cut(text: &str) -> Vec<u32> {
        let mut tokens = Vec::new();
        small().cut(text, 50, &mut tokens);
        tokens
    }

    #[test]
    fn the_longest_piece_is_taken() {
        assert_eq!(cut("Swelling, a\u{200b} swellling!"), [1, 2, 6, 7, 1, 3, 9]);
        assert_eq!(cut("CAFÉ cafe\u{301}"), [8, 8]);
    }

    #[test]
    fn a_word_that_cannot_be_put_together_is_unknown_as_a_whole() {
        assert_eq!(cut("unthinkable unable"), [0, 4, 5]);
        assert_eq!(cut(&"a".repeat(101)), [0]);
        assert_eq!(cut(" \t\n"), [] as [u32; 0]);
    }

    #[test]
    fn no_more_than_asked_for() {
        let mut tokens = vec![99];
        small().cut(&"a ".repeat(300), 5, &mut tokens);
        assert_eq!(tokens, [99, 7, 7, 7, 7]);
    }
}
