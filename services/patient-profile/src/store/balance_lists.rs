//! Pages of accounts, the last made known first: one query per index they go along.

use super::Tx;
use super::balances::{KeptBalance, Row};
use super::mirror::Along;
use crate::error::Error;
use bitewing_core::PageSize;
use uuid::Uuid;

/// Which accounts a list shows.
pub(crate) struct BalanceFilter {
    pub(crate) along: Along,
    pub(crate) overdue_only: bool,
    /// Only accounts made known before this one.
    pub(crate) before: Option<Uuid>,
}

impl Tx {
    /// A page of accounts, the last made known first.
    pub(crate) async fn balances(
        &mut self,
        filter: &BalanceFilter,
        size: PageSize,
    ) -> Result<Vec<KeptBalance>, Error> {
        let organization = self.organization_uuid();
        let before = filter.before.unwrap_or(Uuid::max());
        let rows = match &filter.along {
            Along::Organization => {
                sqlx::query_as!(
                    Row,
                    "SELECT id, system, external_value, patient_id, clinic_id, currency, minor_units,
                            overdue_minor_units, overdue_since, source_updated_at, updated_at
                     FROM balances
                     WHERE organization_id = $1 AND id < $2 AND (NOT $3 OR overdue_minor_units > 0)
                     ORDER BY id DESC LIMIT $4",
                    organization,
                    before,
                    filter.overdue_only,
                    size.probe()
                )
                .fetch_all(self.conn())
                .await?
            }
            Along::Clinics(clinics) => {
                sqlx::query_as!(
                    Row,
                    "SELECT a.id, a.system, a.external_value, a.patient_id, a.clinic_id, a.currency, a.minor_units,
                            a.overdue_minor_units, a.overdue_since, a.source_updated_at, a.updated_at
                     FROM unnest($5::uuid[]) AS c (id)
                     CROSS JOIN LATERAL (
                         SELECT * FROM balances x
                         WHERE x.organization_id = $1 AND x.clinic_id = c.id AND x.id < $2
                           AND (NOT $3 OR x.overdue_minor_units > 0)
                         ORDER BY x.id DESC LIMIT $4
                     ) a
                     ORDER BY a.id DESC LIMIT $4",
                    organization,
                    before,
                    filter.overdue_only,
                    size.probe(),
                    clinics
                )
                .fetch_all(self.conn())
                .await?
            }
            Along::Patient { records, clinics } => {
                sqlx::query_as!(
                    Row,
                    "SELECT a.id, a.system, a.external_value, a.patient_id, a.clinic_id, a.currency, a.minor_units,
                            a.overdue_minor_units, a.overdue_since, a.source_updated_at, a.updated_at
                     FROM unnest($5::uuid[]) AS p (id)
                     CROSS JOIN LATERAL (
                         SELECT * FROM balances x
                         WHERE x.organization_id = $1 AND x.patient_id = p.id AND x.id < $2
                           AND (NOT $3 OR x.overdue_minor_units > 0)
                           AND ($6::uuid[] IS NULL OR x.clinic_id = ANY($6))
                         ORDER BY x.id DESC LIMIT $4
                     ) a
                     ORDER BY a.id DESC LIMIT $4",
                    organization,
                    before,
                    filter.overdue_only,
                    size.probe(),
                    records,
                    clinics.as_deref()
                )
                .fetch_all(self.conn())
                .await?
            }
        };
        Ok(rows.into_iter().map(Into::into).collect())
    }
}
