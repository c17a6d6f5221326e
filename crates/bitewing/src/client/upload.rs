//! The bytes of a file (tus 1.0): as many requests as it takes, each behind what arrived before.

use super::api::{Api, pause, repeated};
use super::failure::Failure;
use super::file::Sendable;
use super::output::Output;
use super::progress::Bar;
use bytes::Bytes;
use futures_util::{Stream, stream};
use reqwest::{Body, Response};
use std::io::SeekFrom;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

/// Bytes held at once.
const PIECE: usize = 256 << 10;
/// Requests without any progress until it counts as failed.
const TRIES: u32 = 6;
/// A connection that takes nothing for so long is given up.
const STALLED: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(100);

/// Sends what is missing; answers how many bytes were there before.
pub(super) async fn upload(
    api: &Api,
    file: &Sendable,
    path: &str,
    rate: Option<u64>,
    output: &Output,
) -> Result<u64, Failure> {
    let begun = arrived(api, path).await?;
    let bar = Bar::new(file.size, begun);
    let (mut offset, mut tried) = (begun, 1);
    while offset < file.size {
        let before = offset;
        match send(api, file, path, offset, rate, &bar, output).await {
            Ok(reached) if reached > offset => offset = reached,
            // It took everything there was to send, and the file is not complete.
            Ok(_) => return Err(file.changed()),
            Err(failure) => {
                let elsewhere = failure.is("OFFSET_MISMATCH");
                let wait = pause(&failure, tried).or(elsewhere.then_some(Duration::ZERO));
                let Some(wait) = wait.filter(|_| tried < TRIES) else {
                    return Err(failure);
                };
                tokio::time::sleep(wait).await;
                offset = arrived(api, path).await?;
            }
        }
        tried = if offset > before { 1 } else { tried + 1 };
    }
    Ok(begun)
}

/// How many bytes are safe.
async fn arrived(api: &Api, path: &str) -> Result<u64, Failure> {
    repeated(async || {
        let head = async |http: &reqwest::Client| {
            let request = http.head(api.at(path)).header("tus-resumable", "1.0.0");
            Ok(request.timeout(STALLED))
        };
        offset(&api.once(head).await?)
    })
    .await
}

fn offset(response: &Response) -> Result<u64, Failure> {
    let value = response.headers().get("upload-offset");
    let offset = value.and_then(|value| value.to_str().ok()?.parse().ok());
    offset.ok_or_else(|| Failure::Other("the gateway does not say what arrived".to_owned()))
}

/// One request with everything behind an offset; answers how many bytes are safe now.
async fn send(
    api: &Api,
    file: &Sendable,
    path: &str,
    from: u64,
    rate: Option<u64>,
    bar: &Bar,
    output: &Output,
) -> Result<u64, Failure> {
    let sent = Arc::new(AtomicU64::new(0));
    let patch = async |http: &reqwest::Client| {
        let body = bytes(file, from, rate, Arc::clone(&sent)).await;
        let body =
            body.map_err(|error| Failure::Usage(format!("{}: {error}", file.path.display())))?;
        Ok(http
            .patch(api.at(path))
            .header("tus-resumable", "1.0.0")
            .header("upload-offset", from)
            .header("content-type", "application/offset+octet-stream")
            .body(Body::wrap_stream(body)))
    };
    let request = api.once(patch);
    tokio::pin!(request);
    let (mut seen, mut since) = (0, Instant::now());
    loop {
        tokio::select! {
            response = &mut request => return offset(&response?),
            () = tokio::time::sleep(LOOK) => {
                let now = sent.load(Ordering::Relaxed);
                if now != seen {
                    (seen, since) = (now, Instant::now());
                } else if since.elapsed() > STALLED {
                    return Err(Failure::Unreachable("the connection stalled".to_owned()));
                }
                output.progress().draw(&file.name, bar, from + now);
            }
        }
    }
}

/// The bytes behind an offset, no more than were announced, no faster than allowed.
async fn bytes(
    file: &Sendable,
    from: u64,
    rate: Option<u64>,
    sent: Arc<AtomicU64>,
) -> std::io::Result<impl Stream<Item = std::io::Result<Bytes>> + use<>> {
    let mut open = tokio::fs::File::open(&file.path).await?;
    open.seek(SeekFrom::Start(from)).await?;
    sent.store(0, Ordering::Relaxed);
    let (reader, begun) = (open.take(file.size - from), Instant::now());
    Ok(stream::try_unfold(reader, move |mut reader| {
        let sent = Arc::clone(&sent);
        async move {
            let mut piece = Vec::with_capacity(PIECE);
            let read = (&mut reader)
                .take(PIECE as u64)
                .read_to_end(&mut piece)
                .await?;
            if read == 0 {
                return Ok(None);
            }
            let all = sent.fetch_add(read as u64, Ordering::Relaxed) + read as u64;
            if let Some(rate) = rate {
                let due = Duration::from_secs_f64(all as f64 / rate as f64);
                tokio::time::sleep(due.saturating_sub(begun.elapsed())).await;
            }
            Ok(Some((Bytes::from(piece), reader)))
        }
    }))
}
