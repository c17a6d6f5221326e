//! An object store that fails on purpose.

use async_trait::async_trait;
use bytes::BytesMut;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload,
    ObjectMeta, ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use std::fmt;
use std::sync::Mutex;

/// What goes wrong.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    /// The byte at this position of every object arrives changed.
    Flip(u64),
    /// Reads that reach beyond this position fail.
    ReadsBeyond(u64),
    /// Answers hold one byte less than asked for.
    Short,
    /// Writes fail.
    Writes,
}

#[derive(Debug, Default)]
pub(super) struct Faulty {
    inner: InMemory,
    fault: Mutex<Option<Fault>>,
}

impl Faulty {
    pub(super) fn break_with(&self, fault: Fault) {
        *self.fault.lock().unwrap() = Some(fault);
    }

    fn fault(&self) -> Option<Fault> {
        *self.fault.lock().unwrap()
    }
}

fn failure() -> Error {
    Error::Generic {
        store: "faulty",
        source: "on purpose".into(),
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        if matches!(self.fault(), Some(Fault::Writes)) {
            return Err(failure());
        }
        self.inner.put_opts(location, payload, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let GetResult {
            payload: _,
            meta,
            range,
            attributes,
            extensions,
        } = self.inner.get_opts(location, options.clone()).await?;
        let found = self
            .inner
            .get_opts(location, options)
            .await?
            .bytes()
            .await?;
        let mut bytes = BytesMut::from(&found[..]);
        match self.fault() {
            Some(Fault::Flip(at)) if range.contains(&at) => {
                bytes[(at - range.start) as usize] ^= 4;
            }
            Some(Fault::ReadsBeyond(at)) if range.end > at => return Err(failure()),
            Some(Fault::Short) => bytes.truncate(bytes.len() - 1),
            _ => {}
        }
        let payload =
            GetResultPayload::Stream(stream::once(async { Ok(bytes.freeze()) }.boxed()).boxed());
        Ok(GetResult {
            payload,
            meta,
            range,
            attributes,
            extensions,
        })
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Faulty")
    }
}
