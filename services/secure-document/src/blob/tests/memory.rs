use super::*;
use crate::domain::framing::layout::PART;
use futures_util::FutureExt as _;
use std::io;

#[tokio::test]
async fn more_bytes_than_declared_are_refused() {
    let mut upload = upload(10, 0, &Buffers::new(1));
    let refused = upload.next_part(&mut body(&plaintext(11))).await;
    assert!(matches!(refused, Err(UploadError::TooLong)));
}

#[tokio::test]
async fn fewer_bytes_than_declared_do_not_finish() {
    let mut upload = upload(10, 0, &Buffers::new(1));
    assert!(
        upload
            .next_part(&mut body(&plaintext(9)))
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(upload.finish().unwrap_err(), Incomplete);
}

#[tokio::test]
async fn a_broken_stream_is_told_and_what_came_before_it_stays() {
    let mut upload = upload(10, 0, &Buffers::new(1));
    let broken = || Err(io::Error::from(io::ErrorKind::ConnectionReset));
    let mut stream = stream::iter([Ok(plaintext(4)), broken()]);
    assert!(matches!(
        upload.next_part(&mut stream).await,
        Err(UploadError::Source(_))
    ));
    assert_eq!(upload.received(), 4);
}

#[tokio::test]
async fn an_upload_without_a_buffer_stops_reading_its_client() {
    let buffers = Buffers::new(1);
    let plain = plaintext(PART + 10);
    let (mut first, mut second) = (
        upload(plain.len() as u64, 0, &buffers),
        upload(plain.len() as u64, 0, &buffers),
    );
    let (mut one, mut two) = (body(&plain), body(&plain));

    let part = first.next_part(&mut one).await.unwrap().unwrap();
    assert_eq!(buffers.free(), 0);
    assert!(second.next_part(&mut two).now_or_never().is_none());
    assert_eq!(
        second.received(),
        65_536,
        "one frame waits, no more is read"
    );

    drop(part);
    let part = second.next_part(&mut two).await.unwrap().unwrap();
    assert_eq!(part.sealed().length, PART);
    drop(part);
    drop((first, second));
    assert_eq!(buffers.free(), 1);
}
