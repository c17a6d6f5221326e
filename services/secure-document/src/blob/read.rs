//! Verified plaintext of a range, piece by piece.

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, TryStreamExt as _, stream};
use object_store::{Error as StoreError, GetOptions, GetRange, ObjectStoreExt as _};
use std::ops::Range;
use std::sync::Arc;

use super::store::{BlobStore, path};
use crate::domain::framing::layout::HEADER;
use crate::domain::framing::{
    Damaged, Fingerprint, FingerprintWriter, OpenDocument, PartAddress, PartReader, Piece,
};

/// Why a stream of plaintext ended early. Whoever relays it must break the connection off rather than
/// end the answer cleanly.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// What is stored is not what was written, or is gone.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// The store failed or does not answer.
    #[error("the object store failed")]
    Store(#[source] StoreError),
}

impl BlobStore {
    /// Streams the plaintext of a range, about 1 MiB at a time, each verified before it is passed on.
    /// The first error is the last item.
    pub fn read(
        &self,
        document: Arc<OpenDocument>,
        range: Range<u64>,
    ) -> impl Stream<Item = Result<Bytes, ReadError>> + Send + use<> {
        let pieces = document.pieces(range);
        let reading = Reading {
            store: self.clone(),
            document,
            part: None,
        };
        stream::try_unfold((pieces, reading), |(mut pieces, mut reading)| async move {
            let Some(piece) = pieces.next() else {
                return Ok(None);
            };
            let plain = reading.open(&piece).await?;
            Ok(Some((plain, (pieces, reading))))
        })
    }

    /// Reads a whole document back to hash it: for an upload that was interrupted, whose running hash
    /// is lost.
    pub async fn fingerprint(&self, document: Arc<OpenDocument>) -> Result<Fingerprint, ReadError> {
        let length = document.length();
        let hash = |mut hash: FingerprintWriter, plain: Bytes| async move {
            hash.update(&plain);
            Ok(hash)
        };
        let hash = self
            .read(document, 0..length)
            .try_fold(FingerprintWriter::default(), hash);
        Ok(hash.await?.finish())
    }

    /// A part's first bytes and its size.
    async fn header(&self, address: &PartAddress) -> Result<(Bytes, u64), ReadError> {
        let range = Some(GetRange::Bounded(0..HEADER as u64));
        let options = GetOptions {
            range,
            ..GetOptions::default()
        };
        let found = self
            .objects
            .get_opts(&path(address), options)
            .await
            .map_err(lost)?;
        let size = found.meta.size;
        Ok((found.bytes().await.map_err(lost)?, size))
    }
}

/// One stream: the part it is in has been checked once.
struct Reading {
    store: BlobStore,
    document: Arc<OpenDocument>,
    part: Option<(PartAddress, PartReader)>,
}

impl Reading {
    async fn open(&mut self, piece: &Piece) -> Result<Bytes, ReadError> {
        if self
            .part
            .as_ref()
            .is_none_or(|(address, _)| *address != piece.address)
        {
            let (header, size) = self.store.header(&piece.address).await?;
            let reader = self.document.reader(&piece.address, &header, size)?;
            self.part = Some((piece.address, reader));
        }
        let (address, reader) = self.part.as_ref().expect("the part was just entered");
        let (path, range) = (path(address), piece.span.sealed());
        let sealed = self
            .store
            .objects
            .get_range(&path, range)
            .await
            .map_err(lost)?;
        // Bytes fresh from a disk or a connection are ours alone and are opened where they lie.
        let sealed = sealed
            .try_into_mut()
            .unwrap_or_else(|shared| BytesMut::from(&shared[..]));
        Ok(reader
            .open_range(piece.span, sealed)?
            .slice(piece.wanted.clone()))
    }
}

/// A part the manifest names must be there: without it the document is damaged.
fn lost(error: StoreError) -> ReadError {
    match error {
        StoreError::NotFound { .. } => ReadError::Damaged(Damaged),
        error => ReadError::Store(error),
    }
}
