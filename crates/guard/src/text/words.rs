//! Words and the clauses they stand in.

use super::fold::Folded;

/// One word: a run of letters and digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Its first character in the folded text.
    pub start: usize,
    /// One past its last.
    pub end: usize,
    /// Where it begins in [`Words::joined`].
    pub at: usize,
    /// Commas and full stops before it.
    pub clause: u32,
    /// Full stops before it.
    pub sentence: u32,
}

/// The words of a text.
#[derive(Debug, Clone, Default)]
pub struct Words {
    list: Vec<Word>,
    /// All words, each followed by one space.
    joined: String,
}

impl Words {
    /// Cuts a folded text.
    pub fn of(folded: &Folded) -> Self {
        let chars = folded.chars();
        let mut words = Self {
            list: Vec::with_capacity(chars.len() / 4),
            joined: String::with_capacity(chars.len() + chars.len() / 4),
        };
        let (mut clause, mut sentence, mut position) = (0, 0, 0);
        while position < chars.len() {
            let letter = chars[position];
            if !letter.is_alphanumeric() {
                match letter {
                    '.' | '!' | '?' | ';' => {
                        clause += 1;
                        sentence += 1;
                    }
                    ',' | ':' | '(' | ')' | '"' => clause += 1,
                    _ => {}
                }
                position += 1;
                continue;
            }
            let start = position;
            let at = words.joined.len();
            while position < chars.len() && chars[position].is_alphanumeric() {
                words.joined.push(chars[position]);
                position += 1;
            }
            words.joined.push(' ');
            words.list.push(Word {
                start,
                end: position,
                at,
                clause,
                sentence,
            });
        }
        words
    }

    /// In the order of the text.
    pub fn list(&self) -> &[Word] {
        &self.list
    }

    /// All words, each followed by one space.
    pub fn joined(&self) -> &str {
        &self.joined
    }

    /// The letters of one word.
    pub fn text(&self, index: usize) -> &str {
        let from = self.list[index].at;
        let to = self
            .list
            .get(index + 1)
            .map_or(self.joined.len(), |next| next.at);
        self.joined[from..to].trim_end_matches(' ')
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[test]
    fn words_know_their_clause() {
        let words = Words::of(&fold("Don't worry, it's fine. Ça va?"));
        let texts: Vec<&str> = (0..words.list().len()).map(|i| words.text(i)).collect();
        assert_eq!(texts, ["don", "t", "worry", "it", "s", "fine", "ca", "va"]);
        assert_eq!(words.list()[3].clause, 1);
        assert_eq!(words.list()[6].sentence, 1);
    }
}
