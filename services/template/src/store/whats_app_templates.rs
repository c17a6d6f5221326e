//! What is registered at WhatsApp.

use super::Tx;
use super::wordings::{read_register, stored_register};
use crate::domain::phrasebook::{Locale, Place};
use crate::domain::whats_app::{Category, Registered, Standing};
use crate::error::Error;
use bitewing_core::{ClinicId, WhatsAppTemplateId, WordingId};
use bitewing_store::StoreError;
use time::OffsetDateTime;
use uuid::Uuid;

struct Row {
    id: Uuid,
    name: String,
    language: String,
    kind: String,
    locale: String,
    register: i16,
    clinic_id: Option<Uuid>,
    wording_id: Option<Uuid>,
    wording_version: i32,
    body: String,
    parameters: Vec<String>,
    requested_category: i16,
    actual_category: i16,
    state: i16,
    reason: String,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

macro_rules! select {
    ($($query:tt)*) => {
        sqlx::query_as!(
            Row,
            "SELECT id, name, language, kind, locale, register, clinic_id, wording_id, wording_version, body, parameters,
                    requested_category, actual_category, state, reason, created_at, updated_at
             FROM whats_app_templates "
            + $($query)*
        )
    };
}

const fn stored_category(category: Option<Category>) -> i16 {
    match category {
        None => 0,
        Some(Category::Utility) => 1,
        Some(Category::Marketing) => 2,
        Some(Category::Authentication) => 3,
    }
}

const fn read_category(stored: i16) -> Option<Category> {
    match stored {
        1 => Some(Category::Utility),
        2 => Some(Category::Marketing),
        3 => Some(Category::Authentication),
        _ => None,
    }
}

const fn stored_standing(standing: Standing) -> i16 {
    match standing {
        Standing::Requested => 1,
        Standing::Pending => 2,
        Standing::Approved => 3,
        Standing::Rejected => 4,
        Standing::Paused => 5,
        Standing::Disabled => 6,
    }
}

impl TryFrom<Row> for Registered {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |column| StoreError::Inconsistent {
            table: "whats_app_templates",
            column,
            id: row.id,
        };
        let standing = match row.state {
            1 => Standing::Requested,
            2 => Standing::Pending,
            3 => Standing::Approved,
            4 => Standing::Rejected,
            5 => Standing::Paused,
            6 => Standing::Disabled,
            _ => return Err(broken("state")),
        };
        let wording = row.wording_id.map(WordingId::from_uuid);
        Ok(Self {
            id: WhatsAppTemplateId::from_uuid(row.id),
            name: row.name,
            language: row.language,
            kind: row.kind,
            locale: Locale::parse(&row.locale).map_err(|_| broken("locale"))?,
            register: read_register(row.register).ok_or_else(|| broken("register"))?,
            clinic: row.clinic_id.map(ClinicId::from_uuid),
            wording: wording.map(|id| (id, row.wording_version)),
            body: row.body,
            parameters: row.parameters,
            requested: read_category(row.requested_category)
                .ok_or_else(|| broken("requested_category"))?,
            actual: read_category(row.actual_category),
            standing,
            reason: row.reason,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

fn one(row: Option<Row>) -> Result<Option<Registered>, Error> {
    Ok(row.map(Registered::try_from).transpose()?)
}

impl Tx {
    /// One template.
    pub(crate) async fn registered(
        &mut self,
        id: WhatsAppTemplateId,
    ) -> Result<Option<Registered>, Error> {
        let organization = self.organization_uuid();
        let row = select!(
            "WHERE organization_id = $1 AND id = $2",
            organization,
            id.uuid()
        )
        .fetch_optional(self.conn())
        .await?;
        one(row)
    }

    /// The template of a name, kept from others' changes until the transaction ends.
    pub(crate) async fn registered_as(
        &mut self,
        name: &str,
        language: &str,
    ) -> Result<Option<Registered>, Error> {
        let organization = self.organization_uuid();
        let row = select!(
            "WHERE organization_id = $1 AND name = $2 AND language = $3 FOR UPDATE",
            organization,
            name,
            language
        )
        .fetch_optional(self.conn())
        .await?;
        one(row)
    }

    /// What is registered of a wording's place.
    pub(crate) async fn registered_for(
        &mut self,
        kind: &str,
        place: Place,
        wording: Option<(WordingId, i32)>,
    ) -> Result<Option<Registered>, Error> {
        let name = crate::domain::whats_app::name(kind, place.locale, place.register, wording);
        let organization = self.organization_uuid();
        let row = select!(
            "WHERE organization_id = $1 AND name = $2 AND language = $3",
            organization,
            name,
            crate::domain::phrasebook::whats_app_language(place.locale)
        )
        .fetch_optional(self.conn())
        .await?;
        one(row)
    }

    /// Templates behind one, by id, of the clinics given and of the chain.
    pub(crate) async fn all_registered(
        &mut self,
        standing: Option<Standing>,
        clinics: Option<Vec<Uuid>>,
        after: Uuid,
        limit: i64,
    ) -> Result<Vec<Registered>, Error> {
        let organization = self.organization_uuid();
        let rows = select!(
            "WHERE organization_id = $1 AND id > $2 AND ($3::smallint IS NULL OR state = $3)
               AND ($4::uuid[] IS NULL OR clinic_id IS NULL OR clinic_id = ANY($4))
             ORDER BY id LIMIT $5",
            organization,
            after,
            standing.map(stored_standing),
            clinics.as_deref(),
            limit
        )
        .fetch_all(self.conn())
        .await?;
        let templates = rows.into_iter().map(Registered::try_from);
        Ok(templates.collect::<Result<_, _>>()?)
    }

    /// Writes a new template.
    pub(crate) async fn insert_registered(&mut self, template: &Registered) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO whats_app_templates (organization_id, id, name, language, kind, locale, register, clinic_id,
                                              wording_id, wording_version, body, parameters, requested_category,
                                              actual_category, state, reason, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
            organization,
            template.id.uuid(),
            template.name,
            template.language,
            template.kind,
            template.locale.tag(),
            stored_register(template.register),
            template.clinic.map(ClinicId::uuid),
            template.wording.map(|(id, _)| id.uuid()),
            template.wording.map_or(0, |(_, version)| version),
            template.body,
            &template.parameters,
            stored_category(Some(template.requested)),
            stored_category(template.actual),
            stored_standing(template.standing),
            template.reason,
            template.created_at,
            template.updated_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Writes what WhatsApp said of a template that is locked.
    pub(crate) async fn update_registered(&mut self, template: &Registered) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "UPDATE whats_app_templates SET actual_category = $3, state = $4, reason = $5, updated_at = $6
             WHERE organization_id = $1 AND id = $2",
            organization,
            template.id.uuid(),
            stored_category(template.actual),
            stored_standing(template.standing),
            template.reason,
            template.updated_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
