//! Sentence embeddings: an optional second reader, loaded as data from a folder.
//!
//! A folder holds what a published encoder comes with (`config.json`, `tokenizer.json`, `model.safetensors`) and
//! `guard.heads`, which `cargo xtask guard-train --model` learns. Where it is absent, the built-in model decides
//! alone; where there is no time for it, too.

mod encoder;
mod gelu;
mod heads;
mod layer;
mod tensors;
mod tokens;
pub mod train;
mod unigram;
mod wordpiece;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use bitewing_core::Language;

pub use encoder::Encoder;
pub use heads::{Half, Heads, Mix, Second};
pub use tokens::Tokenizer;

use crate::corpus::Direction;
use crate::model::ModelError;

/// The name of the file of heads.
pub const HEADS: &str = "guard.heads";

/// Why an encoder cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// A file that is missing or cannot be read.
    #[error("reading {file}")]
    Io {
        /// Which.
        file: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// A file that is not what it should be.
    #[error("{file}: {problem}")]
    Wrong {
        /// Which.
        file: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The heads.
    #[error("{HEADS}")]
    Heads(#[from] ModelError),
    /// The heads were learned with another encoder.
    #[error("{HEADS} was learned with encoder {learned}, this is {found}")]
    Foreign {
        /// With which they were learned.
        learned: String,
        /// What lies beside them.
        found: String,
    },
}

impl EmbedError {
    fn wrong(file: &'static str, problem: impl Into<String>) -> Self {
        Self::Wrong {
            file,
            problem: problem.into(),
        }
    }
}

/// An encoder and what was learned with it.
#[derive(Debug)]
pub struct Embedding {
    encoder: Arc<Encoder>,
    heads: Heads,
    version: String,
}

impl Embedding {
    /// Loads a folder.
    pub fn open(folder: &Path) -> Result<Self, EmbedError> {
        let bytes = std::fs::read(folder.join(HEADS)).map_err(|source| EmbedError::Io {
            file: HEADS,
            source,
        })?;
        Self::new(Arc::new(Encoder::open(folder)?), Heads::decode(&bytes)?)
    }

    /// Puts heads on the encoder they were learned with.
    pub fn new(encoder: Arc<Encoder>, heads: Heads) -> Result<Self, EmbedError> {
        if encoder.version() != heads.encoder {
            return Err(EmbedError::Foreign {
                learned: heads.encoder,
                found: encoder.version().to_owned(),
            });
        }
        if heads.widest() < encoder.width() {
            return Err(ModelError::Short.into());
        }
        let version = format!("{}+{}", heads.encoder, heads.version());
        Ok(Self {
            encoder,
            heads,
            version,
        })
    }

    /// What the encoder and the heads are.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Reads a text after the built-in model; none where the language was not learned or time is up.
    pub(crate) fn read(
        &self,
        text: &str,
        language: Language,
        (direction, margins): (Direction, &[f32]),
        go_on: &dyn Fn() -> bool,
    ) -> Option<Second<'_>> {
        if !self.reads(language) || !go_on() {
            return None;
        }
        let point = if self.heads.prefix.is_empty() {
            self.encoder.embed(text, go_on)?
        } else {
            self.encoder
                .embed(&format!("{}{text}", self.heads.prefix), go_on)?
        };
        Some(self.heads.weigh(direction, &point, margins))
    }

    /// Whether it has learned a language.
    pub fn reads(&self, language: Language) -> bool {
        self.heads.languages.contains(&language)
    }

    /// The heads.
    pub fn heads(&self) -> &Heads {
        &self.heads
    }

    /// The encoder.
    pub fn encoder(&self) -> &Arc<Encoder> {
        &self.encoder
    }
}
