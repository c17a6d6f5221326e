//! PreviewWording.

use super::super::Api;
use super::{read, said};
use crate::domain::phrasebook::{
    Given, Locale, Occasion, Place, Register, Words, check, fill, sample,
};
use crate::domain::review::Version;
use crate::error::Error;
use bitewing_core::ClinicId;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Violation, all, field};
use std::collections::BTreeMap;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::PreviewWordingRequest,
) -> Result<pb::PreviewWordingResponse, Error> {
    let mut fields = Fields::new();
    let name = fields.take("kind", read::kind(&request.kind));
    let locale = Some(request.locale.as_str()).filter(|tag| !tag.is_empty());
    let locale = fields.take("locale", locale.map(Locale::parse).transpose());
    let register = fields.take("register", field::optional_one_of(request.register));
    let channel = fields.take("channel", field::optional_one_of(request.channel));
    let clinic = field::optional_id::<ClinicId>(&request.clinic_id);
    let clinic = fields.take("clinic_id", clinic);
    let values = read::values(&mut fields, request.variables);
    let (name, locale, register, channel, clinic) =
        all!(fields, name, locale, register, channel, clinic)?;
    let register = register.and_then(read::register_of);
    let channel = channel.and_then(read::medium_of);
    let draft = !request.body.is_empty();
    if draft {
        let named = [
            ("locale", locale.is_some()),
            ("register", register.is_some()),
            ("channel", channel.is_some()),
        ];
        let absent = named.into_iter().filter(|(_, named)| !named);
        let absent: Vec<_> = absent
            .map(|(name, _)| Violation::new(name, "is required for a draft"))
            .collect();
        if !absent.is_empty() {
            return Err(absent.into());
        }
    }

    let mut tx = api.begin(call).await?;
    let kind = said::kind(&mut tx, name).await?;
    let own = if draft {
        Vec::new()
    } else {
        tx.approved_wordings(name, channel, clinic).await?
    };
    tx.commit().await?;
    if channel.is_some_and(|channel| !kind.channels.contains(&channel)) {
        return Err(vec![Violation::new("channel", read::NOT_A_CHANNEL)].into());
    }
    let draft = channel.filter(|_| draft).map(|channel| {
        check(&kind, channel, &request.subject, &request.body)
            .map_err(|flaws| Error::of_draft("", flaws))
    });
    let draft = draft.transpose()?;

    let mut renderings = Vec::new();
    for place in places(&kind, locale, register) {
        if channel.is_none_or(|wanted| wanted == place.medium) {
            renderings.extend(one(&kind, place, (draft.as_ref(), &own), &values)?);
        }
    }
    Ok(pb::PreviewWordingResponse { renderings })
}

fn places(
    kind: &Occasion,
    locale: Option<Locale>,
    register: Option<Register>,
) -> impl Iterator<Item = Place> {
    let locales = Locale::ALL.into_iter();
    let locales = locales.filter(move |l| locale.is_none_or(|wanted| wanted == *l));
    locales.flat_map(move |locale| {
        let registers = Register::ALL.into_iter();
        let registers = registers.filter(move |r| register.is_none_or(|wanted| wanted == *r));
        registers.flat_map(move |register| {
            kind.channels.iter().map(move |&medium| Place {
                locale,
                register,
                medium,
            })
        })
    })
}

fn one(
    kind: &Occasion,
    place: Place,
    (draft, own): (Option<&Words>, &[Version]),
    values: &BTreeMap<String, String>,
) -> Result<Option<pb::RenderedWording>, Error> {
    let given = |register| -> Given {
        let mut given = sample(place.locale, register);
        given.values.extend(values.clone());
        given
    };
    if let Some(draft) = draft {
        return Ok(Some(
            fill(kind, place, draft, &given(place.register))?.into(),
        ));
    }
    let Some(said) = said::there(kind, own, place) else {
        // Of a kind the chain made, nothing may be said here.
        return Ok(None);
    };
    let message = fill(kind, said.place, &said.words, &given(said.place.register))?;
    Ok(Some(read::rendered(message, said.own)))
}
