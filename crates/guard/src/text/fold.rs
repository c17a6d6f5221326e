//! Folding: one spelling for every way of writing the same text.

use std::ops::Range;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use super::look_alike;

/// A text without case, accents, invisible characters, repeated spaces and borrowed letters; it knows
/// where each of its characters stood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Folded {
    chars: Vec<char>,
    /// For each character, where it began and ended in the original, in bytes.
    origin: Vec<(u32, u32)>,
}

impl Folded {
    /// The characters.
    pub fn chars(&self) -> &[char] {
        &self.chars
    }

    /// The bytes of the original that made a range of characters.
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        let Some(first) = self.origin.get(range.start) else {
            return 0..0;
        };
        let last = range.end.clamp(range.start + 1, self.origin.len()) - 1;
        first.0 as usize..self.origin[last].1 as usize
    }

    fn push(&mut self, letter: char, from: usize, to: usize) {
        self.chars.push(letter);
        self.origin.push((from as u32, to as u32));
    }
}

/// Folds a text.
pub fn fold(text: &str) -> Folded {
    let mut folded = Folded {
        chars: Vec::with_capacity(text.len()),
        origin: Vec::with_capacity(text.len()),
    };
    for (from, letter) in text.char_indices() {
        let to = from + letter.len_utf8();
        if letter.is_ascii() {
            push_plain(&mut folded, letter.to_ascii_lowercase(), from, to);
            continue;
        }
        if is_invisible(letter) {
            continue;
        }
        decompose_compatible(letter, |part| {
            if is_combining_mark(part) {
                return;
            }
            for lower in part.to_lowercase() {
                // Case mapping may take a letter apart again.
                decompose_compatible(lower, |piece| {
                    if !is_combining_mark(piece) {
                        push_plain(&mut folded, piece, from, to);
                    }
                });
            }
        });
    }
    if folded.chars.last() == Some(&' ') {
        folded.chars.pop();
        folded.origin.pop();
    }
    look_alike::unify(&mut folded.chars);
    folded
}

fn push_plain(folded: &mut Folded, letter: char, from: usize, to: usize) {
    match letter {
        c if c.is_whitespace() || c.is_control() => {
            if folded.chars.last().is_some_and(|last| *last != ' ') {
                folded.push(' ', from, to);
            }
        }
        '\u{2018}' | '\u{2019}' | '\u{2bc}' | '`' | '\u{b4}' => folded.push('\'', from, to),
        '«' | '»' | '\u{201c}'..='\u{201f}' => folded.push('"', from, to),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => folded.push('-', from, to),
        'ß' => {
            folded.push('s', from, to);
            folded.push('s', from, to);
        }
        'æ' => {
            folded.push('a', from, to);
            folded.push('e', from, to);
        }
        'œ' => {
            folded.push('o', from, to);
            folded.push('e', from, to);
        }
        'ø' => folded.push('o', from, to),
        'ı' => folded.push('i', from, to),
        'ł' => folded.push('l', from, to),
        other => folded.push(other, from, to),
    }
}

/// Whether a text shows nothing.
pub fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|letter| letter.is_whitespace() || letter.is_control() || is_invisible(letter))
}

/// Characters that show nothing and so may stand anywhere without being seen.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(of: &str) -> String {
        fold(of).chars().iter().collect()
    }

    #[test]
    fn case_accents_and_spaces_are_one() {
        assert_eq!(text("  Où   ÊTES-vous\t\n?"), "ou etes-vous ?");
        assert_eq!(text("Ёлка Й"), "елка и");
        assert_eq!(text("STRAẞE straße"), "strasse strasse");
    }

    #[test]
    fn disguises_are_seen_through() {
        assert_eq!(text("k\u{200b}is\u{ad}s"), "kiss");
        assert_eq!(text("ｋｉｓｓ 𝐦𝐞"), "kiss me");
        assert_eq!(text("k\u{301}iss"), "kiss");
    }

    #[test]
    fn a_range_finds_its_way_back() {
        let original = "Ça «va»\u{200b} été";
        let folded = fold(original);
        let at = folded.chars().iter().position(|c| *c == 't').unwrap();
        assert_eq!(&original[folded.original(at - 1..at + 2)], "été");
        assert_eq!(folded.original(99..100), 0..0);
    }
}
