//! ListClinics.

use super::Api;
use crate::error::Error;
use bitewing_proto::conversation as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListClinicsRequest,
) -> Result<pb::ListClinicsResponse, Error> {
    let list = Filter::of("ListClinics", call.organization());
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let before = fields.take(
        "page_token",
        api.base.page_tokens.read(&request.page_token, &list),
    );
    let (size, before) = all!(fields, size, before)?;

    let mut tx = api.begin(call).await?;
    let among = call.caller.clinics.filter();
    let mut clinics = tx.clinics(among.as_deref(), before, size).await?;
    tx.commit().await?;
    let more = clinics.len() > size.rows();
    clinics.truncate(size.rows());
    let next = clinics.last().filter(|_| more);
    let next = next.map(|last| api.base.page_tokens.write(last.id.uuid(), &list));
    Ok(pb::ListClinicsResponse {
        clinics: clinics.into_iter().map(Into::into).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}
