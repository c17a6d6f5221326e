//! Reads every byte of a complete document back through the decryptor, and looks at what it is.

use super::order::AboutDocument;
use super::told;
use crate::blob::ReadError;
use crate::domain::DocumentState;
use crate::domain::file_type::{FileType, HEAD};
use crate::domain::framing::FingerprintWriter;
use crate::domain::media_type::MediaType;
use crate::error::Error;
use crate::store::{Author, Stored, trail};
use crate::vault::{Readable, Vault};
use async_trait::async_trait;
use bitewing_store::jobs::{Job, JobError, JobHandler, JobLease, Outcome};
use futures_util::{StreamExt as _, pin_mut};
use serde_json::json;
use std::sync::Arc;

pub(super) struct CheckDocument(pub(super) Vault);

/// What a check found.
enum Verdict {
    Ready,
    Rejected(&'static str),
}

#[async_trait]
impl JobHandler for CheckDocument {
    async fn run(&self, job: &Job, lease: JobLease) -> Result<Outcome, JobError> {
        let id = told::<AboutDocument>(job)?.id();
        let mut tx = self.0.store.begin(&job.scope()).await?;
        let stored = tx.stored(id, None).await?;
        tx.commit().await?;
        let Some(stored) = stored else {
            // Shredded meanwhile.
            let tx = lease.begin().await?;
            return Ok(lease.finish(tx).await?);
        };
        let clinic = stored.document.clinic;
        let verdict = judge(&self.0, stored).await?;

        let mut tx = self.0.store.adopt(lease.begin().await?);
        let (state, reason, happened) = match verdict {
            Verdict::Ready => (DocumentState::Ready, "", "document.ready"),
            Verdict::Rejected(reason) => (DocumentState::Rejected, reason, "document.rejected"),
        };
        if tx.judge_document(id, state, reason).await? {
            let author = Author::service(job.kind);
            let details = json!({ "reason": reason });
            trail::document(&mut tx, &author, happened, id, clinic, details).await?;
        }
        Ok(lease.finish(tx.release()).await?)
    }
}

async fn judge(vault: &Vault, stored: Stored) -> Result<Verdict, JobError> {
    const DAMAGED: Verdict = Verdict::Rejected("DAMAGED");
    let declared = MediaType::parse(&stored.document.media_type);
    let Ok(readable) = Readable::open(stored) else {
        return Ok(DAMAGED);
    };
    let mut head = Vec::with_capacity(HEAD);
    let mut hash = FingerprintWriter::default();
    let length = readable.document.length();
    let bytes = vault.blobs.read(Arc::clone(&readable.document), 0..length);
    pin_mut!(bytes);
    while let Some(piece) = bytes.next().await {
        let piece = match piece {
            Ok(piece) => piece,
            Err(ReadError::Damaged(_)) => return Ok(DAMAGED),
            Err(error @ ReadError::Store(_)) => return Err(Error::from(error).into()),
        };
        let wanted = HEAD.saturating_sub(head.len()).min(piece.len());
        head.extend_from_slice(&piece[..wanted]);
        hash.update(&piece);
    }
    if hash.finish() != readable.manifest.fingerprint {
        return Ok(DAMAGED);
    }
    let kind = declared
        .ok()
        .and_then(|declared| FileType::declared(&declared).ok());
    Ok(if kind.is_some_and(|kind| kind.matches(&head)) {
        Verdict::Ready
    } else {
        Verdict::Rejected("TYPE_MISMATCH")
    })
}
