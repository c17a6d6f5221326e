//! From a text to the numbers of its tokens, as the `tokenizer.json` beside an encoder says.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;

use super::EmbedError;
use super::unigram::Unigram;
use super::wordpiece::WordPiece;

const FILE: &str = "tokenizer.json";

#[derive(Deserialize)]
struct File {
    model: serde_json::Value,
    #[serde(default)]
    normalizer: Option<Normalizer>,
}

#[derive(Deserialize)]
struct Normalizer {
    #[serde(default)]
    lowercase: Option<bool>,
}

#[derive(Deserialize)]
struct WordPieceModel {
    vocab: HashMap<String, u32>,
}

#[derive(Deserialize)]
struct UnigramModel {
    vocab: Vec<(String, f32)>,
    unk_id: u32,
}

#[derive(Debug)]
enum Kind {
    WordPiece(WordPiece),
    Unigram(Unigram),
}

/// Cuts texts into tokens: WordPiece (BERT) or Unigram (XLM-R, multilingual E5).
#[derive(Debug)]
pub struct Tokenizer {
    kind: Kind,
    begin: u32,
    end: u32,
    largest: usize,
}

impl Tokenizer {
    /// Reads the file of a folder.
    pub fn read(folder: &Path) -> Result<Self, EmbedError> {
        let text = std::fs::read(folder.join(FILE))
            .map_err(|source| EmbedError::Io { file: FILE, source })?;
        let file: File = serde_json::from_slice(&text).map_err(wrong)?;
        // Older files do not name their kind: one that starts from the likelihood of pieces is a Unigram.
        if file.model.get("unk_id").is_some() {
            let model: UnigramModel = serde_json::from_value(file.model).map_err(wrong)?;
            let largest = model.vocab.len().saturating_sub(1);
            let unigram = Unigram::new(model.vocab, model.unk_id)
                .ok_or_else(|| EmbedError::wrong(FILE, "the unknown piece is not in the list"))?;
            let special = |piece| {
                unigram
                    .id(piece)
                    .ok_or_else(|| EmbedError::wrong(FILE, format!("{piece} is missing")))
            };
            Ok(Self {
                begin: special("<s>")?,
                end: special("</s>")?,
                kind: Kind::Unigram(unigram),
                largest,
            })
        } else {
            let model: WordPieceModel = serde_json::from_value(file.model).map_err(wrong)?;
            let largest = model.vocab.values().max().copied().unwrap_or_default() as usize;
            let special = |piece: &str| {
                model
                    .vocab
                    .get(piece)
                    .copied()
                    .ok_or_else(|| EmbedError::wrong(FILE, format!("{piece} is missing")))
            };
            let (begin, end, unknown) = (special("[CLS]")?, special("[SEP]")?, special("[UNK]")?);
            let lower = file.normalizer.and_then(|own| own.lowercase) != Some(false);
            Ok(Self {
                kind: Kind::WordPiece(WordPiece::new(model.vocab, unknown, lower)),
                begin,
                end,
                largest,
            })
        }
    }

    /// At most so many tokens, with those that mark the ends.
    pub fn tokens(&self, text: &str, most: usize) -> Vec<u32> {
        let mut tokens = vec![self.begin];
        let room = most.saturating_sub(1).max(1);
        match &self.kind {
            Kind::WordPiece(model) => model.cut(text, room, &mut tokens),
            Kind::Unigram(model) => model.cut(text, room, &mut tokens),
        }
        tokens.push(self.end);
        tokens
    }

    /// The largest number of a token.
    pub(super) fn largest(&self) -> usize {
        self.largest
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "map_err gives the error away"
)]
fn wrong(error: serde_json::Error) -> EmbedError {
    EmbedError::wrong(FILE, error.to_string())
}
