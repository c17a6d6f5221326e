//! A text read once: folded, cut into words, its language guessed, its concepts found.

use bitewing_core::Language;

use crate::corpus::Direction;
use crate::lexicon::{Lexicon, Mention};
use crate::message::Role;
use crate::model::{self, Bucketed, Prepared, Table, bucketed};
use crate::text::{Folded, Words, fold};
use crate::verdict::LanguageGuess;

/// The language's share from which its lists are read as well.
const SHARE: f32 = 0.15;

/// A text and everything the guard knows of it before judging.
#[derive(Debug)]
pub struct Reading {
    /// The folded text.
    pub folded: Folded,
    /// Its words.
    pub words: Words,
    /// The language.
    pub language: LanguageGuess,
    /// The concepts of the languages it is written in.
    pub mentions: Vec<Mention>,
}

/// The share of each language, in the order of [`Language::ALL`], and whether anything spoke for one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares(pub [f32; 6]);

impl Shares {
    /// Judges the pieces of a text.
    pub fn of(folded: &Folded, table: &Table) -> Self {
        let mut features = bucketed(table.bits);
        model::extract_pieces(folded.chars(), &mut features);
        let scores = table.score(&features);
        let mut shares = [0.0; 6];
        for (column, share) in shares.iter_mut().enumerate() {
            *share = scores.probability(table, column).max(1e-6);
        }
        Self(shares).normalised()
    }

    fn normalised(self) -> Self {
        let total: f32 = self.0.iter().sum();
        Self(self.0.map(|share| share / total))
    }

    /// Lets what is known beforehand speak: a text of few letters says little by itself.
    fn with_hint(mut self, hint: Option<Language>, letters: usize) -> Self {
        if let Some(hint) = hint {
            self.0[hint as usize] += 4.0 / (letters.max(4) as f32);
        }
        self.normalised()
    }

    /// The likeliest.
    pub fn best(self) -> LanguageGuess {
        let mut best = LanguageGuess {
            language: Language::En,
            confidence: 0.0,
        };
        for (language, share) in Language::ALL.into_iter().zip(self.0) {
            if share > best.confidence {
                best = LanguageGuess {
                    language,
                    confidence: share,
                };
            }
        }
        best
    }
}

impl Reading {
    /// Reads a text with the table of languages; the hint decides where the text itself does not.
    pub fn new(text: &str, hint: Option<Language>, lexicon: &Lexicon, table: &Table) -> Self {
        let folded = fold(text);
        let shares = Shares::of(&folded, table);
        Self::with_shares(folded, shares, hint, lexicon)
    }

    /// Reads a folded text whose languages have been judged.
    pub fn with_shares(
        folded: Folded,
        shares: Shares,
        hint: Option<Language>,
        lexicon: &Lexicon,
    ) -> Self {
        let words = Words::of(&folded);
        let letters = folded.chars().iter().filter(|c| c.is_alphabetic()).count();
        let shares = shares.with_hint(hint, letters);
        let language = shares.best();
        let mut mentions = lexicon.mentions(&words);
        mentions.retain(|mention| {
            mention
                .language
                .is_none_or(|of| of == language.language || shares.0[of as usize] >= SHARE)
        });
        Self {
            folded,
            words,
            language,
            mentions,
        }
    }

    /// The features of the text.
    pub fn features(
        &self,
        direction: Direction,
        role: Option<Role>,
        lexicon: &Lexicon,
        bits: u32,
    ) -> Bucketed {
        let mut features = bucketed(bits);
        let prepared = Prepared {
            folded: &self.folded,
            words: &self.words,
            mentions: &self.mentions,
            direction,
            role,
            language: self.language.language,
        };
        model::extract(&prepared, lexicon, &mut features);
        features
    }
}
