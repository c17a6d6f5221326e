//! Documents through a store that works, and through one that does not.

mod faults;
mod faulty;
mod memory;
mod stored;

use super::*;
use crate::domain::framing::{
    DataKey, DocumentContext, Fingerprint, OpenDocument, PartAddress, PartList, PartSalt,
};
use bitewing_core::{DocumentId, OrganizationId, SystemEntropy};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use std::convert::Infallible;
use std::ops::Range;
use std::sync::Arc;
use uuid::Uuid;

const KEY: [u8; 32] = [3; 32];

fn place(document: u128) -> DocumentContext {
    DocumentContext {
        organization: OrganizationId::from_uuid(Uuid::from_u128(1)),
        document: DocumentId::from_uuid(Uuid::from_u128(document)),
        version: 1,
    }
}

fn upload(declared: u64, committed: u32, buffers: &Buffers) -> Upload {
    let key = DataKey::from_bytes(KEY);
    Upload::new(
        key,
        place(2),
        declared,
        committed,
        buffers.clone(),
        Arc::new(SystemEntropy),
    )
}

/// Bytes whose period is prime, so that no two chunks or parts are alike.
fn plaintext(length: u64) -> Bytes {
    (0..=250u8).cycle().take(length as usize).collect()
}

/// A client's body in frames of 64 KiB.
fn body(plain: &Bytes) -> impl Stream<Item = Result<Bytes, Infallible>> + Unpin + use<> {
    let plain = plain.clone();
    let starts = (0..plain.len()).step_by(65_536);
    let frames = starts.map(move |at| plain.slice(at..plain.len().min(at + 65_536)));
    stream::iter(frames.map(Ok))
}

/// Sends a document in and gives it opened, with its parts and its hash.
async fn send(store: &BlobStore, plain: &Bytes) -> (Arc<OpenDocument>, Vec<PartAddress>) {
    let mut upload = upload(plain.len() as u64, 0, &Buffers::new(1));
    let mut body = body(plain);
    let mut addresses = Vec::new();
    while let Some(part) = upload.next_part(&mut body).await.unwrap() {
        store.put(part.sealed()).await.unwrap();
        addresses.push(part.sealed().address);
    }
    let finished = upload.finish().unwrap();
    if let Some(part) = finished.last {
        store.put(part.sealed()).await.unwrap();
        addresses.push(part.sealed().address);
    }
    assert_eq!(finished.fingerprint, Some(Fingerprint::of(plain)));
    let salts = addresses.iter().map(|address| address.salt).collect();
    (document(plain, salts), addresses)
}

fn document(plain: &Bytes, salts: Vec<PartSalt>) -> Arc<OpenDocument> {
    let parts = PartList::new(plain.len() as u64, salts).unwrap();
    Arc::new(OpenDocument::from_parts(
        DataKey::from_bytes(KEY),
        place(2),
        parts,
    ))
}

/// What comes out of a range before it ends or fails, and how it failed.
async fn receive(
    store: &BlobStore,
    document: &Arc<OpenDocument>,
    range: Range<u64>,
) -> (Vec<u8>, Option<ReadError>) {
    let mut stream = Box::pin(store.read(Arc::clone(document), range));
    let mut out = Vec::new();
    while let Some(item) = stream.next().await {
        match item {
            Ok(bytes) => out.extend_from_slice(&bytes),
            Err(error) => {
                assert!(stream.next().await.is_none(), "an error is the last item");
                return (out, Some(error));
            }
        }
    }
    (out, None)
}
