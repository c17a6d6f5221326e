//! Transactions on one organization's rows, and one file per table.

mod api_clients;
pub(crate) mod events;
mod organizations;
mod refresh_tokens;
pub(crate) mod revocations;
mod sessions;
mod users;

pub(crate) use api_clients::Secret;
pub(crate) use events::EventRow;
pub(crate) use users::Invited;

use crate::error::Error;
use bitewing_auth::{Clinics, Scope};
use bitewing_core::ClinicId;
use bitewing_store::Db;
use sqlx::PgConnection;
use std::ops::{Deref, DerefMut};
use uuid::Uuid;

/// The service's database.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    pub(crate) db: Db,
}

impl Store {
    /// Opens a transaction on one organization's rows.
    pub(crate) async fn begin(&self, scope: &Scope) -> Result<Tx, Error> {
        Ok(Tx(self.db.begin(scope).await?))
    }
}

/// A transaction on one organization's rows.
pub(crate) struct Tx(bitewing_store::Tx);

impl Tx {
    fn organization_uuid(&self) -> Uuid {
        self.0.organization().uuid()
    }

    fn conn(&mut self) -> &mut PgConnection {
        self.0.conn()
    }

    pub(crate) async fn commit(self) -> Result<(), Error> {
        Ok(self.0.commit().await?)
    }
}

impl Deref for Tx {
    type Target = bitewing_store::Tx;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// Clinics as they are stored: empty is every clinic.
fn stored_clinics(clinics: &Clinics) -> Vec<Uuid> {
    clinics.filter().unwrap_or_default()
}

fn read_clinics(clinics: Vec<Uuid>) -> Clinics {
    Clinics::from_list(clinics.into_iter().map(ClinicId::from_uuid).collect())
}
