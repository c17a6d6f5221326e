//! CreateWordingKind.

use super::super::Api;
use super::read;
use crate::domain::phrasebook::{Occasion, Purpose, variable};
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Call, Fields, Violation, all};
use bitewing_runtime::{Once, audit};
use serde_json::json;

/// Kinds of one chain.
const MAX_KINDS: usize = 200;
/// Characters of what it says.
const MAX_SAYS: usize = 200;
const MAX_VARIABLES: usize = 50;
const MAX_EMOJI: usize = 10;
/// Characters of an emoji: the longest are families, joined.
const MAX_EMOJI_LETTERS: usize = 8;
const MAX_QUIET_DAYS: i32 = 365;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::CreateWordingKindRequest,
) -> Result<pb::CreateWordingKindResponse, Error> {
    let id = field::request_id(&request.request_id)
        .map_err(|error| vec![Violation::new("request_id", error)])?;
    let once = Once::new(call, "CreateWordingKind", id, &request);
    let sent = request
        .kind
        .ok_or_else(|| vec![Violation::new("kind", FieldError::Required)])?;
    let kind = kind(sent)?;

    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    if tx.own_kinds().await?.len() >= MAX_KINDS {
        return Err(Error::TooManyWordingKinds);
    }
    tx.insert_kind(&kind, api.base.clock.now()).await?;
    let details = json!({ "clinical": kind.clinical });
    let entry = audit::entry(call, "wording_kind.created", &kind.name, None, details);
    tx.audit(entry).await?;
    let answer = pb::CreateWordingKindResponse {
        kind: Some((&kind).into()),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}

fn kind(sent: pb::WordingKind) -> Result<Occasion, Vec<Violation>> {
    let mut fields = Fields::new();
    let name = fields.take("kind.kind", name(&sent.kind));
    let says = fields.take("kind.says", field::text(&sent.says, 1..=MAX_SAYS));
    let purpose = fields.take("kind.purpose", purpose(sent.purpose));
    let mut channels = Vec::new();
    for (index, channel) in sent.channels.iter().take(5).enumerate() {
        let path = format!("kind.channels[{index}]");
        if let Some(medium) = fields.take(path.clone(), read::medium(*channel)) {
            if channels.contains(&medium) {
                fields.note(path, "must not be named twice");
            }
            channels.push(medium);
        }
    }
    if sent.channels.is_empty() {
        fields.note("kind.channels", FieldError::Required);
    }
    if sent.variables.len() > MAX_VARIABLES {
        fields.note("kind.variables", FieldError::TooMany(MAX_VARIABLES));
    }
    let (mut variables, mut required) = (Vec::new(), Vec::new());
    for (index, sent) in sent.variables.iter().take(MAX_VARIABLES).enumerate() {
        let path = format!("kind.variables[{index}].name");
        match variable(&sent.name) {
            None => fields.note(path, "must be a value of a kind of ListWordingKinds"),
            Some(known) if variables.iter().any(|name| name == known.name) => {
                fields.note(path, "must not be named twice");
            }
            Some(known) => {
                variables.push(known.name.to_owned());
                if sent.required {
                    required.push(known.name.to_owned());
                }
            }
        }
    }
    if sent.emoji.len() > MAX_EMOJI {
        fields.note("kind.emoji", FieldError::TooMany(MAX_EMOJI));
    }
    let mut emoji = Vec::new();
    for (index, sent) in sent.emoji.iter().take(MAX_EMOJI).enumerate() {
        let path = format!("kind.emoji[{index}]");
        emoji.extend(fields.take(path, field::text(sent, 1..=MAX_EMOJI_LETTERS)));
    }
    let quiet = u16::try_from(sent.quiet_days)
        .ok()
        .filter(|_| sent.quiet_days <= MAX_QUIET_DAYS);
    let quiet = quiet.ok_or("must be 0 to 365");
    let quiet = fields.take("kind.quiet_days", quiet);
    let (name, says, purpose, quiet) = all!(fields, name, says, purpose, quiet)?;
    Ok(Occasion {
        name,
        own: true,
        source: String::new(),
        says,
        purpose,
        channels,
        variables,
        required,
        clinical: sent.clinical,
        emoji,
        quiet,
        staff: sent.staff,
    })
}

fn name(sent: &str) -> Result<String, &'static str> {
    if read::is_own_kind(sent) {
        Ok(sent.to_owned())
    } else {
        Err("must be own- and up to 50 of a-z, 0-9 and -")
    }
}

fn purpose(sent: i32) -> Result<Purpose, FieldError> {
    match field::one_of(sent)? {
        pb::WordingPurpose::Care => Ok(Purpose::Care),
        pb::WordingPurpose::Recall => Ok(Purpose::Recall),
        pb::WordingPurpose::Billing => Ok(Purpose::Billing),
        pb::WordingPurpose::Marketing => Ok(Purpose::Marketing),
        pb::WordingPurpose::Survey => Ok(Purpose::Survey),
        pb::WordingPurpose::Security => Ok(Purpose::Security),
        pb::WordingPurpose::Unspecified => Err(FieldError::Required),
    }
}
