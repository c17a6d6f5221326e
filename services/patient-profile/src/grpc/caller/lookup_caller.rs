//! LookupCaller: the card on the screen before the second ring.

use super::super::address::{self, Wrong, between};
use super::super::read::coded;
use super::super::{Api, clinic};
use super::{REPORTS, convert};
use crate::domain::caller::{Evidence, Verification, judge};
use crate::error::Error;
use crate::store::{CallerFacts, CallerQuestion};
use bitewing_core::ClinicId;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, all, field};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::LookupCallerRequest,
) -> Result<pb::LookupCallerResponse, Error> {
    let mut fields = Fields::new();
    let clinic = fields.take("clinic_id", field::id::<ClinicId>(&request.clinic_id));
    let sent = address::sent(
        &mut fields,
        &request.address,
        ("kind", request.kind),
        request.channel,
    );
    let verification = fields.take("verification", coded::<Verification>(request.verification));
    let short_calls = fields.take("short_calls", between(request.short_calls, 0, 1_000));
    let (clinic, sent, verification, short_calls) =
        all!(fields, clinic, sent, verification, short_calls)?;
    let read = match sent.read_at(api, call, Some(clinic)).await? {
        Ok(read) => Some(read),
        Err(Wrong::Number) => None,
        Err(wrong) => return Err(wrong.into()),
    };

    let now = api.base.clock.now();
    let impossible = sent.impossible();
    let address = read.as_ref().map(|read| &read.address);
    let question = CallerQuestion {
        clinic,
        address,
        hash: api.hash_address(call.organization(), address.unwrap_or(&impossible)),
        clinics: call.caller.clinics.filter(),
        reports_since: now - REPORTS,
        now,
    };
    let facts = if let Some(facts) = look(api, call, &question).await? {
        facts
    } else {
        // The clinic may have been made a moment ago.
        clinic::region(api, call, clinic).await?;
        look(api, call, &question)
            .await?
            .ok_or(Error::ClinicNotFound)?
    };
    let (verdict, signs) = judge(&Evidence {
        blocked_by_chain: facts.blocked_by_chain,
        blocked_by_clinic: facts.blocked_by_clinic,
        own_number: facts.own_number,
        premium: read.as_ref().is_some_and(|read| read.premium),
        impossible: read.is_none(),
        reporters: facts.reporters,
        verification,
        short_calls,
        patients: facts.cards.len(),
    });
    let default = facts.default_language.unwrap_or_default();
    let greeting = facts.language.unwrap_or(default);
    let blocked = facts.blocked_by_chain || facts.blocked_by_clinic;
    Ok(pb::LookupCallerResponse {
        verdict: convert::verdict(verdict).into(),
        reasons: signs
            .into_iter()
            .map(|sign| convert::reason(sign).into())
            .collect(),
        address: address
            .map(|address| address.value.clone())
            .unwrap_or_default(),
        block_expire_time: facts
            .blocked_until
            .filter(|_| blocked)
            .map(field::to_timestamp),
        candidates: facts
            .cards
            .into_iter()
            .map(|card| convert::candidate(card, greeting, default, now.date()))
            .collect(),
    })
}

/// Reads what is known, in one statement, and writes down who was shown.
async fn look(
    api: &Api,
    call: &Call,
    question: &CallerQuestion<'_>,
) -> Result<Option<CallerFacts>, Error> {
    let mut tx = api.begin(call).await?;
    let Some(facts) = tx.caller_facts(question).await? else {
        return Ok(None);
    };
    let shown: Vec<String> = facts
        .cards
        .iter()
        .map(|card| card.patient.to_string())
        .collect();
    tx.audit(audit::entry(
        call,
        "caller.looked_up",
        question.clinic,
        Some(question.clinic),
        json!({ "patients": shown }),
    ))
    .await?;
    tx.commit().await?;
    Ok(Some(facts))
}
