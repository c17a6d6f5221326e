//! What the page asks: who writes, what is on; and that it be otherwise.

use super::holder::Holder;
use super::refuse;
use super::state::{Switches, channel_name, purpose_name, stopped};
use crate::domain::consent::{Basis, ConsentSource, Purposes};
use crate::domain::guide::channels::serves;
use crate::domain::{ContactChannel, HERE};
use crate::error::Error;
use crate::grpc::consent::judge::Subject;
use crate::grpc::consent::say::{Said, say};
use crate::grpc::{Api, note};
use crate::store::{LinkPurpose, Tx};
use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::response::Response;
use bitewing_core::Language;
use bitewing_rpc::Violation;
use bitewing_rpc::call::Arrival;
use bitewing_runtime::audit;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::HashMap;

/// The page's requests are a few hundred bytes.
const MAX_BODY: usize = 4 * 1024;

/// What the page says; a new wording is a new version, so that a consent names what was read.
const WORDING: &str = "preferences-1";

#[derive(Deserialize)]
struct OpenRequest {
    token: String,
}

#[derive(Deserialize)]
struct SaveRequest {
    token: String,
    language: String,
    #[serde(default)]
    channels: HashMap<String, bool>,
    #[serde(default)]
    purposes: HashMap<String, bool>,
    #[serde(default)]
    preferred: String,
}

pub(super) async fn open(
    State(api): State<Api>,
    Extension(arrival): Extension<Arrival>,
    body: Body,
) -> Response {
    let answered = async {
        let request: OpenRequest = read(body).await?;
        let (mut tx, holder) =
            Holder::find(&api, &arrival, &request.token, LinkPurpose::Page).await?;
        let shown = show(&api, &mut tx, &holder).await?;
        let line = audit::entry(
            &holder.call,
            "preferences.read",
            holder.patient.id,
            Some(holder.patient.profile.clinic),
            json!({}),
        );
        tx.audit(line).await?;
        tx.commit().await?;
        Ok(shown)
    };
    answer(&arrival, answered.await)
}

pub(super) async fn save(
    State(api): State<Api>,
    Extension(arrival): Extension<Arrival>,
    body: Body,
) -> Response {
    let answered = async {
        let request: SaveRequest = read(body).await?;
        let (mut tx, mut holder) =
            Holder::find(&api, &arrival, &request.token, LinkPurpose::Page).await?;
        change(&api, &mut tx, &mut holder, &request).await?;
        let shown = show(&api, &mut tx, &holder).await?;
        tx.commit().await?;
        Ok(shown)
    };
    answer(&arrival, answered.await)
}

/// What the page shows.
async fn show(api: &Api, tx: &mut Tx, holder: &Holder) -> Result<Value, Error> {
    let (call, patient) = (&holder.call, &holder.patient);
    let profile = &patient.profile;
    let subject = Subject::of(api, tx, call.organization(), patient).await?;
    let switches = Switches::of(&subject, patient, api.base.clock.now());
    let clinic = tx.clinic_card(profile.clinic).await?;
    let language = match profile.language {
        Some(language) => language,
        None => tx.settings().await?.default_language,
    };
    let first = profile.preferred_channels.iter().find(|preferred| {
        let reachable = switches.channels.iter();
        reachable.clone().any(|(channel, _)| channel == *preferred)
    });
    Ok(json!({
        "clinic_name": clinic.display_name,
        "clinic_phone": clinic.phone,
        "language": language.tag(),
        "silent": profile.do_not_contact,
        "channels": switches.channels.iter().map(|(channel, on)| {
            json!({ "channel": channel_name(*channel), "on": on })
        }).collect::<Vec<_>>(),
        "purposes": switches.purposes.iter().map(|(purpose, on)| {
            json!({ "purpose": purpose_name(*purpose), "on": on })
        }).collect::<Vec<_>>(),
        "preferred": first.map(|channel| channel_name(*channel)),
    }))
}

/// Writes down what is otherwise than it was.
async fn change(
    api: &Api,
    tx: &mut Tx,
    holder: &mut Holder,
    request: &SaveRequest,
) -> Result<(), Error> {
    let language: Language = request
        .language
        .parse()
        .map_err(|error| vec![Violation::new("language", error)])?;
    let now = api.base.clock.now();
    let organization = holder.call.organization();
    let subject = Subject::of(api, tx, organization, &holder.patient).await?;
    let switches = Switches::of(&subject, &holder.patient, now);
    let known = |field: &'static str, names: &HashMap<String, bool>, shown: &[&'static str]| {
        if names.keys().all(|name| shown.contains(&name.as_str())) {
            Ok(())
        } else {
            Err(vec![Violation::new(field, "must be those the page shows")])
        }
    };
    let channels: Vec<_> = switches
        .channels
        .iter()
        .map(|(one, _)| channel_name(*one))
        .collect();
    let purposes: Vec<_> = switches
        .purposes
        .iter()
        .map(|(one, _)| purpose_name(*one))
        .collect();
    known("channels", &request.channels, &channels)?;
    known("purposes", &request.purposes, &purposes)?;
    if !request.preferred.is_empty() && !channels.contains(&request.preferred.as_str()) {
        let wrong = "must be one the page shows";
        return Err(vec![Violation::new("preferred", wrong)].into());
    }
    let said = |granted, purposes, channel| Said {
        granted,
        purposes,
        channel,
        basis: granted.then_some(Basis::Express),
        wording: format!("{WORDING}/{}", language.tag()),
        source: ConsentSource::PreferenceCentre,
        occurred_at: now,
    };
    let mut opened: Vec<ContactChannel> = Vec::new();
    for (channel, was) in &switches.channels {
        let Some(on) = request.channels.get(channel_name(*channel)) else {
            continue;
        };
        if on == was {
            continue;
        }
        let about = (Some(&holder.patient), None);
        say(
            api,
            &holder.call,
            tx,
            about,
            said(*on, Purposes::All, Some(*channel)),
        )
        .await?;
        if *on {
            opened.push(*channel);
            // An address at which everything was stopped is opened by name, or it stays stopped.
            let stopped = stopped(&subject, &holder.patient, *channel, now);
            let points = holder.patient.contact_points.iter().filter(|point| {
                serves(point, *channel)
                    && stopped.contains(&api.hash_address(organization, &point.address))
            });
            for point in points {
                let about = (Some(&holder.patient), Some(&point.address));
                say(
                    api,
                    &holder.call,
                    tx,
                    about,
                    said(true, Purposes::All, Some(*channel)),
                )
                .await?;
            }
        }
    }
    for (purpose, was) in &switches.purposes {
        let on = request.purposes.get(purpose_name(*purpose)).unwrap_or(was);
        if on != was {
            let about = (Some(&holder.patient), None);
            say(api, &holder.call, tx, about, said(*on, *purpose, None)).await?;
        }
    }
    let first = switches
        .channels
        .iter()
        .find(|(channel, _)| channel_name(*channel) == request.preferred)
        .map(|(channel, _)| *channel);
    let actor = note::actor(&holder.call);
    let stamp = api.stamp(&actor, HERE);
    if let Some(change) = holder.patient.choose_channels(first, &opened, &stamp) {
        tx.update_patients(&[(&holder.patient, &change)]).await?;
        let details = json!({ "fields": change.names() });
        note::tell(
            tx,
            &holder.call,
            "patient.updated",
            &holder.patient,
            details,
        )
        .await?;
    }
    Ok(())
}

async fn read<T: DeserializeOwned>(body: Body) -> Result<T, Error> {
    let unread = || {
        let wrong = "must be a small JSON object of the page's making";
        vec![Violation::new("body", wrong)]
    };
    let bytes = to_bytes(body, MAX_BODY).await.map_err(|_| unread())?;
    Ok(serde_json::from_slice(&bytes).map_err(|_| unread())?)
}

fn answer(arrival: &Arrival, answered: Result<Value, Error>) -> Response {
    match answered {
        Ok(body) => {
            let mut response = Response::new(Body::from(body.to_string()));
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(CONTENT_TYPE, json);
            response
        }
        Err(error) => refuse(error, &arrival.request_id),
    }
}
