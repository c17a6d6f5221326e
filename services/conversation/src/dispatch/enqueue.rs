//! The job of a message.

use crate::error::Error;
use crate::store::Tx;
use bitewing_auth::Clinics;
use bitewing_core::MessageId;
use bitewing_store::jobs::{Due, Lane, NewJob};
use time::OffsetDateTime;

/// The kind of the job; its key is the message.
pub(super) const SEND: &str = "send";

/// Runs that may fail for reasons that are not the provider's: a database that goes away, a panic.
/// What the provider answers does not count: there the message's own time is the limit.
const MAX_FAILURES: u16 = 100;

/// Makes the job that sends a message, now.
pub(crate) async fn enqueue(tx: &mut Tx, id: MessageId, clinics: &Clinics) -> Result<(), Error> {
    make(tx, id, clinics, Due::Now).await
}

/// Makes the job of a message that waits: it ends the message when its time passes, unless it is brought
/// forward before.
pub(crate) async fn enqueue_at(
    tx: &mut Tx,
    id: MessageId,
    clinics: &Clinics,
    at: OffsetDateTime,
) -> Result<(), Error> {
    make(tx, id, clinics, Due::At(at)).await
}

async fn make(tx: &mut Tx, id: MessageId, clinics: &Clinics, due: Due) -> Result<(), Error> {
    tx.enqueue(NewJob {
        kind: SEND,
        lane: Lane::Transactional,
        due,
        dedupe_key: id.to_string(),
        body: Vec::new(),
        clinics: match clinics {
            Clinics::All => None,
            Clinics::Only(clinics) => Some(clinics.clone()),
        },
        purpose: "send".to_owned(),
        max_attempts: MAX_FAILURES,
    })
    .await?;
    Ok(())
}

/// Brings the job of a message forward, or makes one.
pub(crate) async fn hasten(tx: &mut Tx, id: MessageId, clinics: &Clinics) -> Result<(), Error> {
    if !tx.reschedule_job(SEND, &id.to_string(), Due::Now).await? {
        enqueue(tx, id, clinics).await?;
    }
    Ok(())
}
