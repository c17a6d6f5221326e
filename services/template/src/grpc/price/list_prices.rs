//! ListPrices.

use super::super::Api;
use crate::domain::Key;
use crate::error::Error;
use crate::store::PriceList;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use uuid::Uuid;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListPricesRequest,
) -> Result<pb::ListPricesResponse, Error> {
    let mut list = Filter::of("ListPrices", call.organization())
        .with(&request.clinic_id)
        .with(&request.service);
    for clinic in call.caller.clinics.filter().unwrap_or_default() {
        list = list.with(clinic);
    }
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let after = api.base.page_tokens.read_bytes(&request.page_token, &list);
    let after = fields.take("page_token", after);
    let clinic = fields.take("clinic_id", field::optional_id(&request.clinic_id));
    let service = fields.take("service", Key::optional(&request.service));
    let (size, after, clinic, service) = all!(fields, size, after, clinic, service)?;

    let mut tx = api.begin(call).await?;
    let wanted = PriceList {
        clinics: call.caller.clinics.filter(),
        clinic,
        service: service.as_ref(),
        after: after.as_deref().and_then(key),
    };
    let mut prices = tx.prices(wanted, size).await?;
    tx.commit().await?;
    let more = prices.len() > size.rows();
    prices.truncate(size.rows());
    let next = prices.last().filter(|_| more).map(|last| {
        let mut key = last.id.uuid().as_bytes().to_vec();
        key.extend_from_slice(last.service.as_str().as_bytes());
        api.base.page_tokens.write_bytes(&key, &list)
    });
    Ok(pb::ListPricesResponse {
        prices: prices.iter().map(Into::into).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}

/// The service and identifier a token holds: the identifier's sixteen bytes, then the service.
fn key(bytes: &[u8]) -> Option<(String, Uuid)> {
    let (id, service) = bytes.split_at_checked(16)?;
    let service = String::from_utf8(service.to_vec()).ok()?;
    Some((service, Uuid::from_slice(id).ok()?))
}
