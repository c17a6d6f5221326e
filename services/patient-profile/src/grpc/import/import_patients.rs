//! ImportPatients: a batch is answered before the next one is read, so that a client sends as fast as rows
//! are taken, and memory holds one batch.

use super::super::Api;
use super::{batch, read};
use crate::error::Error;
use bitewing_proto::patient as pb;
use bitewing_rpc::call::Arrival;
use bitewing_rpc::{Call, Refusal, Violation};
use futures_util::{Stream, stream};
use std::pin::Pin;
use tonic::{Request, Status, Streaming};

/// The answers, one per message.
pub(super) type Answers =
    Pin<Box<dyn Stream<Item = Result<pb::ImportPatientsResponse, Status>> + Send>>;

pub(super) fn run(
    api: &Api,
    request: Request<Streaming<pb::ImportPatientsRequest>>,
) -> Result<Answers, Status> {
    let arrival = request.extensions().get::<Arrival>().cloned();
    let call = arrival.ok_or(Refusal::Unauthenticated)?.call()?;
    let state = Some((api.clone(), call, request.into_inner()));
    Ok(Box::pin(stream::unfold(state, async |state| {
        let (api, call, mut messages) = state?;
        match next(&api, &call, &mut messages).await {
            Ok(answer) => Some((Ok(answer?), Some((api, call, messages)))),
            // The first failure is the last answer.
            Err(error) => Some((Err(Status::from(error)), None)),
        }
    })))
}

async fn next(
    api: &Api,
    call: &Call,
    messages: &mut Streaming<pb::ImportPatientsRequest>,
) -> Result<Option<pb::ImportPatientsResponse>, Error> {
    let Some(message) = messages.message().await.map_err(|status| broken(&status))? else {
        return Ok(None);
    };
    let batch = read::batch(message.batch_id, message.validate_only, message.rows)?;
    let results = batch::run(api, call, batch).await?;
    Ok(Some(pb::ImportPatientsResponse { results }))
}

/// A stream that ends early: the client sent what is no message, or went away.
pub(super) fn broken(status: &Status) -> Error {
    match Refusal::of_tonic(status) {
        Some(_) => vec![Violation::new("", "must be a stream of messages")].into(),
        None => Error::Unavailable,
    }
}
