//! Transactions: the only place where tenant rows can be read or written.

use crate::{Db, StoreError};
use bitewing_core::OrganizationId;
use sqlx::{PgConnection, Postgres, Transaction};
use std::fmt;
use std::time::Duration;
use time::OffsetDateTime;

/// A transaction on one organization's rows.
///
/// Row-level security shows it nothing else. It is short: no call to a peer and no password hash
/// inside, at most 1,000 rows. Dropping it undoes everything.
pub struct Tx {
    inner: Transaction<'static, Postgres>,
    db: Db,
    organization: OrganizationId,
    begun: OffsetDateTime,
    pub(crate) promises: Promises,
}

/// What the transaction wrote that matters at its end.
#[derive(Debug, Default)]
pub(crate) struct Promises {
    pub(crate) enqueued: bool,
    pub(crate) emitted: bool,
    pub(crate) audited: bool,
    /// A request id was claimed and has no answer yet.
    pub(crate) unanswered: bool,
}

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx")
            .field("organization", &self.organization)
            .finish_non_exhaustive()
    }
}

impl Tx {
    /// How old a transaction may be when it commits.
    pub const MAX_AGE: Duration = Duration::from_secs(10);

    pub(crate) fn new(
        inner: Transaction<'static, Postgres>,
        db: Db,
        organization: OrganizationId,
    ) -> Self {
        let begun = db.clock().now();
        Self {
            inner,
            db,
            organization,
            begun,
            promises: Promises::default(),
        }
    }

    /// The connection, for a service's own statements.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.inner
    }

    /// Whose rows these are: every statement says it too.
    pub const fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub(crate) const fn db(&self) -> &Db {
        &self.db
    }

    /// Makes it true, then wakes whoever works on what was written.
    pub async fn commit(self) -> Result<(), StoreError> {
        if self.promises.unanswered {
            return Err(StoreError::AnswerMissing);
        }
        if self.db.clock().now() - self.begun > Self::MAX_AGE {
            self.inner.rollback().await?;
            return Err(StoreError::Overdue);
        }
        self.inner.commit().await?;
        let signals = self.db.signals();
        if self.promises.enqueued {
            signals.jobs.raise();
        }
        if self.promises.emitted {
            signals.outbox.raise();
        }
        if self.promises.audited {
            signals.audit.raise();
        }
        Ok(())
    }

    /// Undoes it, and waits until that is done.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.inner.rollback().await?)
    }
}

/// A transaction of the worker role, over all organizations.
pub struct WorkerTx(Transaction<'static, Postgres>);

impl fmt::Debug for WorkerTx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkerTx").finish_non_exhaustive()
    }
}

impl WorkerTx {
    pub(crate) const fn new(inner: Transaction<'static, Postgres>) -> Self {
        Self(inner)
    }

    /// The connection.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.0
    }

    /// Makes it true.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.0.commit().await?)
    }
}
