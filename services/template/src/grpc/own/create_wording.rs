//! CreateWording.

use super::super::Api;
use super::super::speak::{read, said};
use super::change;
use crate::domain::phrasebook::{Locale, Place, check};
use crate::domain::review::{State, Version};
use crate::error::Error;
use bitewing_core::WordingId;
use bitewing_proto::template as pb;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Call, Fields, Violation, all};
use bitewing_runtime::Once;

/// Versions of one organization: every kind in every place, changed a few times by some clinics.
const MAX_WORDINGS: i64 = 20_000;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::CreateWordingRequest,
) -> Result<pb::CreateWordingResponse, Error> {
    let id = field::request_id(&request.request_id)
        .map_err(|error| vec![Violation::new("request_id", error)])?;
    let once = Once::new(call, "CreateWording", id, &request);
    let sent = request
        .wording
        .ok_or_else(|| vec![Violation::new("wording", FieldError::Required)])?;
    let mut fields = Fields::new();
    let name = fields.take("wording.kind", read::kind(&sent.kind));
    let locale = fields.take("wording.locale", Locale::parse(&sent.locale));
    let register = fields.take("wording.register", read::register(sent.register));
    let medium = fields.take("wording.channel", read::medium(sent.channel));
    let clinic = field::optional_id(&sent.clinic_id);
    let clinic = fields.take("wording.clinic_id", clinic);
    let (name, locale, register, medium, clinic) =
        all!(fields, name, locale, register, medium, clinic)?;
    let place = Place {
        locale,
        register,
        medium,
    };
    change::changeable(call, clinic)?;

    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    let kind = said::kind(&mut tx, name).await?;
    if !kind.channels.contains(&medium) {
        return Err(vec![Violation::new("wording.channel", read::NOT_A_CHANNEL)].into());
    }
    let words = check(&kind, medium, &sent.subject, &sent.body)
        .map_err(|flaws| Error::of_draft("wording.", flaws))?;
    if tx.count_wordings(MAX_WORDINGS).await? >= MAX_WORDINGS {
        return Err(Error::TooManyWordings);
    }
    let now = api.base.clock.now();
    let version = Version {
        id: WordingId::from_uuid(api.base.ids.next()),
        version: 1,
        clinic,
        kind,
        place,
        words,
        state: State::Draft,
        revision: 1,
        reason: String::new(),
        keeps_scheduled: false,
        written_by: call.caller.actor.id.clone(),
        decided_by: String::new(),
        created_at: now,
        updated_at: now,
    };
    tx.insert_wording(&version).await?;
    change::note(&mut tx, call, "wording.created", &version).await?;
    let answer = pb::CreateWordingResponse {
        wording: Some(version.into()),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}
