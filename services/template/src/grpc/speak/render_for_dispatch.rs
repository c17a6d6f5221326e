//! RenderForDispatch.

use super::super::Api;
use super::super::own;
use super::super::price;
use super::{read, said};
use crate::domain::phrasebook::{Given, Locale, Medium, Occasion, Place, fill, values};
use crate::domain::whats_app::{Registered, Standing};
use crate::error::Error;
use crate::store::Tx;
use bitewing_core::{ClinicId, WordingId};
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Violation, all, field};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::RenderForDispatchRequest,
) -> Result<pb::RenderForDispatchResponse, Error> {
    let mut fields = Fields::new();
    let name = fields.take("kind", read::kind(&request.kind));
    let register = fields.take("register", read::register(request.register));
    let medium = fields.take("channel", read::medium(request.channel));
    let now = fields.take("local_time", read::local_time(&request.local_time));
    let clinic = field::optional_id::<ClinicId>(&request.clinic_id);
    let clinic = fields.take("clinic_id", clinic);
    let scheduled = field::optional_id::<WordingId>(&request.wording_id);
    let scheduled = fields.take("wording_id", scheduled);
    if request.wording_id.is_empty() != (request.version == 0) || request.version < 0 {
        fields.note("version", "must be given with wording_id, from 1");
    }
    if request.whats_app && medium.is_some_and(|medium| medium != Medium::Chat) {
        fields.note("whats_app", "must be unset on any channel but chat");
    }
    let service = price::code(request.variables.get(price::CODE))?;
    let given = read::values(&mut fields, request.variables);
    let (name, register, medium, now, clinic, scheduled) =
        all!(fields, name, register, medium, now, clinic, scheduled)?;
    let place = Place {
        locale: Locale::nearest(&request.locale),
        register,
        medium,
    };
    let mut given = Given { values: given, now };

    let mut tx = api.begin(call).await?;
    let kind = said::kind(&mut tx, name).await?;
    if !kind.channels.contains(&medium) {
        return Err(vec![Violation::new("channel", read::NOT_A_CHANNEL)].into());
    }
    let versions = match scheduled {
        None => tx.approved_wordings(name, Some(medium), clinic).await?,
        Some(id) => {
            let version = tx.wording_version(id, request.version).await?;
            let version = own::seen(call, version)?;
            let fits = version.kind.name == name && version.place.medium == medium;
            if !fits || !version.renders_scheduled() {
                return Err(Error::WordingState);
            }
            vec![version]
        }
    };
    let said = match (scheduled, versions.first()) {
        // It may stand elsewhere by now than where it would be looked for.
        (Some(_), Some(version)) => Some(said::of_version(version)),
        _ => said::there(&kind, &versions, place),
    };
    let said = said.ok_or(Error::WordingMissing)?;
    let registered = if request.whats_app {
        Some(approved(&mut tx, &kind, &said).await?)
    } else {
        None
    };
    if let Some(service) = service {
        let wanted = (clinic, said.place.locale, api.base.clock.now());
        price::place_values(&mut tx, &service, wanted, &mut given.values).await?;
    }
    tx.commit().await?;

    let message = fill(&kind, said.place, &said.words, &given)?;
    let mut message = read::rendered(message, said.own);
    if let Some(registered) = registered {
        message.whats_app = Some(pb::WhatsAppMessage {
            parameters: values(&registered.parameters, said.place, &given)?,
            category: pb::WhatsAppCategory::from(registered.actual.unwrap_or(registered.requested))
                .into(),
            name: registered.name,
            language: registered.language,
        });
    }
    Ok(pb::RenderForDispatchResponse {
        message: Some(message),
    })
}

/// What is registered at WhatsApp of a wording, as long as it may be sent.
async fn approved(
    tx: &mut Tx,
    kind: &Occasion,
    said: &said::Said<'_>,
) -> Result<Registered, Error> {
    let registered = tx.registered_for(&kind.name, said.place, said.own).await?;
    registered
        .filter(|registered| registered.standing == Standing::Approved)
        .ok_or(Error::WhatsAppNotApproved)
}
