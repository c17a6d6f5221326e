//! BatchUpsertBalances.

use super::super::Api;
use super::super::mirror::{Draft, Head, Mirror, Reader, check_size, head, result, take};
use super::super::read;
use crate::domain::ExternalId;
use crate::domain::is_currency;
use crate::domain::mirror::Kept;
use crate::domain::visit::Balance;
use crate::error::Error;
use crate::store::Tx;
use async_trait::async_trait;
use bitewing_core::{BalanceId, PatientId};
use bitewing_proto::patient as pb;
use bitewing_rpc::Call;
use bitewing_rpc::field::FieldError;
use serde_json::{Value, json};
use std::collections::HashMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// Beyond what anybody owes a dentist, and far from the end of the type.
const LARGEST: i64 = 1_000_000_000_000_000;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::BatchUpsertBalancesRequest,
) -> Result<pb::BatchUpsertBalancesResponse, Error> {
    check_size("balances", request.balances.len())?;
    let now = api.base.clock.now();
    let drafts = request
        .balances
        .iter()
        .map(|row| balance(row, now))
        .collect();
    let taken = take::<Balance>(api, call, drafts).await?;
    Ok(pb::BatchUpsertBalancesResponse {
        results: taken.into_iter().map(result::<Balance>).collect(),
    })
}

fn balance(sent: &pb::Balance, now: OffsetDateTime) -> Result<Draft<Balance>, Error> {
    let mut reader = Reader::new("");
    let head = head(
        &mut reader,
        sent.external_id.as_ref(),
        (&sent.patient_id, sent.patient_external_id.as_ref()),
        &sent.clinic_id,
        (sent.source_update_time, now),
    );
    let amount = reader.take("amount", sent.amount.clone().ok_or(FieldError::Required));
    let amount = amount.and_then(|amount| {
        if !is_currency(&amount.currency_code) {
            reader.note("amount.currency_code", "must be a currency of ISO 4217");
            return None;
        }
        if !(-LARGEST..=LARGEST).contains(&amount.minor_units) {
            reader.note("amount.minor_units", "must be within 10^15 either way");
            return None;
        }
        Some(amount)
    });
    let overdue = sent.overdue_minor_units;
    if let Some(amount) = &amount
        && !(0..=amount.minor_units.max(0)).contains(&overdue)
    {
        reader.note("overdue_minor_units", "must be from 0 to what is owed");
    }
    let since = sent.overdue_since.as_ref().map(read::date).transpose();
    let since = reader.take("overdue_since", since);
    let parts = (|| Some((head?, amount?, since?)))();
    let (head, amount, overdue_since) = reader.end(parts)?;
    Ok(Draft {
        patient: head.patient,
        row: Balance {
            external_id: head.external_id,
            patient: Head::NOBODY,
            clinic: head.clinic,
            currency: amount.currency_code,
            minor_units: amount.minor_units,
            overdue_minor_units: overdue,
            overdue_since,
            changed_at: head.changed_at,
        },
    })
}

#[async_trait]
impl Mirror for Balance {
    const EVENTS: (&'static str, &'static str) = ("balance.created", "balance.updated");

    fn name(id: Uuid) -> String {
        BalanceId::from_uuid(id).to_string()
    }

    fn tell(&self) -> Value {
        json!({ "overdue": self.overdue_minor_units > 0 })
    }

    async fn known(tx: &mut Tx, ids: &[ExternalId]) -> Result<Vec<Kept<Self>>, Error> {
        tx.balances_of(ids).await
    }

    async fn write(
        tx: &mut Tx,
        rows: &[Kept<Self>],
        now: OffsetDateTime,
    ) -> Result<HashMap<ExternalId, Uuid>, Error> {
        tx.write_balances(rows, now).await
    }

    fn patient(&self) -> PatientId {
        self.patient
    }
}
