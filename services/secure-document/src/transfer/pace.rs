//! Transfers that stand still are given up: whoever reads or writes a byte now and then holds neither
//! memory nor a place. What is cut off is resumed by a range or at an offset.

use super::Place;
use crate::error::Error;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use std::pin::pin;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

/// Bytes a client must send within the patience it is given: about 500 a second with the default, far
/// below what any line does that could ever finish.
const LEAST: usize = 64 * 1024;

/// Passes on what a client sends while it sends enough. Only waiting for the client counts: while it
/// waits for us its time stands still.
pub(crate) fn paced<S>(
    source: S,
    patience: Duration,
) -> impl Stream<Item = Result<Bytes, Error>> + use<S>
where
    S: Stream<Item = Result<Bytes, Error>>,
{
    let state = (Box::pin(source), patience, 0);
    stream::try_unfold(state, move |(mut source, left, mut got)| async move {
        if left.is_zero() {
            return Err(Error::Stalled);
        }
        let asked = Instant::now();
        let next = timeout(left, source.next()).await;
        let Some(bytes) = next.map_err(|_| Error::Stalled)?.transpose()? else {
            return Ok(None);
        };
        got += bytes.len();
        let left = if got >= LEAST {
            got = 0;
            patience
        } else {
            left.saturating_sub(asked.elapsed())
        };
        Ok(Some((bytes, (source, left, got))))
    })
}

/// Reads one piece ahead of a receiver, and gives it up when it takes none for as long as its place
/// allows: the place is free then, the pieces are dropped, and what is still asked for breaks off.
pub(super) fn pumped<S>(
    source: S,
    place: Place,
) -> impl Stream<Item = Result<Bytes, Error>> + Send + use<S>
where
    S: Stream<Item = Result<Bytes, Error>> + Send + 'static,
{
    let (pieces, taken) = mpsc::channel(1);
    tokio::spawn(async move {
        let (place, patience) = (&place, place.patience());
        if pump(source, &pieces, patience, move || place.keep()).await {
            let _ = timeout(patience, pieces.send(None)).await;
        }
    });
    ending(taken)
}

/// Moves pieces until the source ends; `false` where the receiver gave up or was given up.
async fn pump<S, F>(
    source: S,
    pieces: &mpsc::Sender<Option<Result<Bytes, Error>>>,
    patience: Duration,
    keep: impl Fn() -> F,
) -> bool
where
    S: Stream<Item = Result<Bytes, Error>>,
    F: Future<Output = Result<bool, Error>>,
{
    let mut source = pin!(source);
    let mut kept = Instant::now();
    while let Some(piece) = source.next().await {
        let failed = piece.is_err();
        let handed = timeout(patience, pieces.send(Some(piece))).await;
        if failed || !matches!(handed, Ok(Ok(()))) {
            return false;
        }
        if kept.elapsed() * 4 >= patience {
            if !matches!(keep().await, Ok(true)) {
                return false;
            }
            kept = Instant::now();
        }
    }
    true
}

/// The pieces up to the end; a pump that stopped without one leaves an error, so that nobody takes the
/// beginning of a file for the whole.
fn ending(
    taken: mpsc::Receiver<Option<Result<Bytes, Error>>>,
) -> impl Stream<Item = Result<Bytes, Error>> + Send {
    stream::try_unfold(taken, |mut taken| async move {
        match taken.recv().await {
            Some(Some(piece)) => Ok(Some((piece?, taken))),
            Some(None) => Ok(None),
            None => Err(Error::Stalled),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::TryStreamExt as _;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::time::interval;

    const SHORT: Duration = Duration::from_millis(40);

    fn endless(count: &Arc<AtomicUsize>) -> impl Stream<Item = Result<Bytes, Error>> + use<> {
        let count = Arc::clone(count);
        stream::repeat_with(move || {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(Bytes::from_static(&[0; 1024]))
        })
    }

    #[tokio::test]
    async fn a_reader_that_stops_is_given_up_and_read_ahead_by_two_pieces_at_most() {
        let read = Arc::new(AtomicUsize::new(0));
        let (pieces, taken) = mpsc::channel(1);
        let whole = pump(endless(&read), &pieces, SHORT, || async { Ok(true) }).await;
        assert!(!whole);
        assert_eq!(read.load(Ordering::Relaxed), 2);
        drop(pieces);
        let rest: Vec<_> = ending(taken).collect().await;
        assert_eq!(rest.len(), 2);
        assert!(matches!(rest[1], Err(Error::Stalled)), "no clean end");
    }

    #[tokio::test]
    async fn a_reader_that_goes_on_gets_everything_and_a_clean_end() {
        let source = stream::iter((0..200u8).map(|n| Ok(Bytes::from(vec![n]))));
        let (pieces, taken) = mpsc::channel(1);
        let pumping = async {
            assert!(
                pump(source, &pieces, Duration::from_mins(1), || async {
                    Ok(true)
                })
                .await
            );
            pieces.send(None).await.unwrap();
        };
        let ((), got) = tokio::join!(pumping, ending(taken).try_collect::<Vec<_>>());
        assert_eq!(got.unwrap().concat(), (0..200).collect::<Vec<u8>>());
    }

    #[tokio::test]
    async fn a_place_is_renewed_while_bytes_flow_and_ends_the_download_once_it_is_lost() {
        let kept = AtomicUsize::new(0);
        let (pieces, taken) = mpsc::channel(1);
        let pumping = async {
            let keep = || async { Ok(kept.fetch_add(1, Ordering::Relaxed) < 3) };
            let whole = pump(endless(&Arc::default()), &pieces, SHORT, keep).await;
            drop(pieces);
            whole
        };
        let reading = ending(taken).try_for_each(async |_| Ok(()));
        let (whole, ended) = tokio::join!(pumping, reading);
        assert!(!whole && matches!(ended, Err(Error::Stalled)));
        assert_eq!(kept.load(Ordering::Relaxed), 4);
    }

    /// A client that sends so many bytes every millisecond.
    fn client(size: usize) -> impl Stream<Item = Result<Bytes, Error>> {
        let ticks = interval(Duration::from_millis(1));
        stream::unfold(ticks, move |mut ticks| async move {
            ticks.tick().await;
            Some((Ok(Bytes::from(vec![0; size])), ticks))
        })
    }

    #[tokio::test]
    async fn a_client_that_drips_is_dropped_and_one_that_sends_enough_goes_on() {
        for silent in [client(1).boxed(), stream::pending().boxed()] {
            let ended = paced(silent, SHORT).try_for_each(async |_| Ok(())).await;
            assert!(matches!(ended, Err(Error::Stalled)));
        }
        let patience = Duration::from_secs(1);
        let began = Instant::now();
        let enough = client(LEAST).take_while(|_| {
            let goes_on = began.elapsed() < patience * 2;
            async move { goes_on }
        });
        let ended = paced(enough, patience).try_for_each(async |_| Ok(())).await;
        assert!(ended.is_ok() && began.elapsed() >= patience * 2);
    }
}
