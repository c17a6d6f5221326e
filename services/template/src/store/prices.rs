//! What services cost.

use super::Tx;
use crate::domain::Key;
use crate::domain::phrasebook::Locale;
use crate::domain::price::{Currency, Price, PriceTerms, Range, Texts};
use crate::error::Error;
use bitewing_core::{ClinicId, PageSize, PriceId};
use bitewing_store::StoreError;
use serde_json::{Value, json};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

struct Row {
    id: Uuid,
    clinic_id: Option<Uuid>,
    service: String,
    names: Value,
    conditions: Value,
    min_minor_units: i64,
    max_minor_units: i64,
    currency: String,
    valid_from: Option<Date>,
    valid_until: Date,
    version: i32,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

fn written(texts: &Texts) -> Value {
    let text = |(locale, text): (&Locale, &String)| json!({ "locale": locale.tag(), "text": text });
    texts.iter().map(text).collect()
}

fn read(texts: &Value) -> Option<Texts> {
    let text = |text: &Value| {
        let locale = Locale::parse(text["locale"].as_str()?).ok()?;
        Some((locale, text["text"].as_str()?.to_owned()))
    };
    texts.as_array()?.iter().map(text).collect()
}

impl TryFrom<Row> for Price {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |column| StoreError::Inconsistent {
            table: "prices",
            column,
            id: row.id,
        };
        let currency = Currency::parse(&row.currency).map_err(|_| broken("currency"))?;
        Ok(Self {
            id: PriceId::from_uuid(row.id),
            service: Key::parse(&row.service).map_err(|_| broken("service"))?,
            clinic: row.clinic_id.map(ClinicId::from_uuid),
            terms: PriceTerms {
                names: read(&row.names).ok_or_else(|| broken("names"))?,
                conditions: read(&row.conditions).ok_or_else(|| broken("conditions"))?,
                range: Range::new(row.min_minor_units, row.max_minor_units, currency)
                    .map_err(|_| broken("max_minor_units"))?,
                valid_from: row.valid_from,
                valid_until: row.valid_until,
            },
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// Which prices a list holds.
pub(crate) struct PriceList<'a> {
    /// `None` is no restriction; the chain's are seen by everybody.
    pub(crate) clinics: Option<Vec<Uuid>>,
    pub(crate) clinic: Option<ClinicId>,
    pub(crate) service: Option<&'a Key>,
    /// Behind this service and identifier.
    pub(crate) after: Option<(String, Uuid)>,
}

impl Tx {
    /// One price the caller sees; `lock` keeps others from changing it meanwhile.
    pub(crate) async fn price(
        &mut self,
        id: PriceId,
        clinics: Option<&[Uuid]>,
        lock: bool,
    ) -> Result<Option<Price>, Error> {
        let organization = self.organization_uuid();
        if lock {
            sqlx::query!(
                "SELECT id FROM prices WHERE organization_id = $1 AND id = $2 FOR UPDATE",
                organization,
                id.uuid()
            )
            .fetch_optional(self.conn())
            .await?;
        }
        let row = sqlx::query_as!(
            Row,
            r#"SELECT id, clinic_id, service, names, conditions, min_minor_units, max_minor_units, currency,
                      valid_from, valid_until, version, created_at, updated_at
               FROM prices
               WHERE organization_id = $1 AND id = $2
                 AND (clinic_id IS NULL OR $3::uuid[] IS NULL OR clinic_id = ANY($3))"#,
            organization,
            id.uuid(),
            clinics as Option<&[Uuid]>
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Price::try_from).transpose()?)
    }

    /// The prices of services, locked, in one order for everybody.
    pub(crate) async fn prices_of(&mut self, services: &[String]) -> Result<Vec<Price>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT id, clinic_id, service, names, conditions, min_minor_units, max_minor_units, currency,
                      valid_from, valid_until, version, created_at, updated_at
               FROM prices WHERE organization_id = $1 AND service = ANY($2)
               ORDER BY service, id FOR UPDATE"#,
            organization,
            services
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(Price::try_from)
            .collect::<Result<_, _>>()?)
    }

    /// What a clinic says a service costs: its own price, else the chain's.
    pub(crate) async fn price_said(
        &mut self,
        service: &Key,
        clinic: Option<ClinicId>,
    ) -> Result<Option<Price>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query_as!(
            Row,
            r#"SELECT id, clinic_id, service, names, conditions, min_minor_units, max_minor_units, currency,
                      valid_from, valid_until, version, created_at, updated_at
               FROM prices
               WHERE organization_id = $1 AND service = $2 AND (clinic_id IS NULL OR clinic_id = $3)
               ORDER BY clinic_id NULLS LAST LIMIT 1"#,
            organization,
            service.as_str(),
            clinic.map(ClinicId::uuid)
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Price::try_from).transpose()?)
    }

    /// Prices by service and identifier.
    pub(crate) async fn prices(
        &mut self,
        list: PriceList<'_>,
        size: PageSize,
    ) -> Result<Vec<Price>, Error> {
        let organization = self.organization_uuid();
        let (service_after, id_after) = list.after.unzip();
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT id, clinic_id, service, names, conditions, min_minor_units, max_minor_units, currency,
                      valid_from, valid_until, version, created_at, updated_at
               FROM prices
               WHERE organization_id = $1
                 AND (clinic_id IS NULL OR $2::uuid[] IS NULL OR clinic_id = ANY($2))
                 AND ($3::uuid IS NULL OR clinic_id = $3)
                 AND ($4::text IS NULL OR service = $4)
                 AND ($5::text IS NULL OR (service, id) > ($5, $6))
               ORDER BY service, id LIMIT $7"#,
            organization,
            list.clinics.as_deref() as Option<&[Uuid]>,
            list.clinic.map(ClinicId::uuid),
            list.service.map(Key::as_str),
            service_after,
            id_after,
            size.probe()
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(Price::try_from)
            .collect::<Result<_, _>>()?)
    }

    /// Writes a new price; `false` if somebody else wrote one for the service meanwhile.
    pub(crate) async fn insert_price(&mut self, price: &Price) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let terms = &price.terms;
        let currency = terms.range.currency();
        let written = sqlx::query!(
            "INSERT INTO prices (organization_id, id, clinic_id, service, names, conditions, min_minor_units,
                                 max_minor_units, currency, valid_from, valid_until, version, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
             ON CONFLICT ON CONSTRAINT prices_service DO NOTHING",
            organization,
            price.id.uuid(),
            price.clinic.map(ClinicId::uuid),
            price.service.as_str(),
            written(&terms.names),
            written(&terms.conditions),
            terms.range.min(),
            terms.range.max(),
            currency.code(),
            terms.valid_from,
            terms.valid_until,
            price.version,
            price.created_at,
            price.updated_at
        )
        .execute(self.conn())
        .await?;
        Ok(written.rows_affected() == 1)
    }

    /// Writes a changed price over the version it was read at.
    pub(crate) async fn update_price(&mut self, price: &Price) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let terms = &price.terms;
        let currency = terms.range.currency();
        let written = sqlx::query!(
            "UPDATE prices SET names = $3, conditions = $4, min_minor_units = $5, max_minor_units = $6, currency = $7,
                               valid_from = $8, valid_until = $9, version = $10, updated_at = $11
             WHERE organization_id = $1 AND id = $2 AND version = $10 - 1",
            organization,
            price.id.uuid(),
            written(&terms.names),
            written(&terms.conditions),
            terms.range.min(),
            terms.range.max(),
            currency.code(),
            terms.valid_from,
            terms.valid_until,
            price.version,
            price.updated_at
        )
        .execute(self.conn())
        .await?;
        if written.rows_affected() == 1 {
            Ok(())
        } else {
            Err(Error::Conflict)
        }
    }

    /// Deletes a price.
    pub(crate) async fn delete_price(&mut self, id: PriceId) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM prices WHERE organization_id = $1 AND id = $2",
            organization,
            id.uuid()
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
