//! Parts by address, on a disk or in any object store.

use futures_util::{Stream, StreamExt as _, TryStreamExt as _, future};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    Error as StoreError, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutMode, PutPayload,
};
use std::sync::Arc;
use time::OffsetDateTime;

use crate::domain::framing::{DocumentContext, PartAddress, SealedPart};

/// The object store: this struct is the only one that knows there is one.
#[derive(Debug, Clone)]
pub struct BlobStore {
    pub(super) objects: Arc<dyn ObjectStore>,
}

/// Why a part could not be stored, listed or deleted.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// Something lies at the address already. Addresses are drawn at random, so the attempt is to be
    /// given up and the part sealed again.
    #[error("a part is already stored at the address")]
    Occupied,
    /// The store failed or does not answer.
    #[error("the object store failed")]
    Store(#[source] StoreError),
}

/// A part found in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPart {
    /// Its address.
    pub address: PartAddress,
    /// Its bytes of ciphertext.
    pub size: u64,
    /// When it was written, by the store's clock.
    pub stored_at: OffsetDateTime,
}

impl BlobStore {
    /// Keeps parts below a directory, which is created if need be. Every write is on the disk when it
    /// returns: a committed part must survive a power cut.
    pub fn local(root: &std::path::Path) -> Result<Self, BlobError> {
        std::fs::create_dir_all(root).map_err(|source| {
            BlobError::Store(StoreError::Generic {
                store: "local",
                source: source.into(),
            })
        })?;
        let objects = LocalFileSystem::new_with_prefix(root).map_err(BlobError::Store)?;
        Ok(Self::over(Arc::new(
            objects.with_fsync(true).with_automatic_cleanup(true),
        )))
    }

    /// Keeps parts in a given object store. It must be durable and able to create without replacing.
    pub fn over(objects: Arc<dyn ObjectStore>) -> Self {
        Self { objects }
    }

    /// Stores a part under its address, where nothing may lie yet.
    pub async fn put(&self, part: &SealedPart) -> Result<(), BlobError> {
        let path = path(&part.address);
        let payload = PutPayload::from(part.bytes.clone());
        match self
            .objects
            .put_opts(&path, payload, PutMode::Create.into())
            .await
        {
            Ok(_) => Ok(()),
            Err(StoreError::AlreadyExists { .. }) => Err(BlobError::Occupied),
            Err(error) => Err(BlobError::Store(error)),
        }
    }

    /// Deletes a part. One that is not there counts as deleted.
    pub async fn delete(&self, address: &PartAddress) -> Result<(), BlobError> {
        match self.objects.delete(&path(address)).await {
            Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(BlobError::Store(error)),
        }
    }

    /// Deletes every part of a document version, those of abandoned attempts too.
    pub async fn delete_version(&self, context: &DocumentContext) -> Result<(), BlobError> {
        let prefix = Path::from(context.to_string());
        let parts: Vec<_> = self.find(Some(&prefix)).try_collect().await?;
        for part in parts {
            self.delete(&part.address).await?;
        }
        Ok(())
    }

    /// Lists all parts, for the search for those nobody knows. What is not named like a part is left
    /// out: it is not ours.
    pub fn list(&self) -> impl Stream<Item = Result<StoredPart, BlobError>> + Send + 'static {
        self.find(None)
    }

    fn find(
        &self,
        prefix: Option<&Path>,
    ) -> impl Stream<Item = Result<StoredPart, BlobError>> + Send + use<> {
        self.objects
            .list(prefix)
            .map_err(BlobError::Store)
            .try_filter_map(|object| future::ready(Ok(stored(&object))))
            .boxed()
    }
}

pub(super) fn path(address: &PartAddress) -> Path {
    Path::from(address.to_string())
}

fn stored(object: &ObjectMeta) -> Option<StoredPart> {
    Some(StoredPart {
        address: object.location.as_ref().parse().ok()?,
        size: object.size,
        stored_at: OffsetDateTime::from_unix_timestamp(object.last_modified.timestamp()).ok()?,
    })
}
