//! Contact points, from wire to domain.

use super::read::{bounded, coded};
use crate::domain::{ContactPointKind, LineType, MAX_CONTACT_POINTS, PointDraft};
use bitewing_proto::patient as pb;
use bitewing_rpc::Fields;
use bitewing_rpc::field::FieldError;

/// Reads the contact points of a patient, noting violations under `patient.contact_points`.
pub(super) fn read(
    fields: &mut Fields,
    sent: &[pb::ContactPoint],
    region: &str,
) -> Vec<PointDraft> {
    let mut points: Vec<PointDraft> = Vec::with_capacity(sent.len().min(MAX_CONTACT_POINTS));
    for (index, point) in bounded(fields, "contact_points", sent, MAX_CONTACT_POINTS) {
        let path = |name: &str| format!("patient.contact_points[{index}].{name}");
        let line = fields.take(path("line_type"), coded::<LineType>(point.line_type));
        let used_for = fields.take(path("use"), coded(point.r#use));
        let kind = coded(point.kind).and_then(|kind| kind.ok_or(FieldError::Required));
        let kind = fields.take(path("kind"), kind);
        let channel = fields.take(path("channel"), coded(point.channel));
        let (Some(line), Some(used_for), Some(kind), Some(channel)) =
            (line, used_for, kind, channel)
        else {
            continue;
        };
        let draft = match kind {
            ContactPointKind::Phone => {
                fields.take(path("value"), PointDraft::phone(&point.value, region, line))
            }
            ContactPointKind::Email => fields.take(path("value"), PointDraft::email(&point.value)),
            ContactPointKind::Handle => {
                fields.take(path("value"), PointDraft::handle(&point.value, channel))
            }
        };
        if let Some(draft) = draft {
            if points.iter().any(|known| known.address == draft.address) {
                fields.note(path("value"), "must not repeat another one");
            }
            points.push(PointDraft {
                used_for,
                verified: point.verified,
                ..draft
            });
        }
    }
    points
}
