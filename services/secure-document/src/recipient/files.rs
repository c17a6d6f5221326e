//! What a session opens, and its end.

use super::Visitor;
use crate::domain::DocumentState;
use crate::error::Error;
use crate::store::{Author, RecipientFile, Session, trail};
use crate::vault::{Readable, Vault};
use bitewing_auth::Scope;
use bitewing_core::{CapabilityToken, DocumentId};
use serde_json::json;

/// The files of all live sessions among these; none live is an ended session.
pub(crate) async fn list(
    vault: &Vault,
    tokens: &[CapabilityToken],
) -> Result<Vec<RecipientFile>, Error> {
    let mut files: Vec<RecipientFile> = Vec::new();
    let mut live = false;
    for token in tokens {
        let mut tx = vault.store.begin(&Scope::of_capability(token)).await?;
        if let Some(session) = tx.session(&token.hash()).await? {
            live = true;
            for file in tx.files(session.link.id).await? {
                if files.iter().all(|known| known.document != file.document) {
                    files.push(file);
                }
            }
        }
        tx.commit().await?;
    }
    if live {
        Ok(files)
    } else {
        Err(Error::SessionEnded)
    }
}

/// A file, and the session that opens it.
pub(crate) struct Opened {
    pub(crate) readable: Readable,
    pub(crate) session: Session,
    pub(crate) scope: Scope,
    pub(crate) token_hash: [u8; 32],
}

/// Opens a document with the first of these sessions that may.
pub(crate) async fn open(
    vault: &Vault,
    tokens: &[CapabilityToken],
    document: DocumentId,
) -> Result<Opened, Error> {
    let mut live = false;
    for token in tokens {
        let (scope, token_hash) = (Scope::of_capability(token), token.hash());
        let mut tx = vault.store.begin(&scope).await?;
        let Some(session) = tx.session(&token_hash).await? else {
            continue;
        };
        live = true;
        let stored = if tx.opens(session.link.id, document).await? {
            tx.stored(document, None).await?
        } else {
            None
        };
        tx.commit().await?;
        let ready = stored.filter(|stored| stored.document.state == DocumentState::Ready);
        if let Some(stored) = ready {
            return Ok(Opened {
                readable: Readable::open(stored)?,
                session,
                scope,
                token_hash,
            });
        }
    }
    Err(if live {
        Error::DocumentNotFound
    } else {
        Error::SessionEnded
    })
}

/// Ends sessions; those that had ended before stay so.
pub(crate) async fn end(
    vault: &Vault,
    visitor: &Visitor,
    tokens: &[CapabilityToken],
) -> Result<(), Error> {
    for token in tokens {
        let mut tx = vault.store.begin(&Scope::of_capability(token)).await?;
        if let Some(link) = tx.end_session(&token.hash()).await? {
            let author = Author::recipient(link.id, &visitor.request_id);
            let (resource, clinic) = (link.id.to_string(), Some(link.clinic));
            trail::audit(
                &mut tx,
                &author,
                "link.session_ended",
                resource,
                clinic,
                json!({}),
            )
            .await?;
        }
        tx.commit().await?;
    }
    Ok(())
}
