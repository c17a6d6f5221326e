//! CreateWhatsAppTemplate.

use super::super::Api;
use super::super::speak::{read, said};
use super::{category_of, note};
use crate::domain::phrasebook::{Locale, Medium, Place, parameters, whats_app_language};
use crate::domain::whats_app::{Category, Registered, Standing, name};
use crate::error::Error;
use bitewing_core::{ClinicId, WhatsAppTemplateId};
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Violation, all, field};
use bitewing_runtime::Once;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::CreateWhatsAppTemplateRequest,
) -> Result<pb::CreateWhatsAppTemplateResponse, Error> {
    let mut fields = Fields::new();
    let id = fields.take("request_id", field::request_id(&request.request_id));
    let kind = fields.take("kind", read::kind(&request.kind));
    let locale = fields.take("locale", Locale::parse(&request.locale));
    let register = fields.take("register", read::register(request.register));
    let clinic = field::optional_id::<ClinicId>(&request.clinic_id);
    let clinic = fields.take("clinic_id", clinic);
    let category = fields.take("category", field::optional_one_of(request.category));
    let (id, kind, locale, register, clinic, category) =
        all!(fields, id, kind, locale, register, clinic, category)?;
    let once = Once::new(call, "CreateWhatsAppTemplate", id, &request);
    let wanted = Place {
        locale,
        register,
        medium: Medium::Chat,
    };

    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    let kind = said::kind(&mut tx, kind).await?;
    if !kind.channels.contains(&Medium::Chat) {
        return Err(vec![Violation::new("kind", "must be one with the channel chat")].into());
    }
    let own = tx
        .approved_wordings(&kind.name, Some(Medium::Chat), clinic)
        .await?;
    let said = said::there(&kind, &own, wanted).ok_or(Error::WordingMissing)?;
    let unfit = |flaws: Vec<_>| {
        let flaws = flaws.into_iter();
        Error::WhatsAppUnfit(flaws.map(|flaw| Violation::new("kind", flaw)).collect())
    };
    let made = parameters(&said.words).map_err(unfit)?;
    // The wording may be the chain's where the clinic has none.
    let of = said
        .own
        .and_then(|(id, _)| own.iter().find(|version| version.id == id));
    let now = api.base.clock.now();
    let template = Registered {
        id: WhatsAppTemplateId::from_uuid(api.base.ids.next()),
        name: name(&kind.name, said.place.locale, said.place.register, said.own),
        language: whats_app_language(said.place.locale).to_owned(),
        kind: kind.name.clone(),
        locale: said.place.locale,
        register: said.place.register,
        clinic: of.and_then(|version| version.clinic),
        wording: said.own,
        body: made.body,
        parameters: made.names,
        requested: category
            .and_then(category_of)
            .unwrap_or_else(|| Category::of(kind.purpose)),
        actual: None,
        standing: Standing::Requested,
        reason: String::new(),
        created_at: now,
        updated_at: now,
    };
    tx.insert_registered(&template).await?;
    note(&mut tx, call, "whats_app_template.created", &template).await?;
    let answer = pb::CreateWhatsAppTemplateResponse {
        template: Some(template.into()),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}
