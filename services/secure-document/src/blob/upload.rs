//! A stream of plaintext in, sealed parts out, in constant memory.

use bitewing_core::Entropy;
use bytes::{Buf as _, Bytes};
use futures_util::{Stream, StreamExt as _};
use std::fmt;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::framing::layout::PART;
use crate::domain::framing::{
    DataKey, DocumentContext, Fingerprint, FingerprintWriter, PartWriter, SealedPart,
};

/// How many parts may be in memory at once, over all uploads of the process. When none is free, an
/// upload stops reading from its client until one is: that is the back-pressure.
#[derive(Debug, Clone)]
pub struct Buffers(Arc<Semaphore>);

impl Buffers {
    /// Allows so many parts, each of about 8 MiB.
    pub fn new(parts: usize) -> Self {
        Self(Arc::new(Semaphore::new(parts)))
    }

    /// Parts that could be begun now.
    pub fn free(&self) -> usize {
        self.0.available_permits()
    }

    async fn take(&self) -> OwnedSemaphorePermit {
        let taken = Arc::clone(&self.0).acquire_owned().await;
        taken.expect("the semaphore is never closed")
    }
}

/// One document on its way in.
///
/// ```text
/// while let Some(part) = upload.next_part(&mut body).await? {
///     store.put(part.sealed()).await?;      // then commit its row
/// }
/// let finished = upload.finish()?;          // the last part, the hash
/// ```
///
/// What was pushed stays when a stream ends or breaks, so a next stream may go on where it stopped.
/// Cancelling a call loses nothing either.
pub struct Upload {
    key: DataKey,
    context: DocumentContext,
    entropy: Arc<dyn Entropy>,
    buffers: Buffers,
    declared: u64,
    received: u64,
    next_number: u32,
    filling: Option<(PartWriter, OwnedSemaphorePermit)>,
    /// What a stream yielded and no part has taken yet.
    rest: Bytes,
    /// Absent once the beginning was received by somebody else.
    fingerprint: Option<FingerprintWriter>,
}

/// Why no part came out of a stream.
#[derive(Debug, thiserror::Error)]
pub enum UploadError<E> {
    /// The stream broke.
    #[error("the upload broke off")]
    Source(#[source] E),
    /// The client sent more than it declared.
    #[error("more bytes arrived than were declared")]
    TooLong,
}

/// The stream ended before all declared bytes had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("fewer bytes arrived than were declared")]
pub struct Incomplete;

/// A part to store. It holds its buffer until dropped. Whoever asks for the next part meanwhile must
/// go on storing this one: then no two uploads can wait for each other's buffers.
pub struct PendingPart {
    sealed: SealedPart,
    _buffer: OwnedSemaphorePermit,
}

impl PendingPart {
    /// What to store.
    pub const fn sealed(&self) -> &SealedPart {
        &self.sealed
    }
}

/// The end of an upload.
#[derive(Debug)]
pub struct Finished {
    /// The last part, unless the document fills its parts exactly.
    pub last: Option<PendingPart>,
    /// The hash, unless the upload was resumed: then it has to be read back.
    pub fingerprint: Option<Fingerprint>,
}

impl Upload {
    /// Begins behind the parts that were committed, none for a new upload. `declared` bytes are to
    /// come in all.
    pub fn new(
        key: DataKey,
        context: DocumentContext,
        declared: u64,
        committed_parts: u32,
        buffers: Buffers,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self {
            key,
            context,
            entropy,
            buffers,
            declared,
            received: u64::from(committed_parts) * PART,
            next_number: committed_parts,
            filling: None,
            rest: Bytes::new(),
            fingerprint: (committed_parts == 0).then(FingerprintWriter::default),
        }
    }

    /// Plaintext bytes received, those of committed parts included.
    pub const fn received(&self) -> u64 {
        self.received
    }

    /// Reads from a stream until a part is full. None when the stream ends before that.
    pub async fn next_part<S, E>(
        &mut self,
        source: &mut S,
    ) -> Result<Option<PendingPart>, UploadError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
    {
        loop {
            if self.rest.is_empty() {
                let Some(bytes) = source.next().await else {
                    return Ok(None);
                };
                self.accept(bytes.map_err(UploadError::Source)?)?;
                continue;
            }
            let (mut writer, buffer) = match self.filling.take() {
                Some(filling) => filling,
                None => self.begin_part().await,
            };
            let taken = writer.push(&self.rest);
            self.rest.advance(taken);
            if writer.is_full() {
                return Ok(Some(PendingPart::new(writer, buffer)));
            }
            self.filling = Some((writer, buffer));
        }
    }

    /// Ends the upload once all declared bytes are in.
    pub fn finish(self) -> Result<Finished, Incomplete> {
        if self.received != self.declared || !self.rest.is_empty() {
            return Err(Incomplete);
        }
        Ok(Finished {
            last: self
                .filling
                .map(|(writer, buffer)| PendingPart::new(writer, buffer)),
            fingerprint: self.fingerprint.map(FingerprintWriter::finish),
        })
    }

    fn accept<E>(&mut self, bytes: Bytes) -> Result<(), UploadError<E>> {
        let received = self.received + bytes.len() as u64;
        if received > self.declared {
            return Err(UploadError::TooLong);
        }
        if let Some(fingerprint) = &mut self.fingerprint {
            fingerprint.update(&bytes);
        }
        self.received = received;
        self.rest = bytes;
        Ok(())
    }

    async fn begin_part(&mut self) -> (PartWriter, OwnedSemaphorePermit) {
        let buffer = self.buffers.take().await;
        let number = self.next_number;
        self.next_number += 1;
        (
            PartWriter::new(&self.key, self.context, number, &*self.entropy),
            buffer,
        )
    }
}

impl PendingPart {
    fn new(writer: PartWriter, buffer: OwnedSemaphorePermit) -> Self {
        Self {
            sealed: writer.finish(),
            _buffer: buffer,
        }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("context", &self.context)
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PendingPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingPart")
            .field("address", &self.sealed.address)
            .finish_non_exhaustive()
    }
}
