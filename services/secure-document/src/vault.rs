//! What every edge of the service works with.

use crate::blob::{BlobStore, Buffers};
use crate::domain::DocumentState;
use crate::domain::code_policy::CodeStops;
use crate::domain::framing::{Manifest, OpenDocument};
use crate::domain::range::ETag;
use crate::error::Error;
use crate::peers::{Conversation, PatientProfile};
use crate::store::{Author, Store, Stored, Tx, trail};
use crate::{Deps, feeds};
use bitewing_core::DocumentId;
use bitewing_rpc::Call;
use bitewing_runtime::Base;
use bitewing_runtime::page::PublicUrl;
use bitewing_store::feed::Consumer;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// The database, the bytes, and the rules about both: what gRPC, HTTP, pages and jobs share.
#[derive(Clone)]
pub(crate) struct Vault {
    pub(crate) base: Base,
    pub(crate) store: Store,
    pub(crate) blobs: BlobStore,
    pub(crate) buffers: Buffers,
    pub(crate) public_url: PublicUrl,
    /// Where the operator sends no codes.
    pub(crate) operator_stops: CodeStops,
    /// How long a transfer may stand still.
    pub(crate) patience: Duration,
    /// What conversation tells.
    pub(crate) news: Arc<Consumer>,
    pub(crate) conversation: Conversation,
    pub(crate) patients: PatientProfile,
}

/// A document that can be read.
pub(crate) struct Readable {
    pub(crate) document: Arc<OpenDocument>,
    pub(crate) manifest: Manifest,
    pub(crate) etag: ETag,
}

impl Vault {
    pub(crate) fn new(deps: &Deps) -> Self {
        Self {
            base: deps.base.clone(),
            store: Store::new(&deps.base),
            blobs: deps.blobs.clone(),
            buffers: deps.buffers.clone(),
            public_url: deps.public_url.clone(),
            operator_stops: deps.stopped_codes.clone(),
            patience: deps.patience,
            news: Arc::new(feeds::conversation_consumer(&deps.base)),
            conversation: Conversation::new(&deps.base),
            patients: PatientProfile::new(&deps.base),
        }
    }

    /// Opens a transaction on the rows of a caller's organization.
    pub(crate) async fn begin(&self, call: &Call) -> Result<Tx, Error> {
        self.store.begin(&call.scope()).await
    }

    /// Opens a document for staff, who may see one before it is linked: after its check.
    pub(crate) async fn read_as_staff(
        &self,
        call: &Call,
        id: DocumentId,
    ) -> Result<Readable, Error> {
        let visible = call.caller.clinics.filter();
        let mut tx = self.begin(call).await?;
        let document = tx
            .document(id, visible.clone())
            .await?
            .ok_or(Error::DocumentNotFound)?;
        if document.state != DocumentState::Ready {
            return Err(Error::DocumentNotReady);
        }
        let stored = tx
            .stored(id, visible)
            .await?
            .ok_or(Error::DocumentNotReady)?;
        let (author, clinic) = (Author::caller(call), Some(document.clinic));
        trail::audit(
            &mut tx,
            &author,
            "document.downloaded",
            id.to_string(),
            clinic,
            json!({}),
        )
        .await?;
        tx.commit().await?;
        Readable::open(stored)
    }
}

impl Readable {
    /// Opens a stored document by its manifest.
    pub(crate) fn open(stored: Stored) -> Result<Self, Error> {
        let etag = ETag::of(&stored.context);
        let (document, manifest) =
            OpenDocument::open(stored.key, stored.context, &stored.manifest)?;
        Ok(Self {
            document: Arc::new(document),
            manifest,
            etag,
        })
    }
}
