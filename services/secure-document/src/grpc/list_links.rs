//! ListLinks.

use super::convert;
use crate::error::Error;
use crate::store::{Author, LinkFilter, trail};
use crate::vault::Vault;
use bitewing_core::{ClinicId, PatientId};
use bitewing_proto::document as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use serde_json::json;

pub(super) async fn run(
    vault: &Vault,
    call: &Call,
    request: pb::ListLinksRequest,
) -> Result<pb::ListLinksResponse, Error> {
    let tokens = &vault.base.page_tokens;
    let list = Filter::of("ListLinks", call.organization())
        .with(&request.clinic_id)
        .with(&request.patient_id)
        .with(request.state.to_string())
        .with(request.delivery.to_string());
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let before = fields.take("page_token", tokens.read(&request.page_token, &list));
    let clinic = fields.take(
        "clinic_id",
        field::optional_id::<ClinicId>(&request.clinic_id),
    );
    let patient = fields.take(
        "patient_id",
        field::optional_id::<PatientId>(&request.patient_id),
    );
    let state = fields.take("state", convert::link_state(request.state));
    let delivery = fields.take("delivery", convert::delivery(request.delivery));
    let (size, before, clinic, patient, state, delivery) =
        all!(fields, size, before, clinic, patient, state, delivery)?;

    let mut tx = vault.begin(call).await?;
    let filter = LinkFilter {
        visible: call.caller.clinics.filter(),
        clinic,
        patient,
        state,
        delivery,
        before,
    };
    let mut links = tx.links(&filter, size).await?;
    let more = links.len() > size.rows();
    links.truncate(size.rows());
    let (author, details) = (Author::caller(call), json!({ "rows": links.len() }));
    let resource = call.organization().to_string();
    trail::audit(&mut tx, &author, "link.listed", resource, clinic, details).await?;
    tx.commit().await?;
    let next = links
        .last()
        .filter(|_| more)
        .map(|last| tokens.write(last.id.uuid(), &list));
    Ok(pb::ListLinksResponse {
        links: links.into_iter().map(Into::into).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}
