//! One run of a message's job: read the row, decide, perhaps call the provider.

use super::sender::Sender;
use crate::domain::dispatch::plan;
use crate::domain::{Credential, Heard, Message, Plan, ProviderKind, Reason, Route, Situation, State};
use crate::error::Error;
use crate::provider::{Outgoing, Provider};
use crate::store::{InTransit, Intent, Tx};
use bitewing_auth::Clinics;
use bitewing_core::MessageId;
use bitewing_rpc::Call;
use bitewing_store::StoreError;
use bitewing_store::jobs::{Due, Job, JobLease, Outcome};
use std::time::Duration;
use tokio::time::Instant;

/// A message and the way it goes.
pub(super) struct Run {
    pub(super) message: Message,
    pub(super) provider: ProviderKind,
    route: Route,
    credential: Option<Credential>,
}

impl Sender {
    /// Reads the row, decides, acts.
    pub(super) async fn step(&self, job: &Job, lease: JobLease) -> Result<Outcome, Error> {
        let id: MessageId = job.dedupe_key.parse().map_err(|_| StoreError::Tampered)?;
        let call = self.call(job);
        let mut tx = self.store.adopt(lease.begin().await?);
        let Some(found) = tx.in_transit(id).await? else {
            return Ok(lease.finish(tx.release()).await?);
        };
        let InTransit {
            message,
            expired,
            quiet,
            key_known,
            quiet_at,
        } = found;
        let (run, disabled) = self.run_of(&mut tx, message).await?;
        let message = &run.message;
        let situation = Situation {
            state: message.state,
            contract: run.route.contract(),
            expired,
            quiet,
            key_known,
            disabled,
        };
        if expired && !message.state.is_final() {
            tx.scrub(id).await?;
        }
        match plan(situation) {
            Plan::Finish => Ok(lease.finish(tx.release()).await?),
            Plan::Expire => {
                self.end(&mut tx, &call, message, State::Expired, Reason::TooLate)
                    .await?;
                Ok(lease.finish(tx.release()).await?)
            }
            Plan::Refuse => {
                self.end(
                    &mut tx,
                    &call,
                    message,
                    State::Failed,
                    Reason::AccountDisabled,
                )
                .await?;
                Ok(lease.finish(tx.release()).await?)
            }
            Plan::Wait => {
                let due = quiet_at.map_or(Due::Now, Due::At);
                Ok(lease.postpone(tx.release(), due).await?)
            }
            Plan::Hold => {
                self.doubt(&mut tx, &call, message).await?;
                Ok(lease
                    .postpone(tx.release(), Due::At(message.not_after))
                    .await?)
            }
            Plan::Close => {
                self.doubt(&mut tx, &call, message).await?;
                Ok(lease.finish(tx.release()).await?)
            }
            Plan::Send => {
                let (begun, now) = (Instant::now(), self.base.clock.now());
                let intent = tx.intend(message, self.under_way(), now).await?;
                tx.commit().await?;
                self.send(&call, lease, &run, intent, begun).await
            }
            Plan::Ask => {
                tx.commit().await?;
                let answer = self.provider(&run).ask(id).await;
                self.metrics.called(run.provider, answer.heard);
                self.settle(&call, lease, &run, message.attempts, answer)
                    .await
            }
        }
    }

    /// Calls the provider, unless so much time passed since the intent was begun that the call might not
    /// be over when others take it to be.
    async fn send(
        &self,
        call: &Call,
        lease: JobLease,
        run: &Run,
        intent: Intent,
        begun: Instant,
    ) -> Result<Outcome, Error> {
        let attempt = intent.attempt;
        let outgoing = Outgoing {
            scope: call.scope(),
            id: run.message.id,
            channel: run.message.channel,
            content: intent.letter.reveal(run.message.channel, &intent.secret),
            language: intent.letter.language,
            sender: intent.letter.sender,
            sender_name: intent.letter.sender_name,
            recipient: intent.recipient,
        };
        let provider = self.provider(run);
        let answer = if begun.elapsed() < self.sending.call_timeout {
            provider.send(&outgoing).await
        } else {
            Heard::NotSent(Reason::Interrupted).into()
        };
        self.metrics.called(run.provider, answer.heard);
        self.settle(call, lease, run, attempt, answer).await
    }

    /// Reads what is sent through which account; the sandbox stands in where there is none.
    async fn run_of(&self, tx: &mut Tx, message: Message) -> Result<(Run, bool), Error> {
        let (route, disabled, credential) = match message.account {
            None => (Route::Sandbox, false, None),
            Some(id) => {
                let account = tx.account(id).await?.ok_or(StoreError::Inconsistent {
                    table: "messages",
                    column: "account_id",
                    id: message.id.uuid(),
                })?;
                (account.route, account.disabled, tx.credential(id).await?)
            }
        };
        Ok((
            Run {
                message,
                provider: route.provider(),
                route,
                credential,
            },
            disabled,
        ))
    }

    /// How long a call may be under way after its intent: it begins within one time-out and ends
    /// within another; then the provider has its time to know of it.
    fn under_way(&self) -> Duration {
        2 * self.sending.call_timeout + self.sending.settle
    }

    fn provider(&self, run: &Run) -> Box<dyn Provider> {
        self.providers.of(&run.route, run.credential.clone())
    }

    fn call(&self, job: &Job) -> Call {
        let clinics = job.clinics.clone().map_or(Clinics::All, Clinics::Only);
        let (service, purpose) = (self.base.service, job.purpose.as_str());
        Call::of_job(service, job.scope(), clinics, purpose, job.id.to_string())
    }
}
