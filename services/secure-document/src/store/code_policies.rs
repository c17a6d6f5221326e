//! How many codes an organization sends, and how many it sent.

use super::Tx;
use crate::domain::code_policy::{CodePolicy, CodeStops, usual};
use crate::error::Error;
use bitewing_store::StoreError;
use time::Date;

/// Days that count as lately; older ones are forgotten.
const DAYS_KEPT: i32 = 30;

/// A day's codes so far, with the day's row locked until the transaction ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CodeDay {
    pub(crate) day: Date,
    pub(crate) sent: i32,
    pub(crate) told_unusual: bool,
    pub(crate) told_spent: bool,
}

impl Tx {
    /// What the organization decided, or what holds until it does.
    pub(crate) async fn code_policy(&mut self) -> Result<CodePolicy, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query!(
            "SELECT daily_budget, stops, version FROM code_policies WHERE organization_id = $1",
            organization
        )
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else {
            return Ok(CodePolicy::default());
        };
        let broken = StoreError::Inconsistent {
            table: "code_policies",
            column: "stops",
            id: organization,
        };
        let stops: Result<Vec<_>, _> = row.stops.iter().map(|stop| stop.parse()).collect();
        Ok(CodePolicy {
            daily_budget: row.daily_budget,
            stops: CodeStops(stops.map_err(|_| broken)?),
            version: row.version,
        })
    }

    /// Writes a policy over the version it was read at; `false` if somebody else was faster.
    pub(crate) async fn write_code_policy(&mut self, policy: &CodePolicy) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let stops: Vec<String> = policy.stops.0.iter().map(ToString::to_string).collect();
        let written = sqlx::query!(
            "INSERT INTO code_policies AS p (organization_id, daily_budget, stops, version)
             VALUES ($1, $2, $3, $4::integer)
             ON CONFLICT (organization_id) DO UPDATE SET daily_budget = EXCLUDED.daily_budget,
                 stops = EXCLUDED.stops, version = EXCLUDED.version
             WHERE p.version = EXCLUDED.version - 1",
            organization,
            policy.daily_budget,
            &stops,
            policy.version
        )
        .execute(self.conn())
        .await?;
        Ok(written.rows_affected() == 1)
    }

    /// Today's codes, by the database's clock, locked: codes of one organization are counted one behind
    /// the other, whichever instance sends them.
    pub(crate) async fn lock_code_day(&mut self) -> Result<CodeDay, Error> {
        let organization = self.organization_uuid();
        Ok(sqlx::query_as!(
            CodeDay,
            "INSERT INTO code_days AS d (organization_id, day, sent)
             VALUES ($1, (clock_timestamp() AT TIME ZONE 'UTC')::date, 0)
             ON CONFLICT (organization_id, day) DO UPDATE SET sent = d.sent
             RETURNING day, sent, told_unusual, told_spent",
            organization
        )
        .fetch_one(self.conn())
        .await?)
    }

    /// Writes the codes and alarms of the day that was locked, should midnight have passed meanwhile.
    pub(crate) async fn write_code_day(&mut self, day: CodeDay) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "UPDATE code_days SET sent = $2, told_unusual = $3, told_spent = $4
             WHERE organization_id = $1 AND day = $5",
            organization,
            day.sent,
            day.told_unusual,
            day.told_spent,
            day.day
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Codes sent today, and on a usual day of the week before.
    pub(crate) async fn codes_lately(&mut self) -> Result<(i32, i32), Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query!(
            r#"SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date - day AS "age!", sent FROM code_days
               WHERE organization_id = $1 AND day >= (clock_timestamp() AT TIME ZONE 'UTC')::date - 7"#,
            organization
        )
        .fetch_all(self.conn())
        .await?;
        let (mut today, mut week) = (0, [0; 7]);
        for row in rows {
            match row.age {
                0 => today = row.sent,
                age @ 1..=7 => week[age as usize - 1] = row.sent,
                _ => {}
            }
        }
        Ok((today, usual(week)))
    }

    /// Forgets the days nobody looks back to.
    pub(crate) async fn forget_code_days(&mut self) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM code_days
             WHERE organization_id = $1 AND day < (clock_timestamp() AT TIME ZONE 'UTC')::date - $2::integer",
            organization,
            DAYS_KEPT
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
