//! From a text to a point where texts that mean the same lie close.

use std::path::Path;

use ndarray::{Array1, Array2, Axis};
use serde::Deserialize;

use super::EmbedError;
use super::gelu::Gelu;
use super::layer::{Layer, Norm, Sizes};
use super::tensors::{Rows, Tensors};
use super::tokens::Tokenizer;

const FILE: &str = "config.json";
/// The most tokens of a text that are read; what follows is left to the built-in model.
pub(super) const MOST_TOKENS: usize = 128;
/// What nobody's encoder exceeds.
const MOST_HIDDEN: usize = 2048;
const MOST_LAYERS: usize = 48;

#[derive(Deserialize)]
struct Config {
    model_type: String,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    max_position_embeddings: usize,
    vocab_size: usize,
    type_vocab_size: usize,
    hidden_act: String,
    layer_norm_eps: f32,
}

impl Config {
    fn read(folder: &Path) -> Result<Self, EmbedError> {
        let text = std::fs::read_to_string(folder.join(FILE))
            .map_err(|source| EmbedError::Io { file: FILE, source })?;
        let config: Self = serde_json::from_str(&text)
            .map_err(|error| EmbedError::wrong(FILE, error.to_string()))?;
        let sound = config.model_type == "bert"
            && config.hidden_act == "gelu"
            && (1..=MOST_HIDDEN).contains(&config.hidden_size)
            && (1..=MOST_LAYERS).contains(&config.num_hidden_layers)
            && config.num_attention_heads > 0
            && config
                .hidden_size
                .is_multiple_of(config.num_attention_heads)
            && (1..=8 * MOST_HIDDEN).contains(&config.intermediate_size)
            && (1..=1 << 20).contains(&config.vocab_size)
            && (3..=1 << 16).contains(&config.max_position_embeddings)
            && (1..=16).contains(&config.type_vocab_size);
        if sound {
            Ok(config)
        } else {
            Err(EmbedError::wrong(FILE, "not a BERT of a usual size"))
        }
    }
}

/// An encoder of the BERT family.
#[derive(Debug)]
pub struct Encoder {
    tokenizer: Tokenizer,
    words: Rows,
    /// Where a token stands, and that there is one text only.
    places: Array2<f32>,
    first: Norm,
    layers: Vec<Layer>,
    gelu: Gelu,
    version: String,
}

impl Encoder {
    /// Loads a folder with `config.json`, `tokenizer.json` and `model.safetensors`.
    pub fn open(folder: &Path) -> Result<Self, EmbedError> {
        let config = Config::read(folder)?;
        let tokenizer = Tokenizer::read(folder)?;
        let sizes = Sizes {
            hidden: config.hidden_size,
            heads: config.num_attention_heads,
            inner: config.intermediate_size,
            epsilon: config.layer_norm_eps,
        };
        let mut tensors = Tensors::open(folder)?;
        let words = tensors.rows(
            "embeddings.word_embeddings.weight",
            (config.vocab_size, sizes.hidden),
        )?;
        if tokenizer.largest() >= words.count() {
            return Err(EmbedError::wrong(
                FILE,
                "the vocabulary is larger than the model",
            ));
        }
        let mut places = tensors.matrix(
            "embeddings.position_embeddings.weight",
            (config.max_position_embeddings, sizes.hidden),
        )?;
        let kinds = tensors.matrix(
            "embeddings.token_type_embeddings.weight",
            (config.type_vocab_size, sizes.hidden),
        )?;
        places += &kinds.row(0);
        let first = Norm::read(&mut tensors, "embeddings.LayerNorm", sizes)?;
        let layers = (0..config.num_hidden_layers)
            .map(|index| Layer::read(&mut tensors, index, sizes))
            .collect::<Result<_, _>>()?;
        let version = format!("{:016x}", tensors.hash());
        Ok(Self {
            tokenizer,
            words,
            places,
            first,
            layers,
            gelu: Gelu::new(),
            version,
        })
    }

    /// A fingerprint of the weights.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How many numbers a point has.
    pub fn width(&self) -> usize {
        self.places.ncols()
    }

    /// The tokenizer.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// The point of a text, at distance 1 from the middle. `go_on` is asked before every layer; when it says no,
    /// there is none.
    pub fn embed(&self, text: &str, go_on: &dyn Fn() -> bool) -> Option<Array1<f32>> {
        let tokens = self
            .tokenizer
            .tokens(text, MOST_TOKENS.min(self.places.nrows()));
        let mut rows = Array2::zeros((tokens.len(), self.width()));
        for (place, (token, mut row)) in tokens.iter().zip(rows.axis_iter_mut(Axis(0))).enumerate()
        {
            row.assign(&self.places.row(place));
            if let Some(numbers) = row.as_slice_mut() {
                self.words.add(*token as usize, numbers);
            }
        }
        self.first.apply(&mut rows);
        for layer in &self.layers {
            if !go_on() {
                return None;
            }
            rows = layer.apply(rows, &self.gelu);
        }
        let mean = rows.sum_axis(Axis(0));
        let length = mean.dot(&mean).sqrt().max(f32::MIN_POSITIVE);
        Some(mean / length)
    }
}
