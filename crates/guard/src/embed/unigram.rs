//! Unigram: of all ways to cut a text, the likeliest (Kudo, ACL 2018), found by dynamic programming.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization as _;

/// Stands for a space, as in SentencePiece.
const SPACE: char = '\u{2581}';
/// What an unknown letter costs beyond the least likely piece, as in SentencePiece.
const UNKNOWN: f32 = 10.0;
/// Letters that are cut at once: a longer text would have more tokens than any encoder reads.
const MOST_LETTERS: usize = 2048;

#[derive(Debug)]
pub(super) struct Unigram {
    pieces: HashMap<String, (u32, f32)>,
    unknown: u32,
    unknown_score: f32,
    longest: usize,
}

impl Unigram {
    /// None when the unknown piece has no place in the list.
    pub(super) fn new(list: Vec<(String, f32)>, unknown: u32) -> Option<Self> {
        if unknown as usize >= list.len() {
            return None;
        }
        let least = list.iter().map(|piece| piece.1).fold(0.0_f32, f32::min);
        let longest = list.iter().map(|piece| piece.0.chars().count()).max()?;
        Some(Self {
            pieces: (0..)
                .zip(list)
                .map(|(id, (piece, score))| (piece, (id, score)))
                .collect(),
            unknown,
            unknown_score: least - UNKNOWN,
            longest,
        })
    }

    pub(super) fn id(&self, piece: &str) -> Option<u32> {
        self.pieces.get(piece).map(|known| known.0)
    }

    /// Adds tokens until there are so many.
    pub(super) fn cut(&self, text: &str, most: usize, tokens: &mut Vec<u32>) {
        let text = spaced(text);
        let ends: Vec<usize> = std::iter::once(0)
            .chain(
                text.char_indices()
                    .map(|(at, letter)| at + letter.len_utf8()),
            )
            .collect();
        let count = ends.len() - 1;
        // The best score of a cut that ends after so many letters, where its last piece began, and which it is.
        let mut best = vec![(f32::NEG_INFINITY, 0, self.unknown); count + 1];
        best[0].0 = 0.0;
        for start in 0..count {
            let so_far = best[start].0;
            for end in start + 1..=count.min(start + self.longest) {
                if let Some((id, score)) = self.pieces.get(&text[ends[start]..ends[end]])
                    && so_far + score > best[end].0
                {
                    best[end] = (so_far + score, start, *id);
                }
            }
            if so_far + self.unknown_score > best[start + 1].0 {
                best[start + 1] = (so_far + self.unknown_score, start, self.unknown);
            }
        }
        let mut found = Vec::new();
        let mut at = count;
        while at > 0 {
            let (_, start, id) = best[at];
            // Unknown letters that follow one another are one token.
            if id != self.unknown || found.last() != Some(&id) {
                found.push(id);
            }
            at = start;
        }
        tokens.extend(found.into_iter().rev());
        tokens.truncate(most);
    }
}

/// Compatibility characters made plain, every run of spaces one mark, and one at the start.
fn spaced(text: &str) -> String {
    let plain: String = text
        .nfkc()
        .filter(|c| !c.is_control() || c.is_whitespace())
        .collect();
    let mut spaced = String::with_capacity(plain.len() + 8);
    for word in plain.split_whitespace() {
        spaced.push(SPACE);
        spaced.push_str(word);
    }
    match spaced.char_indices().nth(MOST_LETTERS) {
        Some((end, _)) => spaced[..end].to_owned(),
        None => spaced,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Unigram {
        let list = [
            ("<unk>", 0.0),
            ("\u{2581}", -4.0),
            ("\u{2581}боль", -3.0),
            ("\u{2581}бо", -2.0),
            ("ль", -2.5),
            ("но", -2.0),
            ("\u{2581}больно", -9.0),
            ("fi", -5.0),
        ];
        Unigram::new(list.map(|(p, s)| (p.to_owned(), s)).to_vec(), 0).unwrap()
    }

    fn cut(text: &str) -> Vec<u32> {
        let mut tokens = Vec::new();
        small().cut(text, 50, &mut tokens);
        tokens
    }

    #[test]
    fn the_likeliest_cut_wins_over_the_longest_piece() {
        // боль+но is -5, бо+ль+но -6.5, больно in one -9.
        assert_eq!(cut("больно"), [2, 5]);
        assert_eq!(cut("  боль \n боль"), [2, 2]);
    }

    #[test]
    fn unknown_letters_are_one_token_and_ligatures_are_letters() {
        assert_eq!(cut("xyz"), [1, 0]);
        assert_eq!(cut("\u{fb01}"), [1, 7]);
        assert_eq!(cut(""), [] as [u32; 0]);
    }

    #[test]
    fn no_more_than_asked_for() {
        let mut tokens = vec![99];
        small().cut(&"боль ".repeat(3000), 4, &mut tokens);
        assert_eq!(tokens, [99, 2, 2, 2]);
    }
}
