//! The service's tables, one file each.

pub(crate) mod guard_feedback;
mod guard_policies;
mod instruction_issues;
mod instructions;
mod prices;
mod scenario_lexemes;
mod scenarios;
mod templates;
mod whats_app_templates;
mod wording_kinds;
mod wordings;

pub(crate) use guard_feedback::FeedbackFilter;
pub(crate) use guard_policies::LayerVersion;
pub(crate) use instruction_issues::IssueList;
pub(crate) use instructions::InstructionList;
pub(crate) use prices::PriceList;
pub(crate) use scenarios::ScenarioList;

use crate::error::Error;
use bitewing_auth::Scope;
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
