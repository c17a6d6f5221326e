//! GetCommunicationGuide.

use super::super::address::required;
use super::super::consent::judge::Subject;
use super::super::{Api, moment};
use super::convert;
use crate::domain::consent::Purpose;
use crate::domain::guide::channels::{ADDRESSED, Input, choose};
use crate::domain::guide::generation::{habits_of, years};
use crate::domain::guide::style::{Known, style};
use crate::domain::{Patient, Related, RelationKind};
use crate::error::Error;
use bitewing_core::PatientId;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, all, field};
use bitewing_runtime::audit;
use serde_json::json;
use time::Date;

/// Whom the law calls a child in most places where we are used; who decides earlier says so by a record
/// of their own.
const OF_AGE: u16 = 18;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::GetCommunicationGuideRequest,
) -> Result<pb::GetCommunicationGuideResponse, Error> {
    let mut fields = Fields::new();
    let id = fields.take("patient_id", field::id::<PatientId>(&request.patient_id));
    let purpose = fields.take("purpose", required::<Purpose>(request.purpose));
    let at = fields.take("at", moment::optional(request.at));
    let (id, purpose, at) = all!(fields, id, purpose, at)?;
    let at = at.unwrap_or_else(|| api.base.clock.now());

    let mut tx = api.begin(call).await?;
    let settings = tx.settings().await?;
    let visible = settings.visibility.filter(&call.caller.clinics);
    let patient = tx
        .patient(id, visible.as_deref(), false)
        .await?
        .ok_or(Error::PatientNotFound)?;
    let subject = Subject::of(api, &mut tx, call.organization(), &patient).await?;
    let answers = tx.answers(patient.id).await?;
    tx.audit(audit::entry(
        call,
        "patient.guide_read",
        patient.id,
        Some(patient.profile.clinic),
        json!({}),
    ))
    .await?;
    tx.commit().await?;

    let profile = &patient.profile;
    let closed: Vec<_> = ADDRESSED
        .into_iter()
        .filter_map(|channel| {
            let (obstacle, consent) = subject.obstacle(&patient, purpose, channel, at)?;
            Some((channel, obstacle, consent))
        })
        .collect();
    let language = profile.language.unwrap_or(settings.default_language);
    let style = style(Known::from(profile), language);
    let choice = choose(&Input {
        preferred: &profile.preferred_channels,
        answers: &answers,
        habits: style
            .generation
            .map(|(generation, _)| habits_of(generation)),
        closed: &closed,
    });
    let child = is_child(&patient, at.date());
    Ok(pb::GetCommunicationGuideResponse {
        channels: choice.channels.into_iter().map(convert::choice).collect(),
        avoid: choice.avoid.into_iter().map(convert::choice).collect(),
        unavailable: closed.into_iter().map(convert::obstacle).collect(),
        style: Some(convert::style(&style)),
        address_guardian: child,
        guardian_patient_ids: if child {
            guardians(&patient)
        } else {
            Vec::new()
        },
    })
}

fn is_child(patient: &Patient, today: Date) -> bool {
    let birth = patient.profile.birth_date;
    birth.is_some_and(|birth| years(birth, today).is_none_or(|age| age < OF_AGE))
}

/// Those who decide for a child, guardians first.
fn guardians(patient: &Patient) -> Vec<String> {
    let of = |kind: RelationKind| {
        patient
            .profile
            .relations
            .iter()
            .filter(move |relation| relation.kind == kind)
            .filter_map(|relation| match relation.to {
                Related::Patient(id) => Some(id.to_string()),
                Related::Named(_) => None,
            })
    };
    let all = of(RelationKind::Guardian)
        .chain(of(RelationKind::Parent))
        .chain(of(RelationKind::Guarantor));
    let mut ids: Vec<String> = Vec::new();
    for id in all {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}
