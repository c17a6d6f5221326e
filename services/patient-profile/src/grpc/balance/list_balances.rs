//! ListBalances.

use super::super::mirror::along;
use super::super::{Api, convert};
use crate::error::Error;
use crate::store::{BalanceFilter, KeptBalance};
use bitewing_core::{BalanceId, ClinicId, PatientId};
use bitewing_proto::patient as pb;
use bitewing_rpc::field::to_timestamp;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListBalancesRequest,
) -> Result<pb::ListBalancesResponse, Error> {
    let list = Filter::of("ListBalances", call.organization())
        .with(&request.clinic_id)
        .with(&request.patient_id)
        .with([u8::from(request.overdue_only)]);
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let before = fields.take(
        "page_token",
        api.base.page_tokens.read(&request.page_token, &list),
    );
    let clinic = fields.take(
        "clinic_id",
        field::optional_id::<ClinicId>(&request.clinic_id),
    );
    let patient = fields.take(
        "patient_id",
        field::optional_id::<PatientId>(&request.patient_id),
    );
    let (size, before, clinic, patient) = all!(fields, size, before, clinic, patient)?;

    let mut tx = api.begin(call).await?;
    let along = along(&mut tx, call, clinic, patient).await?;
    let filter = BalanceFilter {
        along,
        overdue_only: request.overdue_only,
        before,
    };
    let mut balances = tx.balances(&filter, size).await?;
    let more = balances.len() > size.rows();
    balances.truncate(size.rows());
    tx.audit(audit::entry(
        call,
        "balance.listed",
        call.organization(),
        clinic,
        json!({ "rows": balances.len() }),
    ))
    .await?;
    tx.commit().await?;
    let next = balances.last().filter(|_| more);
    let next = next.map(|last| api.base.page_tokens.write(BalanceId::uuid(last.id), &list));
    Ok(pb::ListBalancesResponse {
        balances: balances.into_iter().map(encode).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}

fn encode(kept: KeptBalance) -> pb::Balance {
    let balance = kept.balance;
    pb::Balance {
        balance_id: kept.id.to_string(),
        external_id: Some(balance.external_id.into()),
        patient_id: balance.patient.to_string(),
        patient_external_id: None,
        clinic_id: balance.clinic.to_string(),
        amount: Some(pb::Money {
            currency_code: balance.currency,
            minor_units: balance.minor_units,
        }),
        overdue_minor_units: balance.overdue_minor_units,
        overdue_since: balance.overdue_since.map(convert::date),
        source_update_time: Some(to_timestamp(balance.changed_at)),
        update_time: Some(to_timestamp(kept.updated_at)),
    }
}
