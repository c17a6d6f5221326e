//! What comes of a run: the row, its events and when to come back, in one transaction.

use super::sender::Sender;
use super::step::Run;
use super::tell;
use crate::domain::dispatch::judge;
use crate::domain::{Heard, Message, Reason, State};
use crate::error::Error;
use crate::provider::Answer;
use crate::store::{Settled, Tx};
use bitewing_rpc::Call;
use bitewing_store::jobs::{Due, JobLease, Outcome};
use std::time::Duration;

impl Sender {
    /// Writes what a provider answered, and when to come back if that is not the end.
    pub(super) async fn settle(
        &self,
        call: &Call,
        lease: JobLease,
        run: &Run,
        attempt: u32,
        answer: Answer,
    ) -> Result<Outcome, Error> {
        let (state, reason) = judge(run.message.state, answer.heard);
        let message = &run.message;
        let mut tx = self.store.adopt(lease.begin().await?);
        let settled = Settled {
            id: message.id,
            attempt,
            state,
            reason,
            code: &answer.code,
            reference: &answer.reference,
            forget: state.is_final() && !run.keeps_words(state),
            now: self.base.clock.now(),
        };
        if tx.settle(&settled).await? && state != message.state {
            tell(
                &mut tx,
                call,
                message,
                state,
                reason.map_or("", Reason::name),
            )
            .await?;
        }
        if run.keeps_words(state) {
            let due = Due::At(message.not_after);
            return Ok(lease.postpone(tx.release(), due).await?);
        }
        if state.is_final() {
            return Ok(lease.finish(tx.release()).await?);
        }
        let due = match answer.heard {
            Heard::Absent => Due::Now,
            _ => self.later(message, attempt, answer.after),
        };
        Ok(lease.postpone(tx.release(), due).await?)
    }

    /// Writes an end that no provider had a part in.
    pub(super) async fn end(
        &self,
        tx: &mut Tx,
        call: &Call,
        message: &Message,
        state: State,
        reason: Reason,
    ) -> Result<(), Error> {
        let settled = Settled {
            id: message.id,
            attempt: message.attempts,
            state,
            reason: Some(reason),
            code: "",
            reference: "",
            forget: state.is_final(),
            now: self.base.clock.now(),
        };
        if tx.settle(&settled).await? {
            tell(tx, call, message, state, reason.name()).await?;
        }
        Ok(())
    }

    /// A message found in `sending` was interrupted; from now on it is known to be ambiguous.
    pub(super) async fn doubt(
        &self,
        tx: &mut Tx,
        call: &Call,
        message: &Message,
    ) -> Result<(), Error> {
        if message.state == State::Sending {
            self.end(tx, call, message, State::Ambiguous, Reason::Interrupted)
                .await?;
        }
        Ok(())
    }

    /// When to come back after an attempt: what the provider said, else a growing random wait; while
    /// the message's time lasts never later than that.
    fn later(&self, message: &Message, attempt: u32, after: Option<Duration>) -> Due {
        let wait =
            after.unwrap_or_else(|| self.sending.backoff.delay(attempt, &*self.base.entropy));
        let left: Duration = (message.not_after - self.base.clock.now())
            .try_into()
            .unwrap_or(Duration::ZERO);
        Due::In(if left.is_zero() { wait } else { wait.min(left) })
    }
}
