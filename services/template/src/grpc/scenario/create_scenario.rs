//! CreateScenario.

use super::super::{Api, owner};
use super::{note, read};
use crate::domain::scenario::{Owned, Scenario};
use crate::error::Error;
use bitewing_core::ScenarioId;
use bitewing_proto::template as pb;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Call, Fields, Violation, all};
use bitewing_runtime::Once;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::CreateScenarioRequest,
) -> Result<pb::CreateScenarioResponse, Error> {
    let mut fields = Fields::new();
    let id = fields.take("request_id", field::request_id(&request.request_id));
    let sent = request.scenario.as_ref();
    let sent = fields.take("scenario", sent.ok_or(FieldError::Required));
    let spot = sent.and_then(|sent| read::spot(&mut fields, sent));
    let clinic = sent
        .and_then(|sent| fields.take("scenario.clinic_id", field::optional_id(&sent.clinic_id)));
    let (id, spot, clinic) = all!(fields, id, spot, clinic)?;
    owner::check(call, clinic, "scenario.clinic_id")?;
    let once = Once::new(call, "CreateScenario", id, &request);
    let sent = request
        .scenario
        .ok_or_else(|| vec![Violation::new("scenario", FieldError::Required)])?;
    let content = read::content(sent)?;

    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    let now = api.base.clock.now();
    let owned = Owned {
        id: ScenarioId::from_uuid(api.base.ids.next()),
        clinic,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let scenario = Scenario {
        spot,
        content,
        owned: Some(owned.clone()),
    };
    tx.insert_scenario(&scenario, &owned).await?;
    tx.index_scenario(&scenario, &owned).await?;
    note::run(&mut tx, call, "scenario.created", (&scenario, &owned)).await?;
    let answer = pb::CreateScenarioResponse {
        scenario: Some((&scenario).into()),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}
