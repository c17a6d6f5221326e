//! What no single file can show: documents sealed, stored in a map, harmed, and read back.

mod manifests;
mod ranges;
mod tampering;
mod vectors;

use super::layout::{HEADER, part_length, parts};
use super::*;
use crate::domain::file_name::FileName;
use crate::domain::media_type::MediaType;
use bitewing_core::{DocumentId, OrganizationId, SystemEntropy};
use bytes::{Bytes, BytesMut};
use std::collections::HashMap;
use std::ops::Range;
use uuid::Uuid;

const KEY: [u8; 32] = [7; 32];

fn place(document: u128) -> DocumentContext {
    DocumentContext {
        organization: OrganizationId::from_uuid(Uuid::from_u128(1)),
        document: DocumentId::from_uuid(Uuid::from_u128(document)),
        version: 3,
    }
}

/// Bytes whose period is prime, so that no two chunks or parts are alike.
fn plaintext(length: u64) -> Vec<u8> {
    (0..=250u8).cycle().take(length as usize).collect()
}

/// Ciphertext by address.
type Objects = HashMap<PartAddress, Vec<u8>>;

/// A document as the store holds it.
struct Stored {
    context: DocumentContext,
    length: u64,
    manifest: Bytes,
    objects: Objects,
}

impl Stored {
    /// Seals `plain`, handing it over in slices of `step` bytes.
    fn seal(context: DocumentContext, plain: &[u8], step: usize) -> Self {
        let key = DataKey::from_bytes(KEY);
        let mut objects = Objects::new();
        let mut salts = Vec::new();
        let mut slices = plain.chunks(step);
        let mut slice: &[u8] = &[];
        for number in 0..u32::try_from(parts(plain.len() as u64)).unwrap() {
            let mut writer = PartWriter::new(&key, context, number, &SystemEntropy);
            while !writer.is_full() {
                if slice.is_empty() {
                    let Some(next) = slices.next() else { break };
                    slice = next;
                }
                slice = &slice[writer.push(slice)..];
            }
            let part = writer.finish();
            assert_eq!(part.length, part_length(plain.len() as u64, number));
            salts.push(part.address.salt);
            objects.insert(part.address, part.bytes.to_vec());
        }
        let manifest = manifest(plain, salts).seal(&key, &context, &SystemEntropy);
        Self {
            context,
            length: plain.len() as u64,
            manifest,
            objects,
        }
    }

    fn open(&self) -> Result<OpenDocument, Damaged> {
        OpenDocument::open(DataKey::from_bytes(KEY), self.context, &self.manifest)
            .map(|(document, _)| document)
    }

    /// Everything that comes out before the range ends or something does not verify.
    fn read(&self, range: Range<u64>) -> (Vec<u8>, Result<(), Damaged>) {
        let mut out = Vec::new();
        let outcome = self.open().and_then(|document| {
            document.pieces(range).try_for_each(|piece| {
                out.extend_from_slice(&self.open_piece(&document, &piece)?);
                Ok(())
            })
        });
        (out, outcome)
    }

    fn open_piece(&self, document: &OpenDocument, piece: &Piece) -> Result<Bytes, Damaged> {
        let object = self.objects.get(&piece.address).ok_or(Damaged)?;
        let header = object.get(..HEADER).ok_or(Damaged)?;
        let reader = document.reader(&piece.address, header, object.len() as u64)?;
        let span = piece.span.sealed();
        let sealed = object
            .get(span.start as usize..span.end as usize)
            .ok_or(Damaged)?;
        let plain = reader.open_range(piece.span, BytesMut::from(sealed))?;
        Ok(plain.slice(piece.wanted.clone()))
    }

    fn address(&self, number: u32) -> PartAddress {
        *self
            .objects
            .keys()
            .find(|address| address.number == number)
            .unwrap()
    }

    fn object(&mut self, number: u32) -> &mut Vec<u8> {
        let address = self.address(number);
        self.objects.get_mut(&address).unwrap()
    }
}

fn manifest(plain: &[u8], salts: Vec<PartSalt>) -> Manifest {
    Manifest {
        parts: PartList::new(plain.len() as u64, salts).unwrap(),
        fingerprint: Fingerprint::of(plain),
        media_type: MediaType::parse("application/pdf").unwrap(),
        file_name: FileName::parse("Röntgen.pdf").unwrap(),
    }
}
