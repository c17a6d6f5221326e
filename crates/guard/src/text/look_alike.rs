//! Letters that look alike in two alphabets (a Latin `a` in a Russian word, and the other way round).
//!
//! A word is read in the alphabet of those of its letters that have no double; a word in which every
//! letter has one is read in the alphabet of the whole text. So real Russian stays Russian, real Latin
//! stays Latin, and a borrowed letter changes nothing.

/// Latin and Cyrillic letters that look alike in lower or upper case.
const PAIRS: [(char, char); 12] = [
    ('a', 'а'),
    ('b', 'в'),
    ('c', 'с'),
    ('e', 'е'),
    ('h', 'н'),
    ('k', 'к'),
    ('m', 'м'),
    ('o', 'о'),
    ('p', 'р'),
    ('t', 'т'),
    ('x', 'х'),
    ('y', 'у'),
];

/// Cyrillic letters outside Russian that look Latin, and Greek ones that do.
const FOREIGN: [(char, char); 21] = [
    ('і', 'i'),
    ('ј', 'j'),
    ('ѕ', 's'),
    ('һ', 'h'),
    ('ԁ', 'd'),
    ('ԛ', 'q'),
    ('ԝ', 'w'),
    ('ѵ', 'v'),
    ('ӏ', 'l'),
    ('α', 'a'),
    ('ε', 'e'),
    ('ι', 'i'),
    ('κ', 'k'),
    ('ν', 'v'),
    ('ο', 'o'),
    ('ρ', 'p'),
    ('τ', 't'),
    ('υ', 'u'),
    ('χ', 'x'),
    ('ɡ', 'g'),
    ('ɑ', 'a'),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Latin,
    Cyrillic,
}

fn latin_of(letter: char) -> Option<char> {
    PAIRS
        .iter()
        .find(|pair| pair.1 == letter)
        .map(|pair| pair.0)
}

fn cyrillic_of(letter: char) -> Option<char> {
    PAIRS
        .iter()
        .find(|pair| pair.0 == letter)
        .map(|pair| pair.1)
}

/// The alphabet of a letter that has no double.
fn certain(letter: char) -> Option<Alphabet> {
    match letter {
        'a'..='z' if cyrillic_of(letter).is_none() => Some(Alphabet::Latin),
        '\u{400}'..='\u{52f}' if latin_of(letter).is_none() => Some(Alphabet::Cyrillic),
        _ => None,
    }
}

/// The alphabet of the letters of a word that have no double, when all agree.
fn alphabet_of(word: &[char]) -> Option<Alphabet> {
    let mut known = word.iter().filter_map(|letter| certain(*letter));
    let first = known.next()?;
    known.all(|other| other == first).then_some(first)
}

fn has_double(letter: char) -> bool {
    letter.is_ascii_lowercase() || ('\u{400}'..='\u{52f}').contains(&letter)
}

/// Rewrites folded letters in place; as many letters come out as went in.
pub(super) fn unify(letters: &mut [char]) {
    if letters.iter().all(char::is_ascii) {
        return;
    }
    for letter in letters.iter_mut() {
        if let Some(pair) = FOREIGN.iter().find(|pair| pair.0 == *letter) {
            *letter = pair.1;
        }
    }
    // Words that are certain decide for the text, each with its length.
    let (mut latin, mut cyrillic) = (0_usize, 0_usize);
    for word in letters.split(|letter| !has_double(*letter)) {
        match alphabet_of(word) {
            Some(Alphabet::Latin) => latin += word.len(),
            Some(Alphabet::Cyrillic) => cyrillic += word.len(),
            None => {}
        }
    }
    let of_text = match latin.cmp(&cyrillic) {
        std::cmp::Ordering::Greater => Some(Alphabet::Latin),
        std::cmp::Ordering::Less => Some(Alphabet::Cyrillic),
        std::cmp::Ordering::Equal => None,
    };
    let mut start = 0;
    while start < letters.len() {
        let length = letters[start..]
            .iter()
            .take_while(|letter| has_double(**letter))
            .count();
        if length > 0 {
            unify_word(&mut letters[start..start + length], of_text);
        }
        start += length.max(1);
    }
}

fn unify_word(word: &mut [char], of_text: Option<Alphabet>) {
    let both = [Alphabet::Latin, Alphabet::Cyrillic]
        .iter()
        .all(|one| word.iter().any(|letter| certain(*letter) == Some(*one)));
    let target = if both {
        None
    } else {
        alphabet_of(word).or(of_text)
    };
    for letter in word {
        let double = match target {
            Some(Alphabet::Latin) => latin_of(*letter),
            Some(Alphabet::Cyrillic) => cyrillic_of(*letter),
            None => None,
        };
        *letter = double.unwrap_or(*letter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unified(text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        unify(&mut letters);
        letters.into_iter().collect()
    }

    #[test]
    fn a_borrowed_letter_changes_nothing() {
        assert_eq!(unified("kisѕ you"), "kiss you");
        assert_eq!(unified("yоu аre lovely"), "you are lovely");
        assert_eq!(unified("пpивeт, кoтик"), "привет, котик");
    }

    #[test]
    fn real_words_of_both_alphabets_stay() {
        assert_eq!(
            unified("посмотрите instagram она"),
            "посмотрите instagram она"
        );
        assert_eq!(unified("see you at чай"), "see you at чай");
    }
}
