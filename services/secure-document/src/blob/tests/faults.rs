use super::faulty::{Fault, Faulty};
use super::*;
use crate::domain::framing::Damaged;
use crate::domain::framing::layout::{CHUNK, CHUNKS_PER_PIECE, HEADER, PART, SEALED_CHUNK};

const PIECE: u64 = CHUNKS_PER_PIECE * CHUNK;

async fn broken(
    length: u64,
    fault: Fault,
) -> (BlobStore, Bytes, Arc<OpenDocument>, Vec<PartAddress>) {
    let objects = Arc::new(Faulty::default());
    let store = BlobStore::over(Arc::clone(&objects) as _);
    let plain = plaintext(length);
    let (document, addresses) = send(&store, &plain).await;
    objects.break_with(fault);
    (store, plain, document, addresses)
}

#[tokio::test]
async fn a_damaged_chunk_is_never_emitted_and_ends_the_stream() {
    let chunk = HEADER as u64 + (CHUNKS_PER_PIECE + 3) * SEALED_CHUNK;
    let (store, plain, document, _) = broken(3 * PIECE, Fault::Flip(chunk + 9)).await;

    let (read, error) = receive(&store, &document, 0..3 * PIECE).await;
    assert!(matches!(error, Some(ReadError::Damaged(Damaged))));
    assert!(read == plain[..PIECE as usize]);

    let damaged = (CHUNKS_PER_PIECE + 3) * CHUNK;
    let (read, error) = receive(&store, &document, damaged + 5..damaged + 6).await;
    assert!(read.is_empty());
    assert!(matches!(error, Some(ReadError::Damaged(Damaged))));

    let (read, error) = receive(&store, &document, 2 * PIECE..3 * PIECE).await;
    assert!(error.is_none() && read == plain[2 * PIECE as usize..]);
}

#[tokio::test]
async fn a_damaged_header_yields_nothing_even_from_the_middle() {
    for at in [0, HEADER as u64 - 1] {
        let (store, _, document, _) = broken(2 * PIECE, Fault::Flip(at)).await;
        let (read, error) = receive(&store, &document, PIECE..PIECE + 10).await;
        assert!(read.is_empty());
        assert!(matches!(error, Some(ReadError::Damaged(Damaged))));
    }
}

#[tokio::test]
async fn a_store_that_fails_half_way_is_told_apart_from_damage() {
    let (store, plain, document, _) = broken(PART, Fault::ReadsBeyond(3 * PIECE)).await;
    let (read, error) = receive(&store, &document, 0..PART).await;
    assert!(matches!(error, Some(ReadError::Store(_))));
    assert!(read == plain[..2 * PIECE as usize]);
    assert!(store.fingerprint(document).await.is_err());
}

#[tokio::test]
async fn short_answers_are_damage() {
    let (store, _, document, _) = broken(CHUNK, Fault::Short).await;
    let (read, error) = receive(&store, &document, 0..CHUNK).await;
    assert!(read.is_empty());
    assert!(matches!(error, Some(ReadError::Damaged(Damaged))));
}

#[tokio::test]
async fn a_missing_part_is_damage_and_the_parts_before_it_are_served() {
    let store = BlobStore::over(Arc::new(Faulty::default()));
    let plain = plaintext(PART + 100);
    let (document, addresses) = send(&store, &plain).await;
    store.delete(&addresses[1]).await.unwrap();
    let (read, error) = receive(&store, &document, 0..PART + 100).await;
    assert!(matches!(error, Some(ReadError::Damaged(Damaged))));
    assert!(read == plain[..PART as usize]);
}

#[tokio::test]
async fn a_failed_write_is_told_and_leaves_nothing() {
    let objects = Arc::new(Faulty::default());
    objects.break_with(Fault::Writes);
    let store = BlobStore::over(objects);
    let mut upload = upload(5, 0, &Buffers::new(1));
    assert!(
        upload
            .next_part(&mut body(&plaintext(5)))
            .await
            .unwrap()
            .is_none()
    );
    let last = upload.finish().unwrap().last.unwrap();
    assert!(matches!(
        store.put(last.sealed()).await,
        Err(BlobError::Store(_))
    ));
    assert_eq!(store.list().count().await, 0);
}
