//! Pages of visits, the earliest first: one query per index they go along.

use super::Tx;
use super::appointments::{KeptVisit, Row, read};
use super::mirror::{Along, Listed};
use crate::domain::Code;
use crate::domain::visit::VisitStatus;
use crate::error::Error;
use bitewing_core::PageSize;
use time::OffsetDateTime;
use time::macros::datetime;

/// Which visits a list shows.
pub(crate) type VisitFilter = Listed<OffsetDateTime, VisitStatus>;

/// Before and after every visit.
const FIRST: OffsetDateTime = datetime!(0001-01-01 00:00 UTC);
const LAST: OffsetDateTime = datetime!(9999-12-31 23:59:59.999999 UTC);

impl Tx {
    /// A page of visits, the earliest first.
    pub(crate) async fn visits(
        &mut self,
        filter: &VisitFilter,
        size: PageSize,
    ) -> Result<Vec<KeptVisit>, Error> {
        let organization = self.organization_uuid();
        let (from, from_id) = filter.begin(FIRST);
        let before = filter.before.unwrap_or(LAST);
        let status = filter.status.map(Code::code);
        let rows = match &filter.along {
            Along::Organization => {
                sqlx::query_as!(
                    Row,
                    "SELECT id, system, external_value, patient_id, clinic_id, starts_at, ends_at, status, provider,
                            service, source_updated_at, updated_at
                     FROM appointments
                     WHERE organization_id = $1 AND (starts_at, id) > ($2, $3) AND starts_at < $4
                       AND ($5::smallint IS NULL OR status = $5)
                     ORDER BY starts_at, id LIMIT $6",
                    organization,
                    from,
                    from_id,
                    before,
                    status,
                    size.probe()
                )
                .fetch_all(self.conn())
                .await?
            }
            Along::Clinics(clinics) => {
                sqlx::query_as!(
                    Row,
                    "SELECT a.id, a.system, a.external_value, a.patient_id, a.clinic_id, a.starts_at, a.ends_at,
                            a.status, a.provider, a.service, a.source_updated_at, a.updated_at
                     FROM unnest($7::uuid[]) AS c (id)
                     CROSS JOIN LATERAL (
                         SELECT * FROM appointments x
                         WHERE x.organization_id = $1 AND x.clinic_id = c.id
                           AND (x.starts_at, x.id) > ($2, $3) AND x.starts_at < $4
                           AND ($5::smallint IS NULL OR x.status = $5)
                         ORDER BY x.starts_at, x.id LIMIT $6
                     ) a
                     ORDER BY a.starts_at, a.id LIMIT $6",
                    organization,
                    from,
                    from_id,
                    before,
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
                    "SELECT a.id, a.system, a.external_value, a.patient_id, a.clinic_id, a.starts_at, a.ends_at,
                            a.status, a.provider, a.service, a.source_updated_at, a.updated_at
                     FROM unnest($7::uuid[]) AS p (id)
                     CROSS JOIN LATERAL (
                         SELECT * FROM appointments x
                         WHERE x.organization_id = $1 AND x.patient_id = p.id
                           AND (x.starts_at, x.id) > ($2, $3) AND x.starts_at < $4
                           AND ($5::smallint IS NULL OR x.status = $5)
                           AND ($8::uuid[] IS NULL OR x.clinic_id = ANY($8))
                         ORDER BY x.starts_at, x.id LIMIT $6
                     ) a
                     ORDER BY a.starts_at, a.id LIMIT $6",
                    organization,
                    from,
                    from_id,
                    before,
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
