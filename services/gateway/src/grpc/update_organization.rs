//! UpdateOrganization.

use super::{Api, settings};
use crate::error::Error;
use bitewing_auth::Clinics;
use bitewing_proto::identity as pb;
use bitewing_rpc::Call;
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::UpdateOrganizationRequest,
) -> Result<pb::UpdateOrganizationResponse, Error> {
    let sent = request.organization.unwrap_or_default();
    let mask = settings::mask(request.update_mask, &sent)?;
    if call.caller.clinics != Clinics::All {
        return Err(Error::BeyondCaller);
    }

    let mut tx = api.begin(call).await?;
    let organization = tx.organization_row(true).await?;
    let mut organization = organization.ok_or(Error::OrganizationNotFound)?;
    if !organization.matches(&sent.etag) {
        return Err(Error::EtagMismatch);
    }
    let changed = settings::merge(organization.settings.clone(), &sent, &mask)?;
    if organization.change(changed, api.base.clock.now()) {
        tx.update_organization(&organization).await?;
        tx.emit(settings::event("organization.updated", &organization))
            .await?;
        let details = json!({ "fields": mask });
        let id = organization.id;
        tx.audit(audit::entry(
            call,
            "organization.updated",
            id,
            None,
            details,
        ))
        .await?;
    }
    tx.commit().await?;
    Ok(pb::UpdateOrganizationResponse {
        organization: Some(organization.into()),
    })
}
