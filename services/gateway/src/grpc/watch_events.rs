//! WatchEvents.

use super::{Api, cursor};
use crate::error::Error;
use bitewing_proto::identity as pb;
use bitewing_rpc::{Call, Violation};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

/// Events read at once.
const BATCH: i64 = 100;
/// How long a stream lasts: as long as an access token, so that who was sent away does not listen on.
const LIFE: Duration = Duration::from_mins(15);

pub(super) type Events = ReceiverStream<Result<pb::WatchEventsResponse, Status>>;

type Sender = mpsc::Sender<Result<pb::WatchEventsResponse, Status>>;

pub(super) async fn run(
    api: &Api,
    call: Call,
    request: pb::WatchEventsRequest,
) -> Result<Events, Error> {
    let mut after = cursor::read(api, &call, &request.after_cursor)
        .map_err(|error| vec![Violation::new("after_cursor", error)])?;
    if request.from_now && request.after_cursor.is_empty() {
        // Before the answer begins: what happens once the caller has its stream is in it.
        let mut tx = api.begin(&call).await?;
        after = tx.events_head().await?;
        tx.commit().await?;
    }
    let (sender, receiver) = mpsc::channel(BATCH as usize);
    let (api, stop) = (api.clone(), api.stop.clone());
    tokio::spawn(async move {
        let following = tokio::time::timeout(LIFE, follow(&api, &call, after, &sender));
        tokio::select! {
            outcome = following => {
                if let Ok(Err(error)) = outcome {
                    // A reader that went away needs no answer.
                    let _ = sender.send(Err(error.into())).await;
                }
            }
            () = stop.cancelled() => {}
            () = sender.closed() => {}
        }
    });
    Ok(ReceiverStream::new(receiver))
}

/// Sends what there is, then what comes, until the reader is gone.
async fn follow(api: &Api, call: &Call, mut after: i64, sender: &Sender) -> Result<(), Error> {
    let mut watch = api.hub.watch(call.organization());
    loop {
        watch.look();
        let mut tx = api.begin(call).await?;
        let events = tx.events(after, &call.caller.clinics, BATCH).await?;
        tx.commit().await?;
        let full = events.len() == BATCH as usize;
        for event in events {
            after = event.position;
            let event = Some(cursor::encode(api, call.organization(), event));
            if sender
                .send(Ok(pb::WatchEventsResponse { event }))
                .await
                .is_err()
            {
                return Ok(());
            }
        }
        if !full {
            watch.grown().await;
        }
    }
}
