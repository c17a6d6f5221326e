//! SearchScenarios. What the patient wrote is neither kept nor logged.

use super::super::Api;
use super::asked::{Asked, Filler, Wanted};
use crate::domain::Key;
use crate::domain::phrasebook::Locale;
use crate::domain::scenario::{Query, Scenario, Spot, asked, built_in, built_ins, fit};
use crate::error::Error;
use crate::store::Tx;
use bitewing_proto::template as pb;
use bitewing_rpc::field::FieldError;
use bitewing_rpc::{Call, Fields, all};
use std::collections::HashMap;

/// Characters of what a patient wrote.
const MAX_TEXT: usize = 2_000;
const MAX_INTENTS: usize = 20;
const MAX_LIMIT: i32 = 50;
const DEFAULT_LIMIT: usize = 5;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::SearchScenariosRequest,
) -> Result<pb::SearchScenariosResponse, Error> {
    let mut fields = Fields::new();
    let text = fields.take("text", text(&request.text));
    let limit = fields.take("limit", limit(request.limit));
    let service = fields.take("service", Key::optional(&request.service));
    if request.intents.len() > MAX_INTENTS {
        fields.note("intents", FieldError::TooMany(MAX_INTENTS));
    }
    for (index, intent) in request.intents.iter().take(MAX_INTENTS).enumerate() {
        fields.take(format!("intents[{index}]"), Key::parse(intent));
    }
    let sent = Wanted {
        clinic_id: request.clinic_id,
        register: request.register,
        variables: request.variables,
        sent_before: request.sent_before,
        local_time: request.local_time,
    };
    let given = sent.read(&mut fields);
    let (text, limit, service, given) = all!(fields, text, limit, service, given)?;
    let query = query(text, &request.locale, service);
    let intents = Some(request.intents.as_slice()).filter(|intents| !intents.is_empty());

    let mut tx = api.begin(call).await?;
    let found = search(&mut tx, &query, &given, intents, limit).await?;
    let mut filler = Filler::new(&mut tx, &given, api.base.clock.now());
    let mut suggestions = Vec::with_capacity(found.len());
    for (score, scenario) in found {
        suggestions.push(
            filler
                .fill(&scenario, score, query.service.as_ref())
                .await?,
        );
    }
    tx.commit().await?;
    Ok(pb::SearchScenariosResponse { suggestions })
}

fn text(text: &str) -> Result<&str, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        Err(FieldError::Required)
    } else if text.chars().nth(MAX_TEXT).is_some() {
        Err(FieldError::Length {
            min: 1,
            max: MAX_TEXT,
        })
    } else {
        Ok(text)
    }
}

fn limit(limit: i32) -> Result<usize, &'static str> {
    match limit {
        0 => Ok(DEFAULT_LIMIT),
        1..=MAX_LIMIT => usize::try_from(limit).map_err(|_| "must be 0 to 50"),
        _ => Err("must be 0 to 50"),
    }
}

/// The text in the nearest locale; without a locale, in the one whose scenarios it fits best.
fn query(text: &str, locale: &str, service: Option<Key>) -> Query {
    if !locale.is_empty() {
        return asked(text, Locale::nearest(locale), service);
    }
    let best = |query: &Query| {
        let fits = built_ins(query.locale).iter();
        let fits = fits.map(|entry| fit(query, &entry.scenario.spot, &entry.examples));
        fits.fold(0.0, f32::max)
    };
    // Of two that fit as well, the first one.
    Locale::ALL
        .into_iter()
        .rev()
        .map(|locale| {
            let query = asked(text, locale, service.clone());
            (best(&query), query)
        })
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map_or_else(
            || asked(text, Locale::En, service.clone()),
            |(_, query)| query,
        )
}

/// The spots that fit best, by own scenarios and by those of the library, with what is in force there.
async fn search(
    tx: &mut Tx,
    query: &Query,
    given: &Asked,
    intents: Option<&[String]>,
    limit: usize,
) -> Result<Vec<(f32, Scenario)>, Error> {
    let like = tx.scenarios_like(query, given.clinic, intents).await?;
    let own = tx.scenarios_named(&like).await?;
    let own = own
        .into_iter()
        .map(|scenario| (scenario.fits(query), scenario.spot));
    let wanted = |spot: &Spot| {
        intents.is_none_or(|intents| intents.iter().any(|intent| intent == spot.intent.as_str()))
    };
    let in_library = built_ins(query.locale)
        .iter()
        .filter(|entry| wanted(&entry.scenario.spot))
        .map(|entry| {
            let spot = entry.scenario.spot.clone();
            (fit(query, &spot, &entry.examples), spot)
        });
    let mut scores: HashMap<Spot, f32> = HashMap::new();
    for (score, spot) in own.chain(in_library).filter(|(score, _)| *score > 0.0) {
        let best = scores.entry(spot).or_default();
        *best = best.max(score);
    }
    let mut best: Vec<(Spot, f32)> = scores.into_iter().collect();
    best.sort_by(|(spot, score), (other, other_score)| {
        other_score.total_cmp(score).then_with(|| spot.cmp(other))
    });
    best.truncate(limit);
    let spots: Vec<Spot> = best.iter().map(|(spot, _)| spot.clone()).collect();
    let mut in_force: HashMap<Spot, Scenario> = tx
        .scenarios_at(&spots, given.clinic)
        .await?
        .into_iter()
        .map(|scenario| (scenario.spot.clone(), scenario))
        .collect();
    let scenario = |(spot, score): (Spot, f32)| {
        let own = in_force.remove(&spot);
        let scenario = own.or_else(|| built_in(&spot).map(|entry| entry.scenario.clone()))?;
        Some((score, scenario))
    };
    Ok(best.into_iter().filter_map(scenario).collect())
}
