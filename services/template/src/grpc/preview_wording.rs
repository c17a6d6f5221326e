//! PreviewWording.

use super::wording_read as read;
use crate::domain::phrasebook::{Locale, Place, Register, built_in, check, fill, sample};
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Fields, Violation, all, field};

pub(super) fn run(request: pb::PreviewWordingRequest) -> Result<pb::PreviewWordingResponse, Error> {
    let mut fields = Fields::new();
    let kind = fields.take("kind", read::kind(&request.kind));
    let locale = Some(request.locale.as_str()).filter(|tag| !tag.is_empty());
    let locale = fields.take("locale", locale.map(Locale::parse).transpose());
    let register = fields.take("register", field::optional_one_of(request.register));
    let channel = fields.take("channel", field::optional_one_of(request.channel));
    let values = read::values(&mut fields, request.variables);
    let (kind, locale, register, channel) = all!(fields, kind, locale, register, channel)?;
    let register = register.and_then(read::register_of);
    let channel = channel.and_then(read::medium_of);
    if channel.is_some_and(|channel| !kind.channels.contains(&channel)) {
        return Err(vec![Violation::new("channel", read::NOT_A_CHANNEL)].into());
    }
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

    let mut renderings = Vec::new();
    for locale in Locale::ALL
        .into_iter()
        .filter(|l| locale.is_none_or(|wanted| wanted == *l))
    {
        for register in Register::ALL
            .into_iter()
            .filter(|r| register.is_none_or(|wanted| wanted == *r))
        {
            let mut given = sample(locale, register);
            given.values.extend(values.clone());
            for &medium in kind
                .channels
                .iter()
                .filter(|m| channel.is_none_or(|wanted| wanted == **m))
            {
                let place = Place {
                    locale,
                    register,
                    medium,
                };
                let own;
                let words = if draft {
                    own = check(kind, medium, &request.subject, &request.body)
                        .map_err(Error::of_draft)?;
                    &own
                } else {
                    built_in(kind, place).ok_or(Error::Engine)?
                };
                renderings.push(fill(kind, place, words, &given)?.into());
            }
        }
    }
    Ok(pb::PreviewWordingResponse { renderings })
}
