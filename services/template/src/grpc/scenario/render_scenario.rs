//! RenderScenario.

use super::super::Api;
use super::asked::{Filler, Wanted};
use crate::domain::Key;
use crate::domain::phrasebook::Locale;
use crate::domain::scenario::{Spot, built_in};
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, all};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::RenderScenarioRequest,
) -> Result<pb::RenderScenarioResponse, Error> {
    let mut fields = Fields::new();
    let intent = fields.take("intent", Key::parse(&request.intent));
    let service = fields.take("service", Key::optional(&request.service));
    let sent = Wanted {
        clinic_id: request.clinic_id,
        register: request.register,
        variables: request.variables,
        sent_before: request.sent_before,
        local_time: request.local_time,
    };
    let given = sent.read(&mut fields);
    let (intent, service, given) = all!(fields, intent, service, given)?;
    let locale = Locale::nearest(&request.locale);
    let spot = |service| Spot {
        locale,
        intent: intent.clone(),
        service,
    };
    // The scenario of the service, else the one of any service.
    let spots = match &service {
        Some(one) => vec![spot(Some(one.clone())), spot(None)],
        None => vec![spot(None)],
    };

    let mut tx = api.begin(call).await?;
    let own = tx.scenarios_at(&spots, given.clinic).await?;
    let scenario = spots.iter().find_map(|spot| {
        let own = own.iter().find(|scenario| scenario.spot == *spot);
        own.or_else(|| built_in(spot).map(|entry| &entry.scenario))
    });
    let scenario = scenario.ok_or(Error::ScenarioNotFound)?;
    let mut filler = Filler::new(&mut tx, &given, api.base.clock.now());
    let suggestion = filler.fill(scenario, 0.0, service.as_ref()).await?;
    tx.commit().await?;
    Ok(pb::RenderScenarioResponse {
        suggestion: Some(suggestion),
    })
}
