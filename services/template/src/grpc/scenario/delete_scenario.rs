//! DeleteScenario.

use super::super::{Api, owner};
use super::{note, read};
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::DeleteScenarioRequest,
) -> Result<pb::DeleteScenarioResponse, Error> {
    let id = read::id(&request.scenario_id, "scenario_id")?;
    let clinics = call.caller.clinics.filter();
    let mut tx = api.begin(call).await?;
    let scenario = tx.scenario(id, clinics.as_deref(), true).await?;
    let scenario = scenario.ok_or(Error::ScenarioNotFound)?;
    let owned = scenario.owned.as_ref().ok_or(Error::ScenarioNotFound)?;
    owner::check(call, owned.clinic, "scenario_id")?;
    if !owned.matches(&request.etag) {
        return Err(Error::EtagMismatch);
    }
    tx.delete_scenario(id).await?;
    note::run(&mut tx, call, "scenario.deleted", (&scenario, owned)).await?;
    tx.commit().await?;
    Ok(pb::DeleteScenarioResponse {})
}
