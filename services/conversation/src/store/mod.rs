//! The service's tables, one file each.

mod accounts;
mod clinic_logos;
mod clinics;
mod credentials;
mod delivery;
mod dispatch;
pub(crate) mod guard_policies;
mod message_checks;
mod messages;
mod sandbox_messages;
mod upkeep;

pub(crate) use delivery::Progress;
pub(crate) use dispatch::{InTransit, Intent, Settled};
pub(crate) use messages::{MessageFilter, NewMessage};
pub(crate) use sandbox_messages::{SandboxMessage, SandboxNote};
pub(crate) use upkeep::upkeep;

use crate::error::Error;
use bitewing_auth::Scope;
use bitewing_runtime::base::Pepper;
use bitewing_store::{Aad, Db, Keyring};
use sqlx::PgConnection;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use uuid::Uuid;

/// The service's database.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    pub(crate) db: Db,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) pepper: Pepper,
}

impl Store {
    /// Opens a transaction on one organization's rows.
    pub(crate) async fn begin(&self, scope: &Scope) -> Result<Tx, Error> {
        Ok(self.adopt(self.db.begin(scope).await?))
    }

    /// Takes a transaction that somebody else opened: a job's.
    pub(crate) fn adopt(&self, tx: bitewing_store::Tx) -> Tx {
        Tx {
            inner: tx,
            keyring: Arc::clone(&self.keyring),
            pepper: self.pepper.clone(),
        }
    }
}

/// A transaction on one organization's rows.
pub(crate) struct Tx {
    inner: bitewing_store::Tx,
    keyring: Arc<Keyring>,
    pepper: Pepper,
}

impl Tx {
    fn organization_uuid(&self) -> Uuid {
        self.inner.organization().uuid()
    }

    fn conn(&mut self) -> &mut PgConnection {
        self.inner.conn()
    }

    pub(crate) async fn commit(self) -> Result<(), Error> {
        Ok(self.inner.commit().await?)
    }

    /// Gives the transaction back to whoever ends it: a job's lease.
    pub(crate) fn release(self) -> bitewing_store::Tx {
        self.inner
    }

    fn place<'a>(&self, table: &'static str, column: &'static str, row: &'a Uuid) -> Aad<'a> {
        Aad {
            organization: self.inner.organization(),
            table,
            row: row.as_bytes(),
            column,
        }
    }
}

impl Deref for Tx {
    type Target = bitewing_store::Tx;
    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.inner
    }
}
