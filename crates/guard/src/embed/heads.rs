//! What was learned over an encoder's points, and how it is weighed against the built-in model.

use bitewing_core::Language;
use ndarray::Array1;

use crate::corpus::Direction;
use crate::model::file::{Reader, decode_table, encode_table};
use crate::model::heads::{FIRST_INTENT, INTENTS};
use crate::model::train::platt::Curve;
use crate::model::{ModelError, Table, Thresholds, fingerprint};

const MAGIC: &[u8; 4] = b"BWGH";
const VERSION: u8 = 1;

/// What the numbers of a point are multiplied by: training weighs a bucket that every row has by a seventh.
pub(super) const COMMON: f32 = 7.0;

/// How a head's two margins become one, and what counts as found then.
#[derive(Debug, Clone, PartialEq)]
pub struct Mix {
    /// What a margin of the built-in model is worth.
    pub base: f32,
    /// What a margin over the point is worth.
    pub own: f32,
    /// From the sum to a probability.
    pub curve: Curve,
    /// What counts as found.
    pub thresholds: Thresholds,
}

/// One direction.
#[derive(Debug, Clone, PartialEq)]
pub struct Half {
    pub(crate) table: Table,
    pub(crate) mixes: Vec<Mix>,
}

/// Everything that was learned with one encoder.
#[derive(Debug, Clone, PartialEq)]
pub struct Heads {
    /// The fingerprint of the encoder.
    pub encoder: String,
    /// The languages it was learned in; others are left to the built-in model.
    pub languages: Vec<Language>,
    /// Stands before every text, where the encoder was trained so (E5: `query: `).
    pub prefix: String,
    pub(crate) out: Half,
    pub(crate) inbound: Half,
    /// From the margin of each intent's own head to a probability.
    pub(crate) curves: Vec<Curve>,
    /// How much those probabilities count beside the shares of the built-in model.
    pub(crate) weight: f32,
}

/// What both readers say of one text.
#[derive(Debug)]
pub struct Second<'a> {
    pub(crate) margins: Vec<f32>,
    own: Vec<f32>,
    half: &'a Half,
    heads: &'a Heads,
}

impl Second<'_> {
    /// The probability of a head.
    pub(crate) fn probability(&self, column: usize) -> f32 {
        self.half.mixes[column].curve.at(self.margins[column])
    }

    /// What counts as found.
    pub(crate) fn thresholds(&self, column: usize) -> Thresholds {
        self.half.mixes[column].thresholds
    }

    /// The shares of the intents, from those of the built-in model.
    pub(crate) fn intents(&self, shares: &[f32]) -> Vec<f32> {
        let own = &self.own[FIRST_INTENT..];
        mixed(shares, own, &self.heads.curves, self.heads.weight)
    }
}

impl Heads {
    /// Weighs a point and the margins of the built-in model.
    pub(crate) fn weigh(
        &self,
        direction: Direction,
        point: &Array1<f32>,
        margins: &[f32],
    ) -> Second<'_> {
        let half = match direction {
            Direction::Out => &self.out,
            Direction::In => &self.inbound,
        };
        let own = half.table.score_point(point, COMMON);
        let margins = half
            .mixes
            .iter()
            .zip(own.iter().zip(margins))
            .map(|(mix, (own, base))| mix.own * own + mix.base * base)
            .collect();
        Second {
            margins,
            own,
            half,
            heads: self,
        }
    }

    /// The numbers of a point that are read.
    pub(crate) fn widest(&self) -> usize {
        1 << self.out.table.bits.min(self.inbound.table.bits)
    }

    /// A fingerprint.
    pub fn version(&self) -> String {
        fingerprint(&self.encode())
    }

    /// The bytes of a file.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.push(VERSION);
        for text in [&self.encoder, &self.prefix] {
            out.push(text.len() as u8);
            out.extend_from_slice(text.as_bytes());
        }
        out.push(self.languages.len() as u8);
        out.extend(self.languages.iter().map(|language| *language as u8));
        for half in [&self.out, &self.inbound] {
            encode_table(&half.table, &mut out);
            for mix in &half.mixes {
                for number in [
                    mix.base,
                    mix.own,
                    mix.curve.slope,
                    mix.curve.offset,
                    mix.thresholds.warn,
                    mix.thresholds.hold,
                    mix.thresholds.block,
                ] {
                    out.extend_from_slice(&number.to_le_bytes());
                }
            }
        }
        let curves = self.curves.iter().flat_map(|c| [c.slope, c.offset]);
        for number in curves.chain([self.weight]) {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out
    }

    /// Reads a file.
    pub fn decode(bytes: &[u8]) -> Result<Self, ModelError> {
        let mut reader = Reader::new(bytes);
        if reader.take(4)? != MAGIC || reader.byte()? != VERSION {
            return Err(ModelError::Foreign);
        }
        let encoder = reader.text()?;
        let prefix = reader.text()?;
        let mut languages = Vec::new();
        for _ in 0..reader.byte()? {
            let place = usize::from(reader.byte()?);
            languages.push(*Language::ALL.get(place).ok_or_else(|| reader.wrong())?);
        }
        let out = decode_half(&mut reader)?;
        let inbound = decode_half(&mut reader)?;
        if inbound.mixes.len() != FIRST_INTENT + INTENTS {
            return Err(reader.wrong());
        }
        let curves = (0..INTENTS)
            .map(|_| {
                Ok(Curve {
                    slope: reader.number()?,
                    offset: reader.number()?,
                })
            })
            .collect::<Result<_, ModelError>>()?;
        let weight = reader.number()?;
        if !reader.is_done() {
            return Err(reader.wrong());
        }
        Ok(Self {
            encoder,
            languages,
            prefix,
            out,
            inbound,
            curves,
            weight,
        })
    }
}

/// Shares times the probabilities of the points, to a power; they add up to 1.
pub(super) fn mixed(shares: &[f32], own: &[f32], curves: &[Curve], weight: f32) -> Vec<f32> {
    let mut mixed: Vec<f32> = shares
        .iter()
        .zip(own.iter().zip(curves))
        .map(|(share, (margin, curve))| share * curve.at(*margin).max(1e-6).powf(weight))
        .collect();
    let total = mixed.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    for share in &mut mixed {
        *share /= total;
    }
    mixed
}

fn decode_half(reader: &mut Reader<'_>) -> Result<Half, ModelError> {
    let table = decode_table(reader)?;
    let mut mixes = Vec::with_capacity(table.heads.len());
    for _ in 0..table.heads.len() {
        let mut numbers = [0.0_f32; 7];
        for number in &mut numbers {
            *number = reader.number()?;
        }
        let [base, own, slope, offset, warn, hold, block] = numbers;
        mixes.push(Mix {
            base,
            own,
            curve: Curve { slope, offset },
            thresholds: Thresholds { warn, hold, block },
        });
    }
    Ok(Half { table, mixes })
}
