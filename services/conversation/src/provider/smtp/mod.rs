//! Mail servers: one message is one mail, given to the account's own server.
//!
//! What a server's answer means at each step of the conversation is in `verdict.rs`; that nothing is
//! said in clear which should be encrypted, in `session.rs` and `starttls.rs`.

mod letter;
mod line;
mod pool;
mod return_path;
mod session;
mod starttls;
mod trust;
mod verdict;

pub use trust::{NotCertificates, Trust};

use super::{Answer, Asked, Fault, Outgoing, Provider};
use crate::Deps;
use crate::domain::{Heard, Reason, SmtpSettings, ascii_domain};
use async_trait::async_trait;
use bitewing_core::{ChannelAccountId, MessageId, Sensitive};
use bitewing_runtime::Base;
use letter::Mail;
use moka::sync::Cache;
use pool::Pool;
use session::Server;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Accounts whose connections are kept at a time.
const MAX_POOLS: u64 = 1000;
/// After this an account's connections are forgotten altogether.
const POOL_LIFE: Duration = Duration::from_mins(10);

/// The connections of all accounts.
#[derive(Clone)]
pub(super) struct MailServers {
    base: Base,
    trust: Trust,
    call_timeout: Duration,
    mail_timeout: Duration,
    rest: Duration,
    pools: Cache<ChannelAccountId, Arc<Pool>>,
}

/// The mail server of one account.
pub(super) struct SmtpProvider {
    base: Base,
    pool: Arc<Pool>,
    mail_timeout: Duration,
}

impl MailServers {
    pub(super) fn new(deps: &Deps) -> Self {
        Self {
            base: deps.base.clone(),
            trust: deps.trust.clone(),
            call_timeout: deps.sending.call_timeout,
            mail_timeout: deps.sending.mail_timeout,
            rest: deps.sending.mail_rest,
            pools: Cache::builder()
                .max_capacity(MAX_POOLS)
                .time_to_idle(POOL_LIFE)
                .build(),
        }
    }

    /// The server of an account; its connections are those of the settings it has now.
    pub(super) fn of(
        &self,
        (account, sender): (Option<ChannelAccountId>, &str),
        settings: &SmtpSettings,
        password: Option<Sensitive<String>>,
    ) -> SmtpProvider {
        let known = account.and_then(|id| self.pools.get(&id));
        let (_, domain) = sender.rsplit_once('@').unwrap_or_default();
        let name = ascii_domain(domain).unwrap_or_else(|| "localhost".to_owned());
        let pool = known
            .filter(|pool| pool.is_of(settings, password.as_ref(), &name))
            .unwrap_or_else(|| {
                let server = Server {
                    settings: settings.clone(),
                    password,
                    name,
                    tls: self.trust.client(),
                    patience: self.call_timeout,
                };
                let pool = Arc::new(Pool::new(server, self.rest));
                if let Some(id) = account {
                    self.pools.insert(id, Arc::clone(&pool));
                }
                pool
            });
        SmtpProvider {
            base: self.base.clone(),
            pool,
            mail_timeout: self.mail_timeout,
        }
    }
}

#[async_trait]
impl Provider for SmtpProvider {
    async fn send(&self, outgoing: &Outgoing) -> Answer {
        let until = Instant::now() + self.mail_timeout;
        let settings = &self.pool.server().settings;
        let now = self.base.clock.now();
        let Ok(mail) = Mail::write(&self.base.pepper, now, settings, outgoing) else {
            return Heard::Refused(Reason::AddressNotSupported).into();
        };
        let mut seat = match tokio::time::timeout_at(until, self.pool.take()).await {
            Ok(Ok(seat)) => seat,
            Ok(Err(ending)) => return ending.into(),
            Err(_) => return Heard::NotSent(Reason::NoAnswer).into(),
        };
        match seat.session.deliver(&mail, until).await {
            Ok(()) => {
                self.pool.give_back(seat);
                Heard::Accepted.into()
            }
            Err(ending) => ending.into(),
        }
    }

    /// Never asked: a mail server cannot be.
    async fn ask(&self, _: &Asked) -> Answer {
        Heard::Unknown(Reason::NoAnswer).into()
    }

    /// On a connection of its own: kept ones prove nothing.
    async fn check(&self, _: MessageId) -> Result<(), Fault> {
        self.pool.server().dial().await?.quit().await;
        Ok(())
    }
}
