//! From domain to wire, nothing else.

use crate::domain::{
    Child, ClosedPoint, Code, ContactPoint, ExternalId, Field, Patient, Related, Relation, Source,
    code_or_zero,
};
use bitewing_core::{Language, PatientId};
use bitewing_proto::patient as pb;
use bitewing_rpc::field::to_timestamp;
use time::Date;

fn number<T: Code>(value: Option<T>) -> i32 {
    code_or_zero(value).into()
}

/// A date at the edge.
pub(super) fn date(date: Date) -> pb::Date {
    pb::Date {
        year: date.year(),
        month: u8::from(date.month()).into(),
        day: date.day().into(),
    }
}

impl From<Patient> for pb::Patient {
    fn from(patient: Patient) -> Self {
        let etag = patient.etag();
        let profile = patient.profile;
        let channels =
            |channels: Vec<_>| channels.into_iter().map(|one| number(Some(one))).collect();
        Self {
            patient_id: patient.id.to_string(),
            external_ids: profile.external_ids.into_iter().map(Into::into).collect(),
            clinic_id: profile.clinic.to_string(),
            title: profile.name.title,
            given_name: profile.name.given,
            patronymic: profile.name.patronymic,
            family_name: profile.name.family,
            preferred_name: profile.name.preferred,
            birth_date: profile.birth_date.map(date),
            language: profile
                .language
                .map(|language: Language| language.to_string())
                .unwrap_or_default(),
            address_form: number(profile.address_form),
            contact_points: patient.contact_points.into_iter().map(Into::into).collect(),
            do_not_contact: profile.do_not_contact,
            sensitive: profile.sensitive,
            create_time: Some(to_timestamp(patient.created_at)),
            update_time: Some(to_timestamp(patient.updated_at)),
            delete_time: patient.deleted_at.map(to_timestamp),
            etag,
            gender: number(profile.gender),
            salutation: profile.salutation,
            generation: number(profile.generation),
            preferred_channels: channels(profile.preferred_channels),
            refused_channels: channels(profile.refused_channels),
            patient_since: profile.patient_since.map(date),
            children: profile.children.into_iter().map(Into::into).collect(),
            relations: profile.relations.into_iter().map(Into::into).collect(),
            deceased: profile.deceased,
            death_date: profile.death_date.map(date),
            notes: profile.notes,
            last_visit_time: profile.last_visit.map(to_timestamp),
            next_visit_time: profile.next_visit.map(to_timestamp),
            field_sources: patient.sources.into_iter().map(field_source).collect(),
            merged_patient_ids: patient.merged.iter().map(PatientId::to_string).collect(),
        }
    }
}

impl From<ExternalId> for pb::ExternalId {
    fn from(id: ExternalId) -> Self {
        Self {
            system: id.system,
            value: id.value,
        }
    }
}

impl From<ContactPoint> for pb::ContactPoint {
    fn from(point: ContactPoint) -> Self {
        let verified = point.verified;
        Self {
            kind: number(Some(point.address.kind)),
            value: point.address.value,
            line_type: number(point.line),
            verified: verified.is_some(),
            channel: number(point.address.channel),
            r#use: number(point.used_for),
            region: point.region,
            verify_time: verified.as_ref().map(|known| to_timestamp(known.at)),
            verified_by: verified.map(|known| known.by).unwrap_or_default(),
            unreachable_time: point.unreachable.map(|state| to_timestamp(state.since)),
            unreachable_reason: number(point.unreachable.map(|state| state.reason)),
            create_time: Some(to_timestamp(point.opened_at)),
        }
    }
}

impl From<ClosedPoint> for pb::ClosedContactPoint {
    fn from(closed: ClosedPoint) -> Self {
        Self {
            contact_point: Some(closed.point.into()),
            close_time: Some(to_timestamp(closed.at)),
            closed_by: closed.by,
        }
    }
}

impl From<Child> for pb::Child {
    fn from(child: Child) -> Self {
        Self {
            given_name: child.given_name,
            birth_date: child.birth_date.map(date),
            patient_id: child.patient.map(|id| id.to_string()).unwrap_or_default(),
        }
    }
}

impl From<Relation> for pb::Relation {
    fn from(relation: Relation) -> Self {
        let (patient_id, display_name) = match relation.to {
            Related::Patient(id) => (id.to_string(), String::new()),
            Related::Named(name) => (String::new(), name),
        };
        Self {
            kind: number(Some(relation.kind)),
            patient_id,
            display_name,
        }
    }
}

fn field_source((field, source): (Field, Source)) -> pb::FieldSource {
    pb::FieldSource {
        field: field.name().to_owned(),
        source: source.system,
        sync_time: Some(to_timestamp(source.at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        AddressForm, ContactChannel, ContactPointKind, Gender, Generation, LineType, PointUse,
        RelationKind, UnreachableReason,
    };

    fn assert_same<D: Code + std::fmt::Debug, P: TryFrom<i32> + std::fmt::Debug>() {
        for value in D::ALL {
            let wire = P::try_from(value.code().into()).ok().unwrap();
            assert_eq!(format!("{value:?}"), format!("{wire:?}"));
        }
        let next = D::ALL.len() + 1;
        assert!(P::try_from(i32::try_from(next).unwrap()).is_err());
    }

    #[test]
    fn every_value_has_its_number_on_the_wire() {
        assert_same::<AddressForm, pb::AddressForm>();
        assert_same::<ContactChannel, pb::ContactChannel>();
        assert_same::<ContactPointKind, pb::ContactPointKind>();
        assert_same::<Gender, pb::Gender>();
        assert_same::<Generation, pb::Generation>();
        assert_same::<LineType, pb::LineType>();
        assert_same::<PointUse, pb::ContactPointUse>();
        assert_same::<RelationKind, pb::RelationKind>();
        assert_same::<UnreachableReason, pb::UnreachableReason>();
    }
}
