//! Transactions on one organization's rows, and one file per table.

mod budgets;
pub(crate) mod challenges;
pub(crate) mod clinic_logos;
pub(crate) mod clinics;
mod code_policies;
pub(crate) mod deliveries;
mod documents;
mod downloads;
mod guesses;
mod link_documents;
pub(crate) mod links;
pub(crate) mod organization_settings;
pub(crate) mod receipts;
mod reseal;
mod sessions;
pub(crate) mod trail;
mod uploads;

pub(crate) use documents::{DocumentFilter, Stored};
pub(crate) use link_documents::RecipientFile;
pub(crate) use links::{LinkFilter, NewLink};
pub(crate) use sessions::Session;
pub(crate) use trail::{Author, LinkRef};
pub(crate) use uploads::{CommittedPart, UploadState};

use crate::error::Error;
use bitewing_auth::Scope;
use bitewing_core::Sensitive;
use bitewing_runtime::Base;
use bitewing_store::{Aad, Db, Keyring, StoreError};
use sqlx::PgConnection;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use time::OffsetDateTime;
use uuid::Uuid;

/// The service's database, and the ring that seals what rests in it.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    db: Db,
    keyring: Arc<Keyring>,
}

impl Store {
    pub(crate) fn new(base: &Base) -> Self {
        Self {
            db: base.db.clone(),
            keyring: Arc::clone(&base.keyring),
        }
    }

    /// Opens a transaction on one organization's rows.
    pub(crate) async fn begin(&self, scope: &Scope) -> Result<Tx, Error> {
        Ok(self.adopt(self.db.begin(scope).await?))
    }

    /// Takes a transaction over that a job's lease began.
    pub(crate) fn adopt(&self, inner: bitewing_store::Tx) -> Tx {
        Tx {
            inner,
            keyring: Arc::clone(&self.keyring),
        }
    }
}

/// A transaction on one organization's rows.
pub(crate) struct Tx {
    inner: bitewing_store::Tx,
    keyring: Arc<Keyring>,
}

impl Tx {
    fn organization_uuid(&self) -> Uuid {
        self.inner.organization().uuid()
    }

    fn conn(&mut self) -> &mut PgConnection {
        self.inner.conn()
    }

    /// Now, by the database's clock, which alone decides what is still valid.
    pub(crate) async fn now(&mut self) -> Result<OffsetDateTime, Error> {
        Ok(sqlx::query_scalar!(r#"SELECT clock_timestamp() AS "now!""#)
            .fetch_one(self.conn())
            .await?)
    }

    pub(crate) async fn commit(self) -> Result<(), Error> {
        Ok(self.inner.commit().await?)
    }

    /// Gives the transaction back to the lease that began it.
    pub(crate) fn release(self) -> bitewing_store::Tx {
        self.inner
    }

    fn seal(&self, place: Place, row: Uuid, plain: &[u8]) -> Vec<u8> {
        self.keyring.seal(&self.aad(place, row.as_bytes()), plain)
    }

    fn open(
        &self,
        place: Place,
        row: Uuid,
        sealed: &[u8],
    ) -> Result<Sensitive<Vec<u8>>, StoreError> {
        Ok(self
            .keyring
            .open(&self.aad(place, row.as_bytes()), sealed)?)
    }

    fn aad<'a>(&self, place: Place, row: &'a [u8]) -> Aad<'a> {
        Aad {
            organization: self.inner.organization(),
            table: place.table,
            row,
            column: place.column,
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

/// A sealed column.
#[derive(Clone, Copy)]
struct Place {
    table: &'static str,
    column: &'static str,
}
