//! GetOrganization.

use super::Api;
use crate::error::Error;
use bitewing_proto::identity as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    _request: pb::GetOrganizationRequest,
) -> Result<pb::GetOrganizationResponse, Error> {
    let mut tx = api.begin(call).await?;
    let organization = tx
        .organization_row(false)
        .await?
        .ok_or(Error::OrganizationNotFound)?;
    tx.commit().await?;
    Ok(pb::GetOrganizationResponse {
        organization: Some(organization.into()),
    })
}
