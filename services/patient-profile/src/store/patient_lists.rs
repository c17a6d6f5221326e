//! Which patients a list shows: one query per order, each along an index.

use super::Tx;
use crate::error::Error;
use bitewing_core::PatientId;
use time::OffsetDateTime;
use uuid::Uuid;

/// Where a page goes on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Changed {
    pub(crate) at: OffsetDateTime,
    pub(crate) id: Uuid,
}

impl Tx {
    /// The newest patients, before one; of these clinics, if given. A clinic's are found in its own index
    /// and brought together, so that a small clinic of a large chain does not read through the chain.
    pub(crate) async fn newest_patients(
        &mut self,
        clinics: Option<&[Uuid]>,
        show_deleted: bool,
        before: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<PatientId>, Error> {
        let organization = self.organization_uuid();
        let before = before.unwrap_or(Uuid::max());
        let ids = match clinics {
            None => {
                sqlx::query_scalar!(
                    "SELECT id FROM patients
                     WHERE organization_id = $1 AND id < $2 AND merged_into IS NULL AND erased_at IS NULL
                       AND ($3 OR deleted_at IS NULL)
                     ORDER BY id DESC LIMIT $4",
                    organization,
                    before,
                    show_deleted,
                    limit
                )
                .fetch_all(self.conn())
                .await?
            }
            Some(clinics) => {
                sqlx::query_scalar!(
                    "SELECT p.id FROM unnest($5::uuid[]) AS c (id)
                     CROSS JOIN LATERAL (
                         SELECT x.id FROM patients x
                         WHERE x.organization_id = $1 AND x.clinic_id = c.id AND x.id < $2
                           AND x.merged_into IS NULL AND x.erased_at IS NULL
                           AND ($3 OR x.deleted_at IS NULL)
                         ORDER BY x.id DESC LIMIT $4
                     ) p
                     ORDER BY p.id DESC LIMIT $4",
                    organization,
                    before,
                    show_deleted,
                    limit,
                    clinics
                )
                .fetch_all(self.conn())
                .await?
            }
        };
        Ok(ids.into_iter().map(PatientId::from_uuid).collect())
    }

    /// Patients changed at or after a time, the oldest change first, behind one.
    pub(crate) async fn changed_patients(
        &mut self,
        clinics: Option<&[Uuid]>,
        show_deleted: bool,
        since: OffsetDateTime,
        behind: Option<Changed>,
        limit: i64,
    ) -> Result<Vec<PatientId>, Error> {
        let organization = self.organization_uuid();
        let from = behind.unwrap_or(Changed {
            at: since,
            id: Uuid::nil(),
        });
        let ids = sqlx::query_scalar!(
            "SELECT id FROM patients
             WHERE organization_id = $1 AND (updated_at, id) > ($2, $3)
               AND merged_into IS NULL AND erased_at IS NULL
               AND ($4 OR deleted_at IS NULL)
               AND ($5::uuid[] IS NULL OR clinic_id = ANY($5))
             ORDER BY updated_at, id LIMIT $6",
            organization,
            from.at,
            from.id,
            show_deleted,
            clinics,
            limit
        )
        .fetch_all(self.conn())
        .await?;
        Ok(ids.into_iter().map(PatientId::from_uuid).collect())
    }
}
