//! The model as a file.
//!
//! `BWGM`, a version, three tables, then the weights of the intents with their numbers of intents and inputs. Of a table: its bits, its heads, one bit per bucket that says
//! whether the bucket has weights, and the weights of those that have. Integers are little-endian.

use super::table::{Head, Table, Thresholds};
use super::train::platt::Curve;
use super::{Intents, Model};

const MAGIC: &[u8; 4] = b"BWGM";
const VERSION: u8 = 2;
const MAX_BITS: u32 = 20;
const MAX_HEADS: usize = 64;

/// Why a model cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Not a model, or of another version.
    #[error("not a model of version {VERSION}")]
    Foreign,
    /// It ends too early.
    #[error("the model is cut short")]
    Short,
    /// A size or name that cannot be.
    #[error("the model contradicts itself at byte {at}")]
    Wrong {
        /// Where.
        at: usize,
    },
}

impl Model {
    /// The bytes of a model.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.push(VERSION);
        for table in [&self.out, &self.inbound, &self.language] {
            encode_table(table, &mut out);
        }
        encode_intents(&self.intents, &mut out);
        out
    }

    /// Reads a model.
    pub fn decode(bytes: &[u8]) -> Result<Self, ModelError> {
        let mut reader = Reader::new(bytes);
        if reader.take(4)? != MAGIC || reader.byte()? != VERSION {
            return Err(ModelError::Foreign);
        }
        let out = decode_table(&mut reader)?;
        let inbound = decode_table(&mut reader)?;
        let language = decode_table(&mut reader)?;
        let intents = decode_intents(&mut reader, inbound.heads.len())?;
        if !reader.is_done() {
            return Err(reader.wrong());
        }
        Ok(Self {
            out,
            inbound,
            language,
            intents,
            version: fingerprint(bytes),
        })
    }
}

/// FNV-1a, 64 bits: tells versions apart, and is no defence against anybody.
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

fn encode_intents(intents: &Intents, out: &mut Vec<u8>) {
    let inputs = intents.inputs;
    out.push((intents.weights.len() / (inputs + 1)) as u8);
    out.push(inputs as u8);
    for weight in &intents.weights {
        out.extend_from_slice(&weight.to_le_bytes());
    }
}

/// Reads what weighs so many margins.
fn decode_intents(reader: &mut Reader<'_>, margins: usize) -> Result<Intents, ModelError> {
    let count = usize::from(reader.byte()?);
    let inputs = usize::from(reader.byte()?);
    if inputs != margins || count > MAX_HEADS {
        return Err(reader.wrong());
    }
    let weights = (0..count * (inputs + 1))
        .map(|_| reader.number())
        .collect::<Result<_, _>>()?;
    Ok(Intents { inputs, weights })
}

pub(crate) fn encode_table(table: &Table, out: &mut Vec<u8>) {
    out.push(table.bits as u8);
    out.push(table.heads.len() as u8);
    for head in &table.heads {
        out.push(head.name.len() as u8);
        out.extend_from_slice(head.name.as_bytes());
        for number in [
            head.scale,
            head.bias,
            head.curve.slope,
            head.curve.offset,
            head.thresholds.warn,
            head.thresholds.hold,
            head.thresholds.block,
        ] {
            out.extend_from_slice(&number.to_le_bytes());
        }
    }
    let columns = table.heads.len();
    let used: Vec<bool> = table
        .steps
        .chunks(columns)
        .map(|row| row.iter().any(|step| *step != 0))
        .collect();
    for eight in used.chunks(8) {
        out.push(
            eight
                .iter()
                .enumerate()
                .fold(0, |bits, (place, used)| bits | (u8::from(*used) << place)),
        );
    }
    for (row, _) in table
        .steps
        .chunks(columns)
        .zip(&used)
        .filter(|(_, used)| **used)
    {
        out.extend(row.iter().map(|step| step.to_le_bytes()[0]));
    }
}

pub(crate) fn decode_table(reader: &mut Reader<'_>) -> Result<Table, ModelError> {
    let bits = u32::from(reader.byte()?);
    let count = usize::from(reader.byte()?);
    if !(3..=MAX_BITS).contains(&bits) || !(1..=MAX_HEADS).contains(&count) {
        return Err(reader.wrong());
    }
    let mut heads = Vec::with_capacity(count);
    for _ in 0..count {
        let name = reader.text()?;
        let mut numbers = [0.0_f32; 7];
        for number in &mut numbers {
            *number = reader.number()?;
        }
        let [scale, bias, slope, offset, warn, hold, block] = numbers;
        heads.push(Head {
            name,
            scale,
            bias,
            curve: Curve { slope, offset },
            thresholds: Thresholds { warn, hold, block },
        });
    }
    let used = reader.take((1 << bits) / 8)?.to_vec();
    let mut steps = vec![0_i8; (1 << bits) * count];
    for (bucket, row) in steps.chunks_mut(count).enumerate() {
        if used[bucket / 8] & (1 << (bucket % 8)) != 0 {
            for (step, byte) in row.iter_mut().zip(reader.take(count)?) {
                *step = i8::from_le_bytes([*byte]);
            }
        }
    }
    Ok(Table { heads, bits, steps })
}

/// Reads a file from its start; what is cut short or impossible is an error.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// A text behind its length.
    pub(crate) fn text(&mut self) -> Result<String, ModelError> {
        let length = usize::from(self.byte()?);
        String::from_utf8(self.take(length)?.to_vec()).map_err(|_| self.wrong())
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], ModelError> {
        let part = self
            .bytes
            .get(self.at..self.at + length)
            .ok_or(ModelError::Short)?;
        self.at += length;
        Ok(part)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, ModelError> {
        Ok(self.take(1)?[0])
    }

    pub(crate) fn number(&mut self) -> Result<f32, ModelError> {
        let mut four = [0; 4];
        four.copy_from_slice(self.take(4)?);
        let number = f32::from_le_bytes(four);
        if number.is_finite() {
            Ok(number)
        } else {
            Err(self.wrong())
        }
    }

    pub(crate) fn wrong(&self) -> ModelError {
        ModelError::Wrong { at: self.at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small(name: &str) -> Table {
        let head = Head {
            name: name.to_owned(),
            scale: 0.0,
            bias: 0.0,
            curve: Curve {
                slope: 1.0,
                offset: 0.0,
            },
            thresholds: Thresholds {
                warn: 0.5,
                hold: 0.6,
                block: 0.9,
            },
        };
        let mut weights = vec![0.0; 17];
        (weights[3], weights[9], weights[16]) = (1.0, -0.5, 0.25);
        Table::new(vec![head], 4, &[weights])
    }

    #[test]
    fn a_model_survives_its_file() {
        let mut model = Model {
            out: small("rude"),
            inbound: small("urgent"),
            language: small("en"),
            intents: Intents {
                inputs: 1,
                weights: vec![0.5, -1.0, 2.0, 0.25],
            },
            version: String::new(),
        };
        let bytes = model.encode();
        model.version = fingerprint(&bytes);
        assert_eq!(Model::decode(&bytes).as_ref(), Ok(&model));
        assert_eq!(model.out.row(3), [127]);
        for cut in 0..bytes.len() {
            assert!(Model::decode(&bytes[..cut]).is_err(), "{cut}");
        }
    }
}
