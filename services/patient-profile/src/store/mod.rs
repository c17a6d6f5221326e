//! Transactions on one organization's rows, and one file per table.

mod appointment_lists;
mod appointment_requests;
mod appointments;
mod balance_lists;
mod balances;
mod caller_blocks;
mod caller_cards;
mod channel_answers;
pub(crate) mod clinics;
mod consents;
mod contact_points;
mod erasures;
mod external_ids;
mod imported_hashes;
mod imports;
mod keyword_additions;
mod merges;
mod mirror;
pub(crate) mod organization_settings;
mod patient_json;
mod patient_lists;
mod patient_row;
mod patient_searches;
mod patients;
mod patients_write;
mod person;
mod preference_links;
mod recall_lists;
mod recalls;
mod relations;

pub(crate) use appointment_lists::VisitFilter;
pub(crate) use appointments::KeptVisit;
pub(crate) use balance_lists::BalanceFilter;
pub(crate) use balances::KeptBalance;
pub(crate) use caller_blocks::{Block, opened, place};
pub(crate) use caller_cards::{CallerFacts, CallerQuestion, Card};
pub(crate) use imported_hashes::ImportedHashes;
pub(crate) use imports::{KeptResult, Snapshot, SnapshotCount};
pub(crate) use mirror::Along;
pub(crate) use organization_settings::{Settings, Visibility};
pub(crate) use patient_lists::Changed;
pub(crate) use patient_searches::{Named, Reach};
pub(crate) use person::Kept;
pub(crate) use preference_links::LinkPurpose;
pub(crate) use recall_lists::RecallFilter;
pub(crate) use recalls::KeptRecall;

use crate::error::Error;
use bitewing_auth::Scope;
use bitewing_core::ClinicId;
use bitewing_store::Db;
use sqlx::PgConnection;
use std::ops::{Deref, DerefMut};
use uuid::Uuid;

/// The clinics whose patients are asked for: those the caller sees, and of them the one named.
pub(crate) fn narrow(visible: Option<Vec<Uuid>>, clinic: Option<ClinicId>) -> Option<Vec<Uuid>> {
    match (visible, clinic.map(ClinicId::uuid)) {
        (visible, None) => visible,
        (None, Some(clinic)) => Some(vec![clinic]),
        (Some(visible), Some(clinic)) => {
            Some(visible.into_iter().filter(|seen| *seen == clinic).collect())
        }
    }
}

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

    /// Takes a transaction over that a job or an event opened.
    #[expect(clippy::unused_self, reason = "only who has the store may")]
    pub(crate) fn adopt(&self, inner: bitewing_store::Tx) -> Tx {
        Tx(inner)
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

    /// Gives the transaction back to whoever commits it.
    pub(crate) fn release(self) -> bitewing_store::Tx {
        self.0
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
