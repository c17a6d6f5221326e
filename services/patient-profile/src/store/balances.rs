//! Accounts, mirrored from the dental system.

use super::Tx;
use crate::domain::ExternalId;
use crate::domain::mirror::Kept;
use crate::domain::visit::Balance;
use crate::error::Error;
use bitewing_core::{BalanceId, ClinicId, PatientId};
use std::collections::HashMap;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// An account as it is kept.
pub(crate) struct KeptBalance {
    pub(crate) id: BalanceId,
    pub(crate) balance: Balance,
    pub(crate) updated_at: OffsetDateTime,
}

/// The columns of one.
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) system: String,
    pub(super) external_value: String,
    pub(super) patient_id: Uuid,
    pub(super) clinic_id: Uuid,
    pub(super) currency: String,
    pub(super) minor_units: i64,
    pub(super) overdue_minor_units: i64,
    pub(super) overdue_since: Option<Date>,
    pub(super) source_updated_at: OffsetDateTime,
    pub(super) updated_at: OffsetDateTime,
}

impl From<Row> for KeptBalance {
    fn from(row: Row) -> Self {
        Self {
            id: BalanceId::from_uuid(row.id),
            balance: Balance {
                external_id: ExternalId {
                    system: row.system,
                    value: row.external_value,
                },
                patient: PatientId::from_uuid(row.patient_id),
                clinic: ClinicId::from_uuid(row.clinic_id),
                currency: row.currency,
                minor_units: row.minor_units,
                overdue_minor_units: row.overdue_minor_units,
                overdue_since: row.overdue_since,
                changed_at: row.source_updated_at,
            },
            updated_at: row.updated_at,
        }
    }
}

impl Tx {
    /// The accounts of external ids, kept from changing until the end.
    pub(crate) async fn balances_of(
        &mut self,
        ids: &[ExternalId],
    ) -> Result<Vec<Kept<Balance>>, Error> {
        let organization = self.organization_uuid();
        let (systems, values): (Vec<_>, Vec<_>) = ids
            .iter()
            .map(|id| (id.system.clone(), id.value.clone()))
            .unzip();
        let rows = sqlx::query_as!(
            Row,
            "SELECT x.id, x.system, x.external_value, x.patient_id, x.clinic_id, x.currency, x.minor_units,
                    x.overdue_minor_units, x.overdue_since, x.source_updated_at, x.updated_at
             FROM balances x
             WHERE x.organization_id = $1
               AND (x.system, x.external_value) IN (SELECT t.system, t.value FROM unnest($2::text[], $3::text[]) AS t (system, value))
             ORDER BY x.id FOR UPDATE OF x",
            organization,
            &systems,
            &values
        )
        .fetch_all(self.conn())
        .await?;
        let kept = rows.into_iter().map(KeptBalance::from).map(|kept| Kept {
            id: kept.id.uuid(),
            row: kept.balance,
        });
        Ok(kept.collect())
    }

    /// Writes new and changed accounts; answers the identifiers they have.
    pub(crate) async fn write_balances(
        &mut self,
        balances: &[Kept<Balance>],
        now: OffsetDateTime,
    ) -> Result<HashMap<ExternalId, Uuid>, Error> {
        let organization = self.organization_uuid();
        let ids: Vec<Uuid> = balances.iter().map(|kept| kept.id).collect();
        let rows: Vec<&Balance> = balances.iter().map(|kept| &kept.row).collect();
        let overdue_since: Vec<Option<Date>> = rows.iter().map(|row| row.overdue_since).collect();
        let written = sqlx::query!(
            "INSERT INTO balances AS a (organization_id, id, system, external_value, patient_id, clinic_id, currency,
                                        minor_units, overdue_minor_units, overdue_since, source_updated_at, updated_at)
             SELECT $1, t.id, t.system, t.external_value, t.patient_id, t.clinic_id, t.currency, t.minor_units,
                    t.overdue_minor_units, t.overdue_since, t.source_updated_at, $2
             FROM unnest($3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::text[], $9::bigint[],
                         $10::bigint[], $11::date[], $12::timestamptz[])
                  AS t (id, system, external_value, patient_id, clinic_id, currency, minor_units, overdue_minor_units,
                        overdue_since, source_updated_at)
             ON CONFLICT (organization_id, system, external_value) DO UPDATE
             SET patient_id = EXCLUDED.patient_id, clinic_id = EXCLUDED.clinic_id, currency = EXCLUDED.currency,
                 minor_units = EXCLUDED.minor_units, overdue_minor_units = EXCLUDED.overdue_minor_units,
                 overdue_since = EXCLUDED.overdue_since, source_updated_at = EXCLUDED.source_updated_at,
                 updated_at = EXCLUDED.updated_at
             RETURNING a.id, a.system, a.external_value",
            organization,
            now,
            &ids,
            &rows.iter().map(|row| row.external_id.system.clone()).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.external_id.value.clone()).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.patient.uuid()).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.clinic.uuid()).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.currency.clone()).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.minor_units).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.overdue_minor_units).collect::<Vec<_>>(),
            &overdue_since as &[Option<Date>],
            &rows.iter().map(|row| row.changed_at).collect::<Vec<_>>()
        )
        .fetch_all(self.conn())
        .await?;
        let pairs = written.into_iter().map(|row| {
            let key = ExternalId {
                system: row.system,
                value: row.external_value,
            };
            (key, row.id)
        });
        Ok(pairs.collect())
    }
}
