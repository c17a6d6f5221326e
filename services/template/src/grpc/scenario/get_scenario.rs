//! GetScenario.

use super::super::Api;
use super::read;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::GetScenarioRequest,
) -> Result<pb::GetScenarioResponse, Error> {
    let id = read::id(&request.scenario_id, "scenario_id")?;
    let clinics = call.caller.clinics.filter();
    let mut tx = api.begin(call).await?;
    let scenario = tx.scenario(id, clinics.as_deref(), false).await?;
    tx.commit().await?;
    let scenario = scenario.ok_or(Error::ScenarioNotFound)?;
    Ok(pb::GetScenarioResponse {
        scenario: Some((&scenario).into()),
    })
}
