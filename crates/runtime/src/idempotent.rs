//! `request_id` on calls that make or send something: the first answer is the only one (AIP-155).

use bitewing_rpc::Call;
use bitewing_store::{Recall, RequestKey, StoreError, Tx};
use prost::Message;
use uuid::Uuid;

/// One request that may be repeated; without a `request_id` it is none.
#[derive(Debug, Clone)]
pub struct Once(Option<RequestKey>);

impl Once {
    /// Names a request by its caller, method and id; the message tells repeated from reused.
    pub fn new(
        call: &Call,
        method: &'static str,
        id: Option<Uuid>,
        message: &impl Message,
    ) -> Self {
        Self(id.map(|id| {
            RequestKey::new(
                &call.caller.actor,
                method,
                &id.to_string(),
                &message.encode_to_vec(),
            )
        }))
    }

    /// The answer given before, if there was one.
    pub async fn answer<T: Message + Default>(&self, tx: &mut Tx) -> Result<Option<T>, StoreError> {
        let Some(key) = &self.0 else { return Ok(None) };
        match tx.recall(key).await? {
            Recall::First => Ok(None),
            Recall::Answer(bytes) => T::decode(bytes.as_slice())
                .map(Some)
                .map_err(|_| StoreError::Tampered),
        }
    }

    /// Keeps the answer, in the transaction of what it tells of.
    pub async fn keep(&self, tx: &mut Tx, answer: &impl Message) -> Result<(), StoreError> {
        match &self.0 {
            Some(key) => tx.remember(key, &answer.encode_to_vec()).await,
            None => Ok(()),
        }
    }
}
