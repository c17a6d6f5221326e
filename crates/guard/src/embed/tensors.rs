//! Tensors of a `model.safetensors`, read one at a time so that a large table never stands in memory whole.
//!
//! The format: eight bytes with the length of a JSON object, the object (name to type, shape and place), numbers.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use ndarray::{Array1, Array2};
use serde::Deserialize;

use super::EmbedError;

const FILE: &str = "model.safetensors";
/// The longest header that is read.
const MOST_HEADER: u64 = 16 << 20;

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [u64; 2],
}

/// An open file.
pub(super) struct Tensors {
    file: BufReader<File>,
    entries: BTreeMap<String, Entry>,
    start: u64,
    hash: u64,
}

/// A table of small integers, a scale for each row: a quarter of the memory, and no visible loss in rows that are
/// only ever added up.
#[derive(Debug)]
pub(super) struct Rows {
    steps: Vec<i8>,
    scales: Vec<f32>,
    width: usize,
}

impl Rows {
    /// Adds a row to numbers.
    pub(super) fn add(&self, row: usize, to: &mut [f32]) {
        let scale = self.scales[row];
        for (number, step) in to.iter_mut().zip(&self.steps[row * self.width..]) {
            *number += f32::from(*step) * scale;
        }
    }

    pub(super) fn count(&self) -> usize {
        self.scales.len()
    }
}

impl Tensors {
    pub(super) fn open(folder: &Path) -> Result<Self, EmbedError> {
        let mut file = BufReader::new(File::open(folder.join(FILE)).map_err(io)?);
        let mut eight = [0; 8];
        file.read_exact(&mut eight).map_err(io)?;
        let length = u64::from_le_bytes(eight);
        if length > MOST_HEADER {
            return Err(EmbedError::wrong(FILE, "the header is too long"));
        }
        let mut header = vec![0; length as usize];
        file.read_exact(&mut header).map_err(io)?;
        let values: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&header)
            .map_err(|error| EmbedError::wrong(FILE, error.to_string()))?;
        let mut entries = BTreeMap::new();
        for (name, value) in values {
            if name == "__metadata__" {
                continue;
            }
            let entry: Entry = serde_json::from_value(value)
                .map_err(|error| EmbedError::wrong(FILE, format!("{name}: {error}")))?;
            let short = name.strip_prefix("bert.").unwrap_or(&name).to_owned();
            entries.insert(short, entry);
        }
        Ok(Self {
            file,
            entries,
            start: 8 + length,
            hash: 0xcbf2_9ce4_8422_2325,
        })
    }

    /// A fingerprint of all that was read.
    pub(super) fn hash(&self) -> u64 {
        self.hash
    }

    /// Goes to a tensor of so many numbers.
    fn seek(&mut self, name: &str, shape: &[usize]) -> Result<(), EmbedError> {
        let entry = self
            .entries
            .get(name)
            .ok_or_else(|| EmbedError::wrong(FILE, format!("{name} is missing")))?;
        let bytes = 4 * shape.iter().product::<usize>() as u64;
        let [from, to] = entry.data_offsets;
        if entry.dtype != "F32" || entry.shape != shape || to.checked_sub(from) != Some(bytes) {
            return Err(EmbedError::wrong(
                FILE,
                format!("{name} is not {shape:?} of F32"),
            ));
        }
        let at = self.start + from;
        self.file.seek(SeekFrom::Start(at)).map_err(io)?;
        Ok(())
    }

    fn numbers(&mut self, count: usize) -> Result<Vec<f32>, EmbedError> {
        let mut bytes = vec![0; 4 * count];
        self.file.read_exact(&mut bytes).map_err(io)?;
        let mut numbers = Vec::with_capacity(count);
        for four in bytes.as_chunks::<4>().0 {
            self.hash = (self.hash ^ u64::from(u32::from_le_bytes(*four)))
                .wrapping_mul(0x0100_0000_01b3)
                .rotate_left(23);
            let number = f32::from_le_bytes(*four);
            if !number.is_finite() {
                return Err(EmbedError::wrong(FILE, "a number is not finite"));
            }
            numbers.push(number);
        }
        Ok(numbers)
    }

    /// A vector.
    pub(super) fn vector(&mut self, name: &str, length: usize) -> Result<Array1<f32>, EmbedError> {
        self.seek(name, &[length])?;
        Ok(Array1::from_vec(self.numbers(length)?))
    }

    /// A matrix as it stands.
    pub(super) fn matrix(
        &mut self,
        name: &str,
        (rows, columns): (usize, usize),
    ) -> Result<Array2<f32>, EmbedError> {
        self.seek(name, &[rows, columns])?;
        let numbers = self.numbers(rows * columns)?;
        Array2::from_shape_vec((rows, columns), numbers)
            .map_err(|error| EmbedError::wrong(FILE, error.to_string()))
    }

    /// A matrix, quantised row by row.
    pub(super) fn rows(
        &mut self,
        name: &str,
        (count, width): (usize, usize),
    ) -> Result<Rows, EmbedError> {
        self.seek(name, &[count, width])?;
        let mut rows = Rows {
            steps: Vec::with_capacity(count * width),
            scales: Vec::with_capacity(count),
            width,
        };
        for _ in 0..count {
            let numbers = self.numbers(width)?;
            let largest = numbers.iter().fold(0.0_f32, |most, n| most.max(n.abs()));
            let scale = (largest / 127.0).max(f32::MIN_POSITIVE);
            rows.scales.push(scale);
            rows.steps
                .extend(numbers.iter().map(|number| (number / scale).round() as i8));
        }
        Ok(rows)
    }
}

fn io(source: std::io::Error) -> EmbedError {
    EmbedError::Io { file: FILE, source }
}
