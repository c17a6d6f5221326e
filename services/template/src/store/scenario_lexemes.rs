//! The words chains' own scenarios are found by.

use super::Tx;
use crate::domain::scenario::{Owned, Query, Scenario, lexemes};
use crate::error::Error;
use bitewing_core::{ClinicId, ScenarioId};
use uuid::Uuid;

/// Scenarios that are looked at more closely.
const CANDIDATES: i64 = 40;

impl Tx {
    /// Writes the words of a scenario, in place of those it had.
    pub(crate) async fn index_scenario(
        &mut self,
        scenario: &Scenario,
        owned: &Owned,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM scenario_lexemes WHERE organization_id = $1 AND scenario_id = $2",
            organization,
            owned.id.uuid()
        )
        .execute(self.conn())
        .await?;
        let (lexemes, weights): (Vec<String>, Vec<f32>) =
            scenario.content.index(&scenario.spot).into_iter().unzip();
        sqlx::query!(
            "INSERT INTO scenario_lexemes (organization_id, locale, lexeme, scenario_id, clinic_id, intent, weight)
             SELECT $1, $2, word.lexeme, $3, $4, $5, word.weight
             FROM unnest($6::text[], $7::real[]) AS word (lexeme, weight)",
            organization,
            scenario.spot.locale.tag(),
            owned.id.uuid(),
            owned.clinic.map(ClinicId::uuid),
            scenario.spot.intent.as_str(),
            &lexemes,
            &weights
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// The scenarios that hold most of what a text says, for a clinic or for the chain.
    pub(crate) async fn scenarios_like(
        &mut self,
        query: &Query,
        clinic: Option<ClinicId>,
        intents: Option<&[String]>,
    ) -> Result<Vec<ScenarioId>, Error> {
        let organization = self.organization_uuid();
        let (mut asked, mut places, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for (place, (word, weight)) in query.words.iter().enumerate() {
            for lexeme in lexemes(word) {
                asked.push(lexeme.to_owned());
                places.push(place as i32);
                weights.push(*weight);
            }
        }
        let ids: Vec<Uuid> = sqlx::query_scalar!(
            r#"SELECT scenario_id AS "scenario_id!" FROM (
                   SELECT l.scenario_id, word.place, max(word.weight * l.weight) AS best
                   FROM unnest($3::text[], $4::int[], $5::real[]) AS word (lexeme, place, weight)
                   JOIN scenario_lexemes l
                     ON l.organization_id = $1 AND l.locale = $2 AND l.lexeme = word.lexeme COLLATE "C"
                   WHERE (l.clinic_id IS NULL OR l.clinic_id = $6) AND ($7::text[] IS NULL OR l.intent = ANY($7))
                   GROUP BY l.scenario_id, word.place
               ) AS held
               GROUP BY scenario_id ORDER BY sum(best) DESC, scenario_id LIMIT $8"#,
            organization,
            query.locale.tag(),
            &asked,
            &places,
            &weights,
            clinic.map(ClinicId::uuid),
            intents as Option<&[String]>,
            CANDIDATES
        )
        .fetch_all(self.conn())
        .await?;
        Ok(ids.into_iter().map(ScenarioId::from_uuid).collect())
    }
}
