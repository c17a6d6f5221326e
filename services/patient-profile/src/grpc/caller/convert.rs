//! Callers, from domain to wire.

use super::super::guide;
use crate::domain::caller::{Sign, Verdict};
use crate::domain::guide::generation::{habits_of, years};
use crate::domain::guide::greeting::greeting;
use crate::domain::guide::style::{Known, generation, style};
use crate::domain::{Code, Name, code_or_zero};
use crate::error::Error;
use crate::store::{Block, Card, opened, place};
use bitewing_core::{Language, OrganizationId};
use bitewing_proto::patient as pb;
use bitewing_rpc::field::to_timestamp;
use bitewing_store::{Keyring, StoreError};
use time::Date;

pub(super) const fn verdict(verdict: Verdict) -> pb::CallerVerdict {
    match verdict {
        Verdict::Known => pb::CallerVerdict::Known,
        Verdict::Unknown => pb::CallerVerdict::Unknown,
        Verdict::SuspectedSpam => pb::CallerVerdict::SuspectedSpam,
        Verdict::Blocked => pb::CallerVerdict::Blocked,
    }
}

pub(super) const fn reason(sign: Sign) -> pb::CallerReason {
    match sign {
        Sign::BlockedByChain => pb::CallerReason::BlockedByChain,
        Sign::BlockedByClinic => pb::CallerReason::BlockedByClinic,
        Sign::OwnNumber => pb::CallerReason::OwnNumber,
        Sign::PremiumNumber => pb::CallerReason::PremiumNumber,
        Sign::ReportedByStaff => pb::CallerReason::ReportedByStaff,
        Sign::VerificationFailed => pb::CallerReason::VerificationFailed,
        Sign::ShortCalls => pb::CallerReason::ShortCalls,
        Sign::ImpossibleNumber => pb::CallerReason::ImpossibleNumber,
        Sign::VerifiedByNetwork => pb::CallerReason::VerifiedByNetwork,
        Sign::Patient => pb::CallerReason::Patient,
    }
}

/// The name in the order of a language.
fn display_name(name: &Name, language: Language) -> String {
    let parts = match language {
        Language::Ru => [&name.family, &name.given, &name.patronymic],
        Language::En | Language::Fr | Language::It | Language::Pt | Language::Es => {
            [&name.given, &name.patronymic, &name.family]
        }
    };
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// The card of a patient: greeted in the clinic's language, written to in the patient's.
pub(super) fn candidate(
    card: Card,
    greet_in: Language,
    default: Language,
    today: Date,
) -> pb::CallerCandidate {
    let known = Known {
        name: &card.name,
        gender: card.gender,
        salutation: &card.salutation,
        birth_date: card.birth_date,
        generation: card.generation,
        address_form: card.address_form,
    };
    let language = card.language.unwrap_or(default);
    let tenure = card.patient_since.and_then(|since| years(since, today));
    let preferred = card.preferred_channels.first().copied().or_else(|| {
        let (generation, _) = generation(known)?;
        habits_of(generation).order.first().copied()
    });
    pb::CallerCandidate {
        patient_id: card.patient.to_string(),
        clinic_id: card.clinic.to_string(),
        display_name: display_name(&card.name, language),
        age: card
            .birth_date
            .and_then(|birth| years(birth, today))
            .map(i32::from),
        gender: code_or_zero(card.gender).into(),
        tenure_years: tenure.map(i32::from),
        children: card.children,
        preferred_channel: code_or_zero(preferred).into(),
        last_visit_time: card.last_visit.map(to_timestamp),
        next_visit_time: card.next_visit.map(to_timestamp),
        language: language.tag().to_owned(),
        style: Some(guide::convert::style(&style(known, language))),
        greeting: greeting(&style(known, greet_in), tenure),
        sensitive: card.sensitive,
        has_notes: card.has_notes,
        do_not_contact: card.do_not_contact,
        address_verified: card.verified,
        given_name: card.name.given,
        patronymic: card.name.patronymic,
        family_name: card.name.family,
        preferred_name: card.name.preferred,
    }
}

/// A block with its address, opened for staff.
pub(super) fn block(
    keyring: &Keyring,
    organization: OrganizationId,
    block: Block,
) -> Result<pb::CallerBlock, Error> {
    let mut row = [0; 16];
    let value = keyring
        .open(&place(organization, block.id, &mut row), &block.sealed)
        .map_err(StoreError::from)?;
    let address = opened(&block, &value)?;
    Ok(pb::CallerBlock {
        block_id: block.id.to_string(),
        clinic_id: block
            .clinic
            .map(|clinic| clinic.to_string())
            .unwrap_or_default(),
        kind: address.kind.code().into(),
        address: address.value,
        channel: code_or_zero(address.channel).into(),
        reason: block.reason,
        expire_time: block.expires_at.map(to_timestamp),
        create_time: Some(to_timestamp(block.created_at)),
        created_by: block.created_by,
    })
}
