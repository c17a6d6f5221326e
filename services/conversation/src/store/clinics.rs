//! Clinics.

use super::Tx;
use crate::domain::{Clinic, ClinicCard};
use crate::error::Error;
use bitewing_core::{ClinicId, PageSize};
use bitewing_store::StoreError;
use time::OffsetDateTime;
use uuid::Uuid;

struct Row {
    id: Uuid,
    display_name: String,
    time_zone: String,
    phone: String,
    region: String,
    language: String,
    address: String,
    email: String,
    version: i64,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

impl TryFrom<Row> for Clinic {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = StoreError::Inconsistent {
            table: "clinics",
            column: "language",
            id: row.id,
        };
        Ok(Self {
            id: ClinicId::from_uuid(row.id),
            card: ClinicCard {
                display_name: row.display_name,
                time_zone: row.time_zone,
                phone: row.phone,
                region: row.region,
                language: row.language.parse().map_err(|_| broken)?,
                address: row.address,
                email: row.email,
            },
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

impl Tx {
    /// One clinic; `lock` keeps others from changing it meanwhile.
    pub(crate) async fn clinic(
        &mut self,
        id: ClinicId,
        lock: bool,
    ) -> Result<Option<Clinic>, Error> {
        let organization = self.organization_uuid();
        if lock {
            sqlx::query!(
                "SELECT id FROM clinics WHERE organization_id = $1 AND id = $2 FOR UPDATE",
                organization,
                id.uuid()
            )
            .fetch_optional(self.conn())
            .await?;
        }
        let row = sqlx::query_as!(
            Row,
            "SELECT id, display_name, time_zone, phone, region, language, address, email, version,
                    created_at, updated_at
             FROM clinics WHERE organization_id = $1 AND id = $2",
            organization,
            id.uuid()
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Clinic::try_from).transpose()?)
    }

    /// A page of the clinics a caller may act for, newest first, and one more if there is a next page.
    pub(crate) async fn clinics(
        &mut self,
        among: Option<&[Uuid]>,
        before: Option<Uuid>,
        size: PageSize,
    ) -> Result<Vec<Clinic>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, display_name, time_zone, phone, region, language, address, email, version,
                    created_at, updated_at
             FROM clinics
             WHERE organization_id = $1
               AND ($2::uuid[] IS NULL OR id = ANY($2))
               AND ($3::uuid IS NULL OR id < $3)
             ORDER BY id DESC LIMIT $4",
            organization,
            among,
            before,
            size.probe()
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(Clinic::try_from)
            .collect::<Result<_, _>>()?)
    }

    /// Writes a new clinic.
    pub(crate) async fn insert_clinic(&mut self, clinic: &Clinic) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO clinics (organization_id, id, display_name, time_zone, phone, region,
                                  language, address, version, created_at, updated_at, email)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            organization,
            clinic.id.uuid(),
            clinic.card.display_name,
            clinic.card.time_zone,
            clinic.card.phone,
            clinic.card.region,
            clinic.card.language.tag(),
            clinic.card.address,
            clinic.version,
            clinic.created_at,
            clinic.updated_at,
            clinic.card.email
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Writes a changed clinic over the version it was read at.
    pub(crate) async fn update_clinic(&mut self, clinic: &Clinic) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let written = sqlx::query!(
            "UPDATE clinics
             SET display_name = $3, time_zone = $4, phone = $5, region = $6, language = $7,
                 address = $8, version = $9::bigint, updated_at = $10, email = $11
             WHERE organization_id = $1 AND id = $2 AND version = $9::bigint - 1",
            organization,
            clinic.id.uuid(),
            clinic.card.display_name,
            clinic.card.time_zone,
            clinic.card.phone,
            clinic.card.region,
            clinic.card.language.tag(),
            clinic.card.address,
            clinic.version,
            clinic.updated_at,
            clinic.card.email
        )
        .execute(self.conn())
        .await?;
        if written.rows_affected() == 1 {
            Ok(())
        } else {
            Err(Error::Conflict)
        }
    }
}
