//! One run of a message's job: read the row, decide, perhaps call the provider, write what came of it.

use super::enqueue::SEND;
use super::metrics::Metrics;
use super::tell;
use crate::domain::dispatch::{judge, plan};
use crate::domain::{Heard, Message, Plan, ProviderKind, Reason, Route, Situation, State};
use crate::error::Error;
use crate::provider::{Answer, HttpProvider, Outgoing, Provider, SandboxProvider};
use crate::sandbox::Ring;
use crate::store::{InTransit, Intent, Settled, Store, Tx};
use crate::{Deps, Sending};
use async_trait::async_trait;
use bitewing_auth::Clinics;
use bitewing_core::{MessageId, Sensitive};
use bitewing_rpc::Call;
use bitewing_runtime::Base;
use bitewing_store::StoreError;
use bitewing_store::jobs::{
    Due, Job, JobError, JobHandler, JobLease, Outcome, Slots, Worker, WorkerOptions,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Sends messages.
pub(crate) struct Sender {
    base: Base,
    store: Store,
    sending: Sending,
    client: reqwest::Client,
    ring: Option<Ring>,
    metrics: Metrics,
}

/// The loop that runs the jobs of messages.
pub(crate) fn worker(deps: &Deps, sender: Sender) -> Worker {
    let options = WorkerOptions {
        slots: Slots {
            urgent: 1,
            reply: 1,
            transactional: 6,
            campaign: 1,
        },
        lease: deps.sending.lease,
        timeout: 4 * deps.sending.call_timeout,
        ..WorkerOptions::new(Arc::clone(&deps.base.entropy))
    };
    Worker::new(deps.base.db.clone(), options).handle(SEND, Arc::new(sender))
}

/// What the first transaction of a run found and did.
struct Run {
    message: Message,
    provider: ProviderKind,
    route: Route,
    credential: Option<Sensitive<String>>,
}

impl Sender {
    pub(crate) fn new(deps: &Deps, store: Store, ring: Option<Ring>) -> reqwest::Result<Self> {
        Ok(Self {
            base: deps.base.clone(),
            store,
            sending: deps.sending,
            client: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(Duration::from_secs(5).min(deps.sending.call_timeout))
                .pool_idle_timeout(Duration::from_secs(5))
                .build()?,
            ring,
            metrics: Metrics::new(),
        })
    }

    /// How long a call may be under way after its intent: it begins within one time-out and ends
    /// within another; then the provider has its time to know of it.
    fn under_way(&self) -> Duration {
        2 * self.sending.call_timeout + self.sending.settle
    }

    fn provider(&self, run: &Run) -> Box<dyn Provider> {
        match (&run.route, &run.credential) {
            (Route::Http { endpoint, .. }, Some(credential)) => Box::new(HttpProvider {
                client: self.client.clone(),
                endpoint: endpoint.clone(),
                credential: credential.clone(),
                timeout: self.sending.call_timeout,
            }),
            _ => Box::new(SandboxProvider {
                base: self.base.clone(),
                store: self.store.clone(),
                ring: self.ring.clone(),
            }),
        }
    }

    /// When to come back after an attempt: what the provider said, else a growing random wait; never
    /// later than the message's time.
    fn later(&self, message: &Message, attempt: u32, after: Option<Duration>) -> Due {
        let wait =
            after.unwrap_or_else(|| self.sending.backoff.delay(attempt, &*self.base.entropy));
        let left = message.not_after - self.base.clock.now();
        Due::In(wait.min(left.try_into().unwrap_or(Duration::ZERO)))
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

    async fn step(&self, job: &Job, lease: JobLease) -> Result<Outcome, Error> {
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
                let now = self.base.clock.now();
                let intent = tx.intend(message, self.under_way(), now).await?;
                tx.commit().await?;
                self.send(&call, lease, &run, intent).await
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

    /// Calls the provider, unless so much time passed since the intent that the call might not be over
    /// when others take it to be.
    async fn send(
        &self,
        call: &Call,
        lease: JobLease,
        run: &Run,
        intent: Intent,
    ) -> Result<Outcome, Error> {
        let intended = Instant::now();
        let attempt = intent.attempt;
        let outgoing = Outgoing {
            scope: call.scope(),
            id: run.message.id,
            channel: run.message.channel,
            content: intent.letter.reveal(run.message.channel, &intent.secret),
            language: intent.letter.language,
            sender: intent.letter.sender,
            recipient: intent.recipient,
        };
        let provider = self.provider(run);
        let answer = if intended.elapsed() < self.sending.call_timeout {
            provider.send(&outgoing).await
        } else {
            Heard::NotSent(Reason::Interrupted).into()
        };
        self.metrics.called(run.provider, answer.heard);
        self.settle(call, lease, run, attempt, answer).await
    }

    /// Writes what a provider answered, and when to come back if that is not the end.
    async fn settle(
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
            reference: &answer.reference,
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
        if state.is_final() {
            return Ok(lease.finish(tx.release()).await?);
        }
        let due = match answer.heard {
            Heard::Absent => Due::Now,
            _ => self.later(message, attempt, answer.after),
        };
        Ok(lease.postpone(tx.release(), due).await?)
    }

    async fn end(
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
            reference: "",
            now: self.base.clock.now(),
        };
        if tx.settle(&settled).await? {
            tell(tx, call, message, state, reason.name()).await?;
        }
        Ok(())
    }

    /// A message found in `sending` was interrupted; from now on it is known to be ambiguous.
    async fn doubt(&self, tx: &mut Tx, call: &Call, message: &Message) -> Result<(), Error> {
        if message.state == State::Sending {
            self.end(tx, call, message, State::Ambiguous, Reason::Interrupted)
                .await?;
        }
        Ok(())
    }

    fn call(&self, job: &Job) -> Call {
        let clinics = Clinics::from_list(job.clinics.clone().unwrap_or_default());
        let (service, purpose) = (self.base.service, job.purpose.as_str());
        Call::of_job(service, job.scope(), clinics, purpose, job.id.to_string())
    }
}

#[async_trait]
impl JobHandler for Sender {
    async fn run(&self, job: &Job, lease: JobLease) -> Result<Outcome, JobError> {
        self.step(job, lease).await.map_err(|error| match error {
            Error::Store(error) => error.into(),
            _ => JobError::retry("SEND_FAILED"),
        })
    }
}
