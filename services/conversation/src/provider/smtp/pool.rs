//! Connections that are kept: one set per account, bounded, closed after a time of rest.

use super::session::{Server, Session};
use super::verdict::{Ending, Failure, Step};
use crate::domain::SmtpSettings;
use bitewing_core::Sensitive;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

/// Connections to one account's server at a time: what large mail services allow a small sender.
const MAX_CONNECTIONS: usize = 3;
/// Mails on one connection; many servers end one after a hundred.
const MAX_MAILS: u32 = 100;

/// The connections of one account.
pub(super) struct Pool {
    server: Server,
    rest: Duration,
    seats: Arc<Semaphore>,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    session: Session,
    mails: u32,
    since: Instant,
}

/// A connection in use; it is closed unless it is given back.
pub(super) struct Seat {
    pub(super) session: Session,
    mails: u32,
    _permit: OwnedSemaphorePermit,
}

impl Pool {
    pub(super) fn new(server: Server, rest: Duration) -> Self {
        Self {
            server,
            rest,
            seats: Arc::new(Semaphore::new(MAX_CONNECTIONS)),
            idle: Mutex::default(),
        }
    }

    /// Whether it is the pool of an account as it is now.
    pub(super) fn is_of(
        &self,
        settings: &SmtpSettings,
        password: Option<&Sensitive<String>>,
        name: &str,
    ) -> bool {
        let server = &self.server;
        server.settings == *settings && server.password.as_ref() == password && server.name == name
    }

    pub(super) const fn server(&self) -> &Server {
        &self.server
    }

    /// A connection that listens: a kept one, or a new one.
    pub(super) async fn take(&self) -> Result<Seat, Ending> {
        let seat = Arc::clone(&self.seats).acquire_owned();
        let Ok(Ok(permit)) = timeout(self.server.patience, seat).await else {
            // Every connection is busy: as if the server did not answer.
            return Err(Ending {
                step: Step::Connect,
                failure: Failure::Late,
            });
        };
        while let Some(mut kept) = self.pop() {
            if kept.session.is_alive().await {
                return Ok(Seat {
                    session: kept.session,
                    mails: kept.mails,
                    _permit: permit,
                });
            }
        }
        Ok(Seat {
            session: self.server.dial().await?,
            mails: 0,
            _permit: permit,
        })
    }

    /// Keeps a connection after a mail the server took.
    pub(super) fn give_back(self: &Arc<Self>, seat: Seat) {
        let mails = seat.mails + 1;
        if mails >= MAX_MAILS {
            tokio::spawn(seat.session.quit());
            return;
        }
        self.lock().push(Idle {
            session: seat.session,
            mails,
            since: Instant::now(),
        });
        let pool = Arc::downgrade(self);
        let rest = self.rest;
        tokio::spawn(async move {
            tokio::time::sleep(rest).await;
            if let Some(pool) = pool.upgrade() {
                pool.close_rested().await;
            }
        });
    }

    fn pop(&self) -> Option<Idle> {
        self.lock().pop()
    }

    async fn close_rested(&self) {
        let rested: Vec<_> = {
            let mut idle = self.lock();
            let (rested, fresh) = idle
                .drain(..)
                .partition(|kept| kept.since.elapsed() >= self.rest);
            *idle = fresh;
            rested
        };
        for kept in rested {
            kept.session.quit().await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
