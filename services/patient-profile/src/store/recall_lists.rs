//! Pages of recalls, the earliest due first: one query per index they go along.

use super::Tx;
use super::mirror::{Along, Listed};
use super::recalls::{KeptRecall, Row, read};
use crate::domain::Code;
use crate::domain::visit::RecallStatus;
use crate::error::Error;
use bitewing_core::PageSize;
use time::Date;
use time::macros::date;

/// Which recalls a list shows.
pub(crate) type RecallFilter = Listed<Date, RecallStatus>;

/// Before and after every day anybody is recalled for.
const FIRST: Date = date!(0001 - 01 - 01);
const LAST: Date = Date::MAX;

impl Tx {
    /// A page of recalls, the earliest due first.
    pub(crate) async fn recalls(
        &mut self,
        filter: &RecallFilter,
        size: PageSize,
    ) -> Result<Vec<KeptRecall>, Error> {
        let organization = self.organization_uuid();
        let (from, from_id) = filter.begin(FIRST);
        // The last day there is counts where there is no end.
        let until = filter
            .before
            .map_or(LAST, |day| day.previous_day().unwrap_or(FIRST));
        let status = filter.status.map(Code::code);
        let rows = match &filter.along {
            Along::Organization => {
                sqlx::query_as!(
                    Row,
                    "SELECT id, system, external_value, patient_id, clinic_id, kind, due_on, status,
                            source_updated_at, updated_at
                     FROM recalls
                     WHERE organization_id = $1 AND (due_on, id) > ($2, $3) AND due_on <= $4
                       AND ($5::smallint IS NULL OR status = $5)
                     ORDER BY due_on, id LIMIT $6",
                    organization,
                    from,
                    from_id,
                    until,
                    status,
                    size.probe()
                )
                .fetch_all(self.conn())
                .await?
            }
            Along::Clinics(clinics) => {
                sqlx::query_as!(
                    Row,
                    "SELECT a.id, a.system, a.external_value, a.patient_id, a.clinic_id, a.kind, a.due_on, a.status,
                            a.source_updated_at, a.updated_at
                     FROM unnest($7::uuid[]) AS c (id)
                     CROSS JOIN LATERAL (
                         SELECT * FROM recalls x
                         WHERE x.organization_id = $1 AND x.clinic_id = c.id
                           AND (x.due_on, x.id) > ($2, $3) AND x.due_on <= $4
                           AND ($5::smallint IS NULL OR x.status = $5)
                         ORDER BY x.due_on, x.id LIMIT $6
                     ) a
                     ORDER BY a.due_on, a.id LIMIT $6",
                    organization,
                    from,
                    from_id,
                    until,
                    status,
                    size.probe(),
                    clinics
                )
                .fetch_all(self.conn())
                .await?
            }
            Along::Patient { records, clinics } => {
                sqlx::query_as!(
                    Row,
                    "SELECT a.id, a.system, a.external_value, a.patient_id, a.clinic_id, a.kind, a.due_on, a.status,
                            a.source_updated_at, a.updated_at
                     FROM unnest($7::uuid[]) AS p (id)
                     CROSS JOIN LATERAL (
                         SELECT * FROM recalls x
                         WHERE x.organization_id = $1 AND x.patient_id = p.id
                           AND (x.due_on, x.id) > ($2, $3) AND x.due_on <= $4
                           AND ($5::smallint IS NULL OR x.status = $5)
                           AND ($8::uuid[] IS NULL OR x.clinic_id = ANY($8))
                         ORDER BY x.due_on, x.id LIMIT $6
                     ) a
                     ORDER BY a.due_on, a.id LIMIT $6",
                    organization,
                    from,
                    from_id,
                    until,
                    status,
                    size.probe(),
                    records,
                    clinics.as_deref()
                )
                .fetch_all(self.conn())
                .await?
            }
        };
        read(rows)
    }
}
