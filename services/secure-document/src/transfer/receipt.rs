//! What a patient was sent of a document, noted while it is sent.

use super::Place;
use super::pace::pumped;
use crate::blob::ReadError;
use crate::domain::Arrow;
use crate::domain::receipt::{Happened, ReceiptKind};
use crate::error::Error;
use crate::recipient::Visitor;
use crate::store::{Author, Session, trail};
use crate::vault::Vault;
use bitewing_auth::Scope;
use bitewing_core::DocumentId;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use serde_json::json;
use std::ops::Range;

/// Bytes between two notes: how much is sent twice at most after a crash, and how much a revoked link
/// still sends.
const NOTE_EVERY: u64 = 16 * 1024 * 1024;

/// One download by a patient.
pub(crate) struct Receipt {
    pub(crate) vault: Vault,
    pub(crate) scope: Scope,
    pub(crate) session: Session,
    /// What the holder of the session shows.
    pub(crate) token_hash: [u8; 32],
    pub(crate) document: DocumentId,
    pub(crate) visitor: Visitor,
}

/// What was handed over of one download, and how much of that is noted.
struct Progress {
    receipt: Option<Receipt>,
    noted: u64,
    sent: u64,
}

/// Passes bytes on and notes them, keeping the place of the download until it ends or stands still. What
/// is not noted when the receiver goes away is noted then.
pub(crate) fn tracked<S>(
    bytes: S,
    range: &Range<u64>,
    receipt: Receipt,
    place: Place,
) -> impl Stream<Item = Result<Bytes, Error>> + Send + use<S>
where
    S: Stream<Item = Result<Bytes, ReadError>> + Send + 'static,
{
    let progress = Progress {
        receipt: Some(receipt),
        noted: range.start,
        sent: range.start,
    };
    let bytes = pumped(bytes.map(|piece| piece.map_err(Error::from)), place);
    stream::try_unfold(
        (Box::pin(bytes), progress),
        async |(mut bytes, mut progress)| {
            if progress.sent - progress.noted >= NOTE_EVERY {
                progress.note().await?;
            }
            let Some(piece) = bytes.next().await else {
                progress.note().await?;
                return Ok(None);
            };
            let piece = piece?;
            progress.sent += piece.len() as u64;
            Ok(Some((piece, (bytes, progress))))
        },
    )
}

impl Progress {
    async fn note(&mut self) -> Result<(), Error> {
        let fresh = self.noted..self.sent;
        let Some(receipt) = self.receipt.as_ref().filter(|_| !fresh.is_empty()) else {
            return Ok(());
        };
        let live = receipt.note(fresh).await?;
        self.noted = self.sent;
        // A session that ended meanwhile ends the download.
        if live {
            Ok(())
        } else {
            Err(Error::SessionEnded)
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let fresh = self.noted..self.sent;
        if let Some(receipt) = self.receipt.take().filter(|_| !fresh.is_empty()) {
            tokio::spawn(async move {
                if let Err(error) = receipt.note(fresh).await {
                    tracing::warn!(%error, "the end of a download was not noted");
                }
            });
        }
    }
}

impl Receipt {
    /// Notes bytes that were handed over; answers whether the session still lives.
    async fn note(&self, bytes: Range<u64>) -> Result<bool, Error> {
        let link = self.session.link;
        let author = Author::recipient(link.id, &self.visitor.request_id);
        let mut tx = self.vault.store.begin(&self.scope).await?;
        // The codes' row is locked before the link's and the session's, here as everywhere: whoever
        // revokes the link meanwhile must not be the one who gives way.
        tx.lock_sends(link.id).await?;
        let live = tx.session(&self.token_hash).await?.is_some();
        let whole = tx.note_sent(link.id, self.document, &bytes).await?;
        let details = json!({
            "link_id": link.id.to_string(), "from": bytes.start, "to": bytes.end,
        });
        let (resource, clinic) = (self.document.to_string(), Some(link.clinic));
        trail::audit(&mut tx, &author, "document.sent", resource, clinic, details).await?;
        let network = self.visitor.address.network();
        if whole.document {
            let happened = Happened::new(ReceiptKind::Downloaded)
                .of(self.document)
                .from(network.clone());
            let details = json!({ "document_id": self.document.to_string(), "network": network });
            trail::link(&mut tx, &author, link, &happened, details).await?;
        }
        if whole.link && tx.move_link(link.id, Arrow::Complete, "").await?.is_some() {
            let happened = Happened::new(ReceiptKind::Completed).from(network);
            trail::link(&mut tx, &author, link, &happened, json!({})).await?;
        }
        tx.commit().await?;
        Ok(live)
    }
}
