//! RenderForDispatch.

use super::wording_read as read;
use crate::domain::phrasebook::{Given, Locale, Place, built_in, fill};
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Fields, Violation, all};

pub(super) fn run(
    request: pb::RenderForDispatchRequest,
) -> Result<pb::RenderForDispatchResponse, Error> {
    let mut fields = Fields::new();
    let kind = fields.take("kind", read::kind(&request.kind));
    let register = fields.take("register", read::register(request.register));
    let medium = fields.take("channel", read::medium(request.channel));
    let now = fields.take("local_time", read::local_time(&request.local_time));
    let values = read::values(&mut fields, request.variables);
    let (kind, register, medium, now) = all!(fields, kind, register, medium, now)?;
    let place = Place {
        locale: Locale::nearest(&request.locale),
        register,
        medium,
    };
    let words = built_in(kind, place)
        .ok_or_else(|| vec![Violation::new("channel", read::NOT_A_CHANNEL)])?;
    let message = fill(kind, place, words, &Given { values, now })?;
    Ok(pb::RenderForDispatchResponse {
        message: Some(message.into()),
    })
}
