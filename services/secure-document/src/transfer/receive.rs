//! Bytes of an upload: sealed part by part as they come, each part stored and then committed.

use crate::blob::{PendingPart, Upload, UploadError};
use crate::domain::Document;
use crate::domain::framing::{Fingerprint, Manifest, OpenDocument, PartList, SealedPart, layout};
use crate::domain::media_type::MediaType;
use crate::error::Error;
use crate::jobs;
use crate::store::{Author, CommittedPart, UploadState, trail};
use crate::vault::Vault;
use bitewing_auth::Scope;
use bytes::Bytes;
use futures_util::Stream;
use serde_json::json;
use std::sync::Arc;

/// How an upload stands when the bytes of one request are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrived {
    /// The file is complete and waits for its check.
    Whole,
    /// So many bytes are safe.
    UpTo(u64),
}

/// Takes the bytes behind those committed before.
pub(crate) async fn receive<S>(
    vault: &Vault,
    scope: &Scope,
    author: &Author,
    state: UploadState,
    source: &mut S,
) -> Result<Arrived, Error>
where
    S: Stream<Item = Result<Bytes, Error>> + Unpin,
{
    let document = &state.document;
    let size = document.size as u64;
    let mut tx = vault.store.begin(scope).await?;
    let context = tx.context(document.id);
    let key = tx
        .document_key(document.id)
        .await?
        .ok_or(Error::UploadNotFound)?;
    tx.commit().await?;

    let entropy = Arc::clone(&vault.base.entropy);
    let mut upload = Upload::new(
        key,
        context,
        size,
        state.parts,
        vault.buffers.clone(),
        entropy,
    );
    let mut committed = state.parts;
    let (mut waiting, mut last) = (None, None);
    loop {
        // A part is stored while the next one comes in. What cannot be stored stops the reading; a
        // client that breaks off does not stop the storing.
        let (next, kept) = tokio::try_join!(
            async { Ok(upload.next_part(source).await) },
            keep(vault, scope, document, waiting.take())
        )?;
        match kept {
            Some(part) if is_last(&part, size) => last = Some(part),
            Some(_) => committed += 1,
            None => {}
        }
        match next {
            Ok(Some(part)) => waiting = Some(part),
            Ok(None) => break,
            Err(UploadError::Source(error)) => return Err(error),
            Err(UploadError::TooLong) => return Err(Error::SizeMismatch),
        }
    }
    let received = upload.received();
    let Ok(finished) = upload.finish() else {
        let safe = document.committed(committed);
        if committed == state.parts && received > safe {
            // A client that sends less than a part at a time would never get anywhere.
            return Err(Error::PieceTooSmall);
        }
        return Ok(Arrived::UpTo(safe));
    };
    if let Some(part) = finished.last {
        vault.blobs.put(part.sealed()).await?;
        last = Some(committed_part(part.sealed()));
    }
    let last = last.ok_or(Error::OffsetMismatch)?;
    complete(vault, scope, author, document, last, finished.fingerprint).await?;
    Ok(Arrived::Whole)
}

fn committed_part(sealed: &SealedPart) -> CommittedPart {
    CommittedPart {
        number: sealed.address.number,
        salt: sealed.address.salt,
        length: sealed.length,
    }
}

fn is_last(part: &CommittedPart, size: u64) -> bool {
    u64::from(part.number) + 1 == layout::parts(size)
}

/// Stores a part and makes it count; the last one is committed together with the end, so that no
/// upload ever has all its parts and no end.
async fn keep(
    vault: &Vault,
    scope: &Scope,
    document: &Document,
    part: Option<PendingPart>,
) -> Result<Option<CommittedPart>, Error> {
    let Some(part) = part else {
        return Ok(None);
    };
    vault.blobs.put(part.sealed()).await?;
    let part = committed_part(part.sealed());
    if !is_last(&part, document.size as u64) {
        commit_part(vault, scope, document, &part).await?;
    }
    Ok(Some(part))
}

/// Makes a stored part count. One that came second is given up at once; one whose fate is unknown is
/// left to the sweep, since deleting it could damage a part that counts.
async fn commit_part(
    vault: &Vault,
    scope: &Scope,
    document: &Document,
    part: &CommittedPart,
) -> Result<(), Error> {
    let mut tx = vault.store.begin(scope).await?;
    tx.insert_part(document.id, part).await?;
    tx.commit().await
}

/// Ends the upload: the last part, the manifest, quarantine and the check that ends it.
async fn complete(
    vault: &Vault,
    scope: &Scope,
    author: &Author,
    document: &Document,
    last: CommittedPart,
    fingerprint: Option<Fingerprint>,
) -> Result<(), Error> {
    let mut tx = vault.store.begin(scope).await?;
    let context = tx.context(document.id);
    let mut salts = tx.salts(document.id).await?;
    let key = tx
        .document_key(document.id)
        .await?
        .ok_or(Error::UploadNotFound)?;
    let again = tx
        .document_key(document.id)
        .await?
        .ok_or(Error::UploadNotFound)?;
    tx.commit().await?;
    salts.push(last.salt);
    let parts = PartList::new(document.size as u64, salts).map_err(|_| Error::OffsetMismatch)?;

    let fingerprint = if let Some(fingerprint) = fingerprint {
        fingerprint
    } else {
        // The running hash of an upload that was interrupted is lost.
        let document = Arc::new(OpenDocument::from_parts(again, context, parts.clone()));
        vault.blobs.fingerprint(document).await?
    };
    let count = last.number + 1;
    let manifest = Manifest {
        parts,
        fingerprint,
        media_type: MediaType::parse(&document.media_type).map_err(|_| Error::Damaged)?,
        file_name: document.file_name.clone().ok_or(Error::UploadNotFound)?,
    };
    let sealed = manifest.seal(&key, &context, &*vault.base.entropy);

    let mut tx = vault.store.begin(scope).await?;
    tx.insert_part(document.id, &last).await?;
    if !tx
        .complete_document(document.id, &sealed, fingerprint, count)
        .await?
    {
        return Err(Error::OffsetMismatch);
    }
    let details = json!({ "size": document.size });
    let (resource, clinic) = (document.id.to_string(), Some(document.clinic));
    trail::audit(
        &mut tx,
        author,
        "document.uploaded",
        resource,
        clinic,
        details,
    )
    .await?;
    tx.enqueue(jobs::check_document(document.id)).await?;
    tx.commit().await
}
