//! An opened document: which pieces to fetch for a range, and how to open them.

use std::ops::Range;

use super::layout::{PART, Span, part_length, parts};
use super::{Damaged, DataKey, DocumentContext, Manifest, PartAddress, PartReader, PartSalt};

/// The parts of a document in order, and how many bytes they hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartList {
    length: u64,
    salts: Vec<PartSalt>,
}

impl PartList {
    /// Takes one salt per part; as many parts as the length wants, no more and no fewer.
    pub fn new(length: u64, salts: Vec<PartSalt>) -> Result<Self, Damaged> {
        let numbered = u32::try_from(salts.len()).is_ok();
        if numbered && salts.len() as u64 == parts(length) {
            Ok(Self { length, salts })
        } else {
            Err(Damaged)
        }
    }

    /// Plaintext bytes of the document.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// The salts, part by part.
    pub fn salts(&self) -> &[PartSalt] {
        &self.salts
    }
}

/// A document that can be read: its key, its place and its parts.
#[derive(Debug)]
pub struct OpenDocument {
    key: DataKey,
    context: DocumentContext,
    parts: PartList,
}

/// What to fetch and open in one go: about 1 MiB within one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The stored part.
    pub address: PartAddress,
    /// Its chunks.
    pub span: Span,
    /// Which of the opened bytes were asked for.
    pub wanted: Range<usize>,
}

impl OpenDocument {
    /// Opens a document by its manifest, which says that no part is missing, moved or replaced.
    pub fn open(
        key: DataKey,
        context: DocumentContext,
        sealed_manifest: &[u8],
    ) -> Result<(Self, Manifest), Damaged> {
        let manifest = Manifest::open(&key, &context, sealed_manifest)?;
        Ok((
            Self {
                key,
                context,
                parts: manifest.parts.clone(),
            },
            manifest,
        ))
    }

    /// Takes a document by the parts that were committed, before it has a manifest.
    pub const fn from_parts(key: DataKey, context: DocumentContext, parts: PartList) -> Self {
        Self {
            key,
            context,
            parts,
        }
    }

    /// Plaintext bytes.
    pub const fn length(&self) -> u64 {
        self.parts.length
    }

    /// The pieces that hold a range, in order. What reaches behind the end is cut off.
    pub fn pieces(&self, range: Range<u64>) -> impl Iterator<Item = Piece> + Send + use<> {
        let length = self.length();
        let context = self.context;
        let salts = self.parts.salts.clone();
        let range = range.start..range.end.min(length);
        (0u32..).zip(salts).flat_map(move |(number, salt)| {
            let start = u64::from(number) * PART;
            let length = part_length(length, number);
            let within =
                range.start.saturating_sub(start)..range.end.saturating_sub(start).min(length);
            let address = PartAddress {
                context,
                number,
                salt,
            };
            (!within.is_empty())
                .then(|| Span::covering(&within, length).split())
                .into_iter()
                .flatten()
                .map(move |span| Piece {
                    address,
                    span,
                    wanted: wanted(span, &within),
                })
        })
    }

    /// Begins a stored part by checking its first bytes and its size.
    pub fn reader(
        &self,
        address: &PartAddress,
        header: &[u8],
        stored_length: u64,
    ) -> Result<PartReader, Damaged> {
        PartReader::new(&self.key, address, self.length(), header, stored_length)
    }
}

/// The bytes of `within` that a span holds, counted from the span's start.
fn wanted(span: Span, within: &Range<u64>) -> Range<usize> {
    let plain = span.plain();
    let start = within.start.max(plain.start) - plain.start;
    let end = within.end.min(plain.end) - plain.start;
    start as usize..end as usize
}
