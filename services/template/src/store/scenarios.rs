//! Chains' own scenarios.

use super::Tx;
use crate::domain::Key;
use crate::domain::phrasebook::{Locale, Register};
use crate::domain::scenario::{Answer, Content, Owned, Scenario, Spot};
use crate::error::Error;
use bitewing_core::{ClinicId, ScenarioId};
use bitewing_store::StoreError;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

struct Row {
    id: Uuid,
    clinic_id: Option<Uuid>,
    intent: String,
    service: String,
    locale: String,
    title: String,
    content: Value,
    version: i32,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

fn written(content: &Content) -> Value {
    let answer =
        |answer: &Answer| json!({ "register": answer.register.name(), "body": answer.body });
    json!({
        "examples": content.examples,
        "answers": content.answers.iter().map(answer).collect::<Vec<_>>(),
        "steps": content.steps,
    })
}

fn read(title: String, content: &Value) -> Option<Content> {
    let answer = |answer: &Value| {
        let register = answer["register"].as_str()?;
        Some(Answer {
            register: Register::ALL
                .into_iter()
                .find(|known| known.name() == register)?,
            body: answer["body"].as_str()?.to_owned(),
        })
    };
    let answers = content["answers"].as_array()?;
    Some(Content {
        title,
        examples: serde_json::from_value(content["examples"].clone()).ok()?,
        answers: answers.iter().map(answer).collect::<Option<_>>()?,
        steps: serde_json::from_value(content["steps"].clone()).ok()?,
    })
}

impl TryFrom<Row> for Scenario {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |column| StoreError::Inconsistent {
            table: "scenarios",
            column,
            id: row.id,
        };
        Ok(Self {
            spot: Spot {
                locale: Locale::parse(&row.locale).map_err(|_| broken("locale"))?,
                intent: Key::parse(&row.intent).map_err(|_| broken("intent"))?,
                service: Key::optional(&row.service).map_err(|_| broken("service"))?,
            },
            content: read(row.title, &row.content).ok_or_else(|| broken("content"))?,
            owned: Some(Owned {
                id: ScenarioId::from_uuid(row.id),
                clinic: row.clinic_id.map(ClinicId::from_uuid),
                version: row.version,
                created_at: row.created_at,
                updated_at: row.updated_at,
            }),
        })
    }
}

fn all(rows: Vec<Row>) -> Result<Vec<Scenario>, Error> {
    Ok(rows
        .into_iter()
        .map(Scenario::try_from)
        .collect::<Result<_, _>>()?)
}

/// Which own scenarios a list holds: those in force for a clinic, or for the chain.
pub(crate) struct ScenarioList<'a> {
    pub(crate) clinic: Option<ClinicId>,
    pub(crate) locale: Option<Locale>,
    pub(crate) intent: Option<&'a Key>,
    /// Behind this locale, intent and service.
    pub(crate) after: Option<(String, String, String)>,
    pub(crate) most: i64,
}

impl Tx {
    /// One scenario the caller sees; `lock` keeps others from changing it meanwhile.
    pub(crate) async fn scenario(
        &mut self,
        id: ScenarioId,
        clinics: Option<&[Uuid]>,
        lock: bool,
    ) -> Result<Option<Scenario>, Error> {
        let organization = self.organization_uuid();
        if lock {
            sqlx::query!(
                "SELECT id FROM scenarios WHERE organization_id = $1 AND id = $2 FOR UPDATE",
                organization,
                id.uuid()
            )
            .fetch_optional(self.conn())
            .await?;
        }
        let row = sqlx::query_as!(
            Row,
            "SELECT id, clinic_id, intent, service, locale, title, content, version, created_at, updated_at
             FROM scenarios
             WHERE organization_id = $1 AND id = $2
               AND (clinic_id IS NULL OR $3::uuid[] IS NULL OR clinic_id = ANY($3))",
            organization,
            id.uuid(),
            clinics as Option<&[Uuid]>
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Scenario::try_from).transpose()?)
    }

    /// Scenarios by their identifiers.
    pub(crate) async fn scenarios_named(
        &mut self,
        ids: &[ScenarioId],
    ) -> Result<Vec<Scenario>, Error> {
        let organization = self.organization_uuid();
        let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, clinic_id, intent, service, locale, title, content, version, created_at, updated_at
             FROM scenarios WHERE organization_id = $1 AND id = ANY($2)",
            organization,
            &ids
        )
        .fetch_all(self.conn())
        .await?;
        all(rows)
    }

    /// What is in force in spots: the clinic's scenario, else the chain's.
    pub(crate) async fn scenarios_at(
        &mut self,
        spots: &[Spot],
        clinic: Option<ClinicId>,
    ) -> Result<Vec<Scenario>, Error> {
        let organization = self.organization_uuid();
        let text = |part: fn(&Spot) -> &str| -> Vec<String> {
            spots.iter().map(|spot| part(spot).to_owned()).collect()
        };
        let rows = sqlx::query_as!(
            Row,
            "SELECT DISTINCT ON (s.locale, s.intent, s.service)
                    s.id, s.clinic_id, s.intent, s.service, s.locale, s.title, s.content, s.version, s.created_at,
                    s.updated_at
             FROM unnest($2::text[], $3::text[], $4::text[]) AS spot (locale, intent, service)
             JOIN scenarios s ON s.organization_id = $1 AND s.locale = spot.locale AND s.intent = spot.intent
                             AND s.service = spot.service
             WHERE s.clinic_id IS NULL OR s.clinic_id = $5
             ORDER BY s.locale, s.intent, s.service, s.clinic_id NULLS LAST",
            organization,
            &text(|spot| spot.locale.tag()),
            &text(|spot| spot.intent.as_str()),
            &text(Spot::service_text),
            clinic.map(ClinicId::uuid)
        )
        .fetch_all(self.conn())
        .await?;
        all(rows)
    }

    /// Own scenarios in force, by locale, intent and service.
    pub(crate) async fn scenarios(
        &mut self,
        list: ScenarioList<'_>,
    ) -> Result<Vec<Scenario>, Error> {
        let organization = self.organization_uuid();
        let (locale, intent, service) = match list.after {
            Some((locale, intent, service)) => (Some(locale), Some(intent), Some(service)),
            None => (None, None, None),
        };
        let rows = sqlx::query_as!(
            Row,
            "SELECT DISTINCT ON (locale, intent, service)
                    id, clinic_id, intent, service, locale, title, content, version, created_at, updated_at
             FROM scenarios
             WHERE organization_id = $1 AND (clinic_id IS NULL OR clinic_id = $2)
               AND ($3::text IS NULL OR locale = $3) AND ($4::text IS NULL OR intent = $4)
               AND ($5::text IS NULL OR (locale, intent, service) > ($5, $6, $7))
             ORDER BY locale, intent, service, clinic_id NULLS LAST LIMIT $8",
            organization,
            list.clinic.map(ClinicId::uuid),
            list.locale.map(Locale::tag),
            list.intent.map(Key::as_str),
            locale,
            intent,
            service,
            list.most
        )
        .fetch_all(self.conn())
        .await?;
        all(rows)
    }

    /// Writes a new scenario.
    pub(crate) async fn insert_scenario(
        &mut self,
        scenario: &Scenario,
        owned: &Owned,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO scenarios (organization_id, id, clinic_id, intent, service, locale, title, content, version,
                                    created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            organization,
            owned.id.uuid(),
            owned.clinic.map(ClinicId::uuid),
            scenario.spot.intent.as_str(),
            scenario.spot.service_text(),
            scenario.spot.locale.tag(),
            scenario.content.title,
            written(&scenario.content),
            owned.version,
            owned.created_at,
            owned.updated_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Writes a changed scenario over the version it was read at.
    pub(crate) async fn update_scenario(
        &mut self,
        scenario: &Scenario,
        owned: &Owned,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let written = sqlx::query!(
            "UPDATE scenarios SET title = $3, content = $4, version = $5, updated_at = $6
             WHERE organization_id = $1 AND id = $2 AND version = $5 - 1",
            organization,
            owned.id.uuid(),
            scenario.content.title,
            written(&scenario.content),
            owned.version,
            owned.updated_at
        )
        .execute(self.conn())
        .await?;
        if written.rows_affected() == 1 {
            Ok(())
        } else {
            Err(Error::Conflict)
        }
    }

    /// Deletes a scenario with its words.
    pub(crate) async fn delete_scenario(&mut self, id: ScenarioId) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM scenarios WHERE organization_id = $1 AND id = $2",
            organization,
            id.uuid()
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
