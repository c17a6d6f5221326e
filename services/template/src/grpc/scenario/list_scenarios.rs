//! ListScenarios: own scenarios and those of the library in one order, an own one in place of the library's.

use super::super::Api;
use crate::domain::Key;
use crate::domain::phrasebook::Locale;
use crate::domain::scenario::{Scenario, built_ins};
use crate::error::Error;
use crate::store::ScenarioList;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use std::collections::BTreeMap;

/// Where a scenario stands in the list: the texts of locale, intent and service.
type Place = (String, String, String);

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListScenariosRequest,
) -> Result<pb::ListScenariosResponse, Error> {
    let list = Filter::of("ListScenarios", call.organization())
        .with(&request.clinic_id)
        .with(&request.locale)
        .with(&request.intent);
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let after = api.base.page_tokens.read_bytes(&request.page_token, &list);
    let after = fields.take("page_token", after);
    let clinic = fields.take("clinic_id", field::optional_id(&request.clinic_id));
    let locale = Some(request.locale.as_str()).filter(|tag| !tag.is_empty());
    let locale = fields.take("locale", locale.map(Locale::parse).transpose());
    let intent = fields.take("intent", Key::optional(&request.intent));
    let (size, after, clinic, locale, intent) = all!(fields, size, after, clinic, locale, intent)?;
    let after: Option<Place> = after.as_deref().and_then(read);

    let mut tx = api.begin(call).await?;
    let own = tx
        .scenarios(ScenarioList {
            clinic,
            locale,
            intent: intent.as_ref(),
            after: after.clone(),
            most: size.probe(),
        })
        .await?;
    tx.commit().await?;
    let in_library = Locale::ALL
        .into_iter()
        .filter(|one| locale.is_none_or(|wanted| wanted == *one))
        .flat_map(built_ins)
        .map(|entry| &entry.scenario)
        .filter(|scenario| {
            intent
                .as_ref()
                .is_none_or(|wanted| *wanted == scenario.spot.intent)
        });
    let mut listed: BTreeMap<Place, Scenario> = in_library
        .map(|scenario| (place(scenario), scenario.clone()))
        .collect();
    listed.extend(own.into_iter().map(|scenario| (place(&scenario), scenario)));
    let mut page: Vec<_> = listed
        .into_iter()
        .filter(|(place, _)| after.as_ref().is_none_or(|after| place > after))
        .take(size.rows() + 1)
        .collect();
    let more = page.len() > size.rows();
    page.truncate(size.rows());
    let next = page
        .last()
        .filter(|_| more)
        .map(|((locale, intent, service), _)| {
            let key = [locale.as_str(), intent, service].join("\n");
            api.base.page_tokens.write_bytes(key.as_bytes(), &list)
        });
    Ok(pb::ListScenariosResponse {
        scenarios: page.iter().map(|(_, scenario)| scenario.into()).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}

fn place(scenario: &Scenario) -> Place {
    let spot = &scenario.spot;
    (
        spot.locale.tag().to_owned(),
        spot.intent.to_string(),
        spot.service_text().to_owned(),
    )
}

fn read(bytes: &[u8]) -> Option<Place> {
    let mut parts = std::str::from_utf8(bytes)
        .ok()?
        .split('\n')
        .map(str::to_owned);
    Some((parts.next()?, parts.next()?, parts.next()?))
}
