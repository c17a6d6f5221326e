//! ListGuardPolicyVersions.

use super::{GuardApi, read};
use crate::error::Error;
use bitewing_core::ClinicId;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};

/// Versions of up to 64 KiB make large pages.
const USUAL: usize = 20;

pub(super) async fn run(
    guard: &GuardApi,
    call: &Call,
    request: pb::ListGuardPolicyVersionsRequest,
) -> Result<pb::ListGuardPolicyVersionsResponse, Error> {
    let list = Filter::of("ListGuardPolicyVersions", call.organization()).with(&request.clinic_id);
    let tokens = &guard.api.base.page_tokens;
    let mut fields = Fields::new();
    let clinic = field::optional_id::<ClinicId>(&request.clinic_id);
    let clinic = fields.take("clinic_id", clinic);
    let size = fields.take("page_size", read::small_page(request.page_size, USUAL));
    let before = fields.take("page_token", tokens.read_bytes(&request.page_token, &list));
    let (clinic, size, before) = all!(fields, clinic, size, before)?;
    let before = before.and_then(|key| Some(i32::from_be_bytes(key.try_into().ok()?)));

    let mut tx = guard.api.begin(call).await?;
    let mut layers = tx.guard_layers(clinic, before, size as i64 + 1).await?;
    tx.commit().await?;
    let more = layers.len() > size;
    layers.truncate(size);
    let next = layers.last().filter(|_| more);
    let next = next.map(|layer| tokens.write_bytes(&layer.version.to_be_bytes(), &list));
    Ok(pb::ListGuardPolicyVersionsResponse {
        next_page_token: next.unwrap_or_default(),
        versions: layers.into_iter().map(Into::into).collect(),
    })
}
