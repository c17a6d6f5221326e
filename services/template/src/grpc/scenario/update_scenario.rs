//! UpdateScenario.

use super::super::{Api, owner};
use super::{note, read};
use crate::domain::scenario::Scenario;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Violation};
use prost_types::FieldMask;

/// The fields a caller may change.
const FIELDS: [&str; 4] = ["title", "examples", "answers", "steps"];

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::UpdateScenarioRequest,
) -> Result<pb::UpdateScenarioResponse, Error> {
    let sent = request.scenario.unwrap_or_default();
    let id = read::id(&sent.scenario_id, "scenario.scenario_id")?;
    let mask = mask(request.update_mask, &sent)?;
    let clinics = call.caller.clinics.filter();

    let mut tx = api.begin(call).await?;
    let scenario = tx.scenario(id, clinics.as_deref(), true).await?;
    let scenario = scenario.ok_or(Error::ScenarioNotFound)?;
    let mut owned = scenario.owned.clone().ok_or(Error::ScenarioNotFound)?;
    owner::check(call, owned.clinic, "scenario.scenario_id")?;
    if !owned.matches(&sent.etag) {
        return Err(Error::EtagMismatch);
    }
    let mut merged = pb::Scenario::from(&scenario);
    for field in mask {
        match field {
            "title" => merged.title.clone_from(&sent.title),
            "examples" => merged.examples.clone_from(&sent.examples),
            "answers" => merged.answers.clone_from(&sent.answers),
            _ => merged.steps.clone_from(&sent.steps),
        }
    }
    let content = read::content(merged)?;
    if content == scenario.content {
        return Ok(pb::UpdateScenarioResponse {
            scenario: Some((&scenario).into()),
        });
    }
    owned.version += 1;
    owned.updated_at = api.base.clock.now();
    let changed = Scenario {
        spot: scenario.spot,
        content,
        owned: Some(owned.clone()),
    };
    tx.update_scenario(&changed, &owned).await?;
    tx.index_scenario(&changed, &owned).await?;
    note::run(&mut tx, call, "scenario.updated", (&changed, &owned)).await?;
    tx.commit().await?;
    Ok(pb::UpdateScenarioResponse {
        scenario: Some((&changed).into()),
    })
}

/// The fields to change: those named, all for `*`, those that are set where nothing is named.
fn mask(mask: Option<FieldMask>, sent: &pb::Scenario) -> Result<Vec<&'static str>, Vec<Violation>> {
    let paths = mask.map(|mask| mask.paths).unwrap_or_default();
    if paths.is_empty() {
        let set = [
            !sent.title.is_empty(),
            !sent.examples.is_empty(),
            !sent.answers.is_empty(),
            !sent.steps.is_empty(),
        ];
        let fields = FIELDS.into_iter().zip(set);
        return Ok(fields
            .filter(|(_, set)| *set)
            .map(|(field, _)| field)
            .collect());
    }
    if paths == ["*"] {
        return Ok(FIELDS.to_vec());
    }
    let known = |(index, path): (usize, &String)| {
        FIELDS
            .into_iter()
            .find(|field| field == path)
            .ok_or_else(|| {
                let field = format!("update_mask.paths[{index}]");
                vec![Violation::new(
                    field,
                    "must be title, examples, answers or steps",
                )]
            })
    };
    paths.iter().enumerate().map(known).collect()
}
