use super::*;
use crate::domain::framing::layout::{CHUNK, PART};
use object_store::ObjectStoreExt as _;
use object_store::memory::InMemory;
use std::path::PathBuf;

/// A directory of its own, gone at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let name = format!("bitewing-blob-{name}-{}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _gone_or_never_made = std::fs::remove_dir_all(&self.0);
    }
}

fn in_memory() -> BlobStore {
    BlobStore::over(Arc::new(InMemory::new()))
}

#[tokio::test]
async fn documents_come_back_from_a_directory() {
    let scratch = Scratch::new("documents");
    let store = BlobStore::local(&scratch.0).unwrap();
    for length in [0, 1, CHUNK, PART, 2 * PART + 5] {
        let plain = plaintext(length);
        let (document, addresses) = send(&store, &plain).await;
        assert_eq!(addresses.len() as u64, length.div_ceil(PART));
        let (read, error) = receive(&store, &document, 0..length).await;
        assert!(error.is_none() && read == plain, "{length} bytes");
        assert_eq!(
            store.fingerprint(document).await.unwrap(),
            Fingerprint::of(&plain)
        );
    }
}

#[tokio::test]
async fn ranges_are_trimmed_to_what_was_asked() {
    let store = in_memory();
    let plain = plaintext(2 * PART + 100);
    let (document, _) = send(&store, &plain).await;
    let length = plain.len() as u64;
    for range in [
        0..1,
        PART - 1..PART + 1,
        5..5,
        CHUNK..3 * CHUNK,
        100..PART + 100,
        length - 1..length,
    ] {
        let (read, error) = receive(&store, &document, range.clone()).await;
        assert!(error.is_none(), "{range:?}");
        assert!(
            read == plain[range.start as usize..range.end as usize],
            "{range:?}"
        );
    }
}

#[tokio::test]
async fn nothing_is_ever_overwritten() {
    let scratch = Scratch::new("overwrite");
    for store in [in_memory(), BlobStore::local(&scratch.0).unwrap()] {
        let (_, addresses) = send(&store, &plaintext(100)).await;
        let other = crate::domain::framing::SealedPart {
            address: addresses[0],
            length: 3,
            bytes: Bytes::from_static(b"new"),
        };
        assert!(matches!(store.put(&other).await, Err(BlobError::Occupied)));
        let sizes: Vec<_> = store
            .list()
            .map_ok(|part| part.size)
            .try_collect()
            .await
            .unwrap();
        assert_eq!(sizes, [100 + 56 + 16]);
    }
}

#[tokio::test]
async fn parts_are_listed_by_address_and_strangers_left_out() {
    let objects = Arc::new(InMemory::new());
    objects
        .put(&"o/notes.txt".into(), "hello".into())
        .await
        .unwrap();
    let store = BlobStore::over(objects);
    let (_, mut addresses) = send(&store, &plaintext(PART + 1)).await;
    let listed: Vec<_> = store.list().try_collect().await.unwrap();
    let mut found: Vec<_> = listed.iter().map(|part| part.address).collect();
    found.sort_by_key(|address| address.number);
    addresses.sort_by_key(|address| address.number);
    assert_eq!(found, addresses);
}

#[tokio::test]
async fn deleting_a_version_takes_all_its_parts_and_no_others() {
    let scratch = Scratch::new("delete");
    let store = BlobStore::local(&scratch.0).unwrap();
    send(&store, &plaintext(PART + 1)).await;
    send(&store, &plaintext(10)).await;
    let neighbour = DocumentContext {
        version: 11,
        ..place(2)
    };
    let mut writer = crate::domain::framing::PartWriter::new(
        &DataKey::from_bytes(KEY),
        neighbour,
        0,
        &SystemEntropy,
    );
    writer.push(b"stays");
    store.put(&writer.finish()).await.unwrap();

    store.delete_version(&place(2)).await.unwrap();
    let left: Vec<_> = store
        .list()
        .map_ok(|part| part.address)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].context, neighbour);
    store.delete(&left[0]).await.unwrap();
    store.delete(&left[0]).await.unwrap();
    assert_eq!(store.list().count().await, 0);
}

#[tokio::test]
async fn a_resumed_upload_joins_the_committed_parts() {
    let store = in_memory();
    let plain = plaintext(2 * PART + 70_000);
    let mut salts = Vec::new();

    let mut first = upload(plain.len() as u64, 0, &Buffers::new(1));
    let mut broken = body(&plain.slice(..PART as usize + 1_000_000));
    let part = first.next_part(&mut broken).await.unwrap().unwrap();
    store.put(part.sealed()).await.unwrap();
    salts.push(part.sealed().address.salt);
    drop(part);
    assert!(first.next_part(&mut broken).await.unwrap().is_none());
    drop(first);

    let mut second = upload(plain.len() as u64, 1, &Buffers::new(1));
    let mut rest = body(&plain.slice(PART as usize..));
    while let Some(part) = second.next_part(&mut rest).await.unwrap() {
        store.put(part.sealed()).await.unwrap();
        salts.push(part.sealed().address.salt);
    }
    let finished = second.finish().unwrap();
    assert_eq!(finished.fingerprint, None);
    let last = finished.last.unwrap();
    store.put(last.sealed()).await.unwrap();
    salts.push(last.sealed().address.salt);

    let document = document(&plain, salts);
    assert_eq!(
        store.fingerprint(document).await.unwrap(),
        Fingerprint::of(&plain)
    );
}

#[tokio::test]
async fn an_upload_goes_on_with_another_stream_where_one_ended() {
    let plain = plaintext(300_000);
    let mut upload = upload(plain.len() as u64, 0, &Buffers::new(1));
    for piece in [
        plain.slice(..1),
        plain.slice(1..200_000),
        plain.slice(200_000..),
    ] {
        assert!(upload.next_part(&mut body(&piece)).await.unwrap().is_none());
    }
    let finished = upload.finish().unwrap();
    assert_eq!(finished.fingerprint, Some(Fingerprint::of(&plain)));
    assert_eq!(finished.last.unwrap().sealed().length, 300_000);
}
