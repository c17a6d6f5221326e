//! RenderBatch: what is said is read once, with the first message; a person after that costs no database.

use super::super::Api;
use super::{read, said};
use crate::domain::phrasebook::{Given, Locale, Medium, Moment, Occasion, Place, fill};
use crate::domain::review::Version;
use crate::error::Error;
use bitewing_core::ClinicId;
use bitewing_proto::template as pb;
use bitewing_proto::template::render_batch_request::Message;
use bitewing_rpc::call::Arrival;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Call, Failure as _, Fields, Refusal, Violation, all};
use futures_util::{Stream, stream};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use tonic::{Request, Status, Streaming};

/// People of one message.
const MAX_PEOPLE: usize = 500;
/// Characters of a key.
const MAX_KEY: usize = 64;

/// The answers, one per message with people.
pub(super) type Answers =
    Pin<Box<dyn Stream<Item = Result<pb::RenderBatchResponse, Status>> + Send>>;

/// What the first message said.
struct Opened {
    kind: Arc<Occasion>,
    medium: Medium,
    own: Vec<Version>,
    values: BTreeMap<String, String>,
    now: Option<Moment>,
}

pub(super) fn run(
    api: &Api,
    request: Request<Streaming<pb::RenderBatchRequest>>,
) -> Result<Answers, Status> {
    let arrival = request.extensions().get::<Arrival>().cloned();
    let call = arrival.ok_or(Refusal::Unauthenticated)?.call()?;
    let state = Some((api.clone(), call, request.into_inner(), None));
    Ok(Box::pin(stream::unfold(state, async |state| {
        let (api, call, mut messages, mut opened) = state?;
        match next(&api, &call, &mut messages, &mut opened).await {
            Ok(answer) => Some((Ok(answer?), Some((api, call, messages, opened)))),
            // The first failure is the last answer.
            Err(error) => Some((Err(Status::from(error)), None)),
        }
    })))
}

async fn next(
    api: &Api,
    call: &Call,
    messages: &mut Streaming<pb::RenderBatchRequest>,
    opened: &mut Option<Opened>,
) -> Result<Option<pb::RenderBatchResponse>, Error> {
    let wrong = |field: &str, what: &str| Error::Invalid(vec![Violation::new(field, what)]);
    while let Some(message) = messages.message().await.map_err(|status| broken(&status))? {
        match (message.message, opened.as_ref()) {
            (Some(Message::Opening(opening)), None) => {
                *opened = Some(open(api, call, opening).await?);
            }
            (Some(Message::Opening(_)), Some(_)) => {
                return Err(wrong("opening", "must be the first message alone"));
            }
            (Some(Message::People(_)), None) => {
                return Err(wrong("opening", "must be the first message"));
            }
            (Some(Message::People(people)), Some(opened)) => {
                return Ok(Some(pb::RenderBatchResponse {
                    results: all_of(opened, people.people)?,
                }));
            }
            (None, _) => return Err(wrong("message", "is required")),
        }
    }
    Ok(None)
}

async fn open(api: &Api, call: &Call, opening: pb::RenderBatchOpening) -> Result<Opened, Error> {
    let mut fields = Fields::new();
    let name = fields.take("opening.kind", read::kind(&opening.kind));
    let medium = fields.take("opening.channel", read::medium(opening.channel));
    let clinic = field::optional_id::<ClinicId>(&opening.clinic_id);
    let clinic = fields.take("opening.clinic_id", clinic);
    let now = read::local_time(&opening.local_time);
    let now = fields.take("opening.local_time", now);
    let values = read::values(&mut fields, opening.variables);
    let (name, medium, clinic, now) = all!(fields, name, medium, clinic, now)?;
    let mut tx = api.begin(call).await?;
    let kind = said::kind(&mut tx, name).await?;
    let own = tx.approved_wordings(name, Some(medium), clinic).await?;
    tx.commit().await?;
    if !kind.channels.contains(&medium) {
        return Err(vec![Violation::new("opening.channel", read::NOT_A_CHANNEL)].into());
    }
    Ok(Opened {
        kind,
        medium,
        own,
        values,
        now,
    })
}

fn all_of(
    opened: &Opened,
    people: Vec<pb::RenderBatchPerson>,
) -> Result<Vec<pb::RenderBatchResult>, Error> {
    if people.is_empty() {
        return Err(vec![Violation::new("people.people", FieldError::Required)].into());
    }
    if people.len() > MAX_PEOPLE {
        let error = FieldError::TooMany(MAX_PEOPLE);
        return Err(vec![Violation::new("people.people", error)].into());
    }
    let long = |person: &pb::RenderBatchPerson| person.key.chars().count() > MAX_KEY;
    if let Some(index) = people.iter().position(long) {
        let path = format!("people.people[{index}].key");
        let error = FieldError::Length {
            min: 0,
            max: MAX_KEY,
        };
        return Err(vec![Violation::new(path, error)].into());
    }
    let results = people.into_iter().map(|mut person| {
        let key = std::mem::take(&mut person.key);
        match one(opened, person) {
            Ok(message) => pb::RenderBatchResult {
                key,
                message: Some(message),
                ..Default::default()
            },
            Err(error) => refused(key, &error),
        }
    });
    Ok(results.collect())
}

fn one(opened: &Opened, person: pb::RenderBatchPerson) -> Result<pb::RenderedWording, Error> {
    let mut fields = Fields::new();
    let register = fields.take("register", read::register(person.register));
    let own = read::values(&mut fields, person.variables);
    let (register,) = all!(fields, register)?;
    let mut values = opened.values.clone();
    values.extend(own);
    let place = Place {
        locale: Locale::nearest(&person.locale),
        register,
        medium: opened.medium,
    };
    let said = said::there(&opened.kind, &opened.own, place).ok_or(Error::WordingMissing)?;
    let given = Given {
        values,
        now: opened.now,
    };
    let message = fill(&opened.kind, said.place, &said.words, &given)?;
    Ok(read::rendered(message, said.own))
}

fn refused(key: String, error: &Error) -> pb::RenderBatchResult {
    let violations = error.violations().iter();
    pb::RenderBatchResult {
        key,
        message: None,
        reason: error.reason().to_owned(),
        violations: violations
            .map(|violation| pb::RenderBatchViolation {
                field: violation.field.clone(),
                description: violation.description.clone(),
            })
            .collect(),
    }
}

/// A stream that ends early: the client sent what is no message, or went away.
fn broken(status: &Status) -> Error {
    match Refusal::of_tonic(status) {
        Some(_) => vec![Violation::new("", "must be a stream of messages")].into(),
        None => Error::Unavailable,
    }
}
