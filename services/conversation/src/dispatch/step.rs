//! One run of a message's job: read the row, decide, perhaps call the provider.

use super::sender::Sender;
use crate::domain::delivery::is_taken;
use crate::domain::dispatch::plan;
use crate::domain::{
    Channel, Credential, Heard, Message, Plan, ProviderKind, Reason, Route, Situation, State,
};
use crate::error::Error;
use crate::provider::{Asked, Outgoing, Provider};
use crate::store::{InTransit, Intent, Tx};
use bitewing_auth::Clinics;
use bitewing_core::MessageId;
use bitewing_rpc::Call;
use bitewing_store::StoreError;
use bitewing_store::jobs::{Due, Job, JobLease, Outcome};
use std::time::Duration;
use time::OffsetDateTime;
use tokio::time::Instant;

/// A message and the way it goes.
pub(super) struct Run {
    pub(super) message: Message,
    pub(super) provider: ProviderKind,
    route: Route,
    credential: Option<Credential>,
    /// What it is from, where the account says.
    sender: String,
}

impl Run {
    /// Whether what the message says is still needed in a state: Twilio asks for it during the call.
    pub(super) fn keeps_words(&self, state: State) -> bool {
        self.provider == ProviderKind::Twilio
            && self.message.channel == Channel::Voice
            && is_taken(state)
    }
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
            first_sent_at,
            ..
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
        let plan = plan(situation);
        // What it says is looked at for the last time, before it is forgotten.
        let asked = match plan {
            Plan::Ask => Some(self.asked(&mut tx, &run, first_sent_at).await?),
            _ => None,
        };
        let kept = run.keeps_words(message.state);
        if expired && (kept || !message.state.is_final()) {
            tx.scrub(id).await?;
        }
        match plan {
            Plan::Finish if kept && !expired => Ok(lease
                .postpone(tx.release(), Due::At(message.not_after))
                .await?),
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
                let intent = tx
                    .intend(message, self.under_way(run.provider), now)
                    .await?;
                tx.commit().await?;
                self.send(&call, lease, &run, intent, begun).await
            }
            Plan::Ask => {
                let asked = asked.ok_or(StoreError::Tampered)?;
                if expired && run.provider == ProviderKind::Twilio && asked.needle.is_none() {
                    // Nothing is left to know it by: a callback may still tell, or somebody decides.
                    self.doubt(&mut tx, &call, message).await?;
                    return Ok(lease.finish(tx.release()).await?);
                }
                tx.commit().await?;
                let answer = self.provider(&run).ask(&asked).await;
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
            account: run.message.account,
            left: (run.message.not_after - self.base.clock.now())
                .try_into()
                .unwrap_or_default(),
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
        let (route, disabled, sender, credential) = match message.account {
            None => (Route::Sandbox, false, String::new(), None),
            Some(id) => {
                let found = tx.keyed_account(id).await?;
                let (account, credential) = found.ok_or(StoreError::Inconsistent {
                    table: "messages",
                    column: "account_id",
                    id: message.id.uuid(),
                })?;
                (account.route, account.disabled, account.sender, credential)
            }
        };
        Ok((
            Run {
                message,
                provider: route.provider(),
                route,
                credential,
                sender,
            },
            disabled,
        ))
    }

    /// What its provider knows a message by.
    async fn asked(
        &self,
        tx: &mut Tx,
        run: &Run,
        since: Option<OffsetDateTime>,
    ) -> Result<Asked, Error> {
        let message = &run.message;
        let needle = tx.said(message.id).await?.map(|(letter, secret)| {
            if secret.expose().is_empty() {
                letter.reveal(message.channel, &secret).text
            } else {
                secret
            }
        });
        let since = since.unwrap_or(message.created_at);
        let others = match (message.channel, message.account) {
            (Channel::Voice, Some(account)) => {
                tx.references_since(account, message.id, since).await?
            }
            _ => Vec::new(),
        };
        Ok(Asked {
            id: message.id,
            channel: message.channel,
            recipient: tx.recipient(message.id).await?,
            sender: run.sender.clone(),
            needle,
            since,
            others,
        })
    }

    /// How long a call may be under way after its intent: it begins within one time-out and ends
    /// within that of its provider; then the provider has its time to know of it.
    fn under_way(&self, provider: ProviderKind) -> Duration {
        let sending = self.sending;
        sending.call_timeout + sending.longest(provider) + sending.settle
    }

    fn provider(&self, run: &Run) -> Box<dyn Provider> {
        let account = (run.message.account, run.sender.as_str());
        self.providers
            .of(account, &run.route, run.credential.clone())
    }

    fn call(&self, job: &Job) -> Call {
        let clinics = job.clinics.clone().map_or(Clinics::All, Clinics::Only);
        let (service, purpose) = (self.base.service, job.purpose.as_str());
        Call::of_job(service, job.scope(), clinics, purpose, job.id.to_string())
    }
}
