//! Organizations, and the short names that lead to them.

use super::Tx;
use crate::domain::{Organization, Region, Settings, Slug, Visibility};
use crate::error::Error;
use bitewing_core::OrganizationId;
use bitewing_store::StoreError;
use time::OffsetDateTime;
use uuid::Uuid;

struct Row {
    organization_id: Uuid,
    display_name: String,
    slug: String,
    patient_visibility: i16,
    default_language: String,
    allowed_regions: Vec<String>,
    version: i64,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

const fn stored(visibility: Visibility) -> i16 {
    match visibility {
        Visibility::Shared => 1,
        Visibility::PerClinic => 2,
    }
}

fn stored_regions(regions: &[Region]) -> Vec<String> {
    regions
        .iter()
        .map(|region| region.as_str().to_owned())
        .collect()
}

impl TryFrom<Row> for Organization {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |column| StoreError::Inconsistent {
            table: "organizations",
            column,
            id: row.organization_id,
        };
        let regions = row
            .allowed_regions
            .iter()
            .map(|region| Region::parse(region));
        Ok(Self {
            id: OrganizationId::from_uuid(row.organization_id),
            slug: Slug::parse(&row.slug).map_err(|_| broken("slug"))?,
            settings: Settings {
                visibility: match row.patient_visibility {
                    1 => Visibility::Shared,
                    2 => Visibility::PerClinic,
                    _ => return Err(broken("patient_visibility")),
                },
                default_language: row
                    .default_language
                    .parse()
                    .map_err(|_| broken("default_language"))?,
                allowed_regions: regions
                    .collect::<Result<_, _>>()
                    .map_err(|_| broken("allowed_regions"))?,
                display_name: row.display_name,
            },
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

impl Tx {
    /// Takes a slug for the organization of the transaction; `false` if another one has it.
    pub(crate) async fn claim_slug(&mut self, slug: &Slug) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        Ok(sqlx::query_scalar!(
            r#"SELECT claim_slug($1, $2) AS "claimed!""#,
            slug.as_str(),
            organization
        )
        .fetch_one(self.conn())
        .await?)
    }

    /// The organization a slug leads to: the one question that is asked before it is known.
    pub(crate) async fn organization_of_slug(
        &mut self,
        slug: &Slug,
    ) -> Result<Option<OrganizationId>, Error> {
        let found = sqlx::query_scalar!("SELECT organization_of_slug($1)", slug.as_str())
            .fetch_one(self.conn())
            .await?;
        Ok(found.map(OrganizationId::from_uuid))
    }

    /// The organization of the transaction; `lock` keeps others from changing it meanwhile.
    pub(crate) async fn organization_row(
        &mut self,
        lock: bool,
    ) -> Result<Option<Organization>, Error> {
        let organization = self.organization_uuid();
        if lock {
            sqlx::query!(
                "SELECT version FROM organizations WHERE organization_id = $1 FOR UPDATE",
                organization
            )
            .fetch_optional(self.conn())
            .await?;
        }
        let row = sqlx::query_as!(
            Row,
            "SELECT organization_id, display_name, slug, patient_visibility, default_language,
                    allowed_regions, version, created_at, updated_at
             FROM organizations WHERE organization_id = $1",
            organization
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Organization::try_from).transpose()?)
    }

    /// Writes a new organization.
    pub(crate) async fn insert_organization(&mut self, new: &Organization) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO organizations (organization_id, display_name, slug, patient_visibility,
                                        default_language, allowed_regions, version, created_at,
                                        updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            organization,
            new.settings.display_name,
            new.slug.as_str(),
            stored(new.settings.visibility),
            new.settings.default_language.tag(),
            &stored_regions(&new.settings.allowed_regions),
            new.version,
            new.created_at,
            new.updated_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Writes changed settings over the version they were read at.
    pub(crate) async fn update_organization(&mut self, new: &Organization) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let written = sqlx::query!(
            "UPDATE organizations
             SET display_name = $2, patient_visibility = $3, default_language = $4,
                 allowed_regions = $5, version = $6, updated_at = $7
             WHERE organization_id = $1 AND version = $6::bigint - 1",
            organization,
            new.settings.display_name,
            stored(new.settings.visibility),
            new.settings.default_language.tag(),
            &stored_regions(&new.settings.allowed_regions),
            new.version,
            new.updated_at
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
