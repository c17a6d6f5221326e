//! From domain to wire, nothing else.

use crate::domain::{AddressForm, ContactPoint, ContactPointKind, LineType, Patient};
use bitewing_proto::patient as pb;
use bitewing_rpc::field::to_timestamp;

impl From<Patient> for pb::Patient {
    fn from(patient: Patient) -> Self {
        let etag = patient.etag();
        let profile = patient.profile;
        Self {
            patient_id: patient.id.to_string(),
            external_ids: profile
                .external_ids
                .into_iter()
                .map(|id| pb::ExternalId {
                    system: id.system,
                    value: id.value,
                })
                .collect(),
            clinic_id: profile.clinic.to_string(),
            title: profile.name.title,
            given_name: profile.name.given,
            patronymic: profile.name.patronymic,
            family_name: profile.name.family,
            preferred_name: profile.name.preferred,
            birth_date: profile.birth_date.map(|date| pb::Date {
                year: date.year(),
                month: u8::from(date.month()).into(),
                day: date.day().into(),
            }),
            language: profile
                .language
                .map(|language| language.to_string())
                .unwrap_or_default(),
            address_form: match profile.address_form {
                AddressForm::Unspecified => pb::AddressForm::Unspecified,
                AddressForm::Formal => pb::AddressForm::Formal,
                AddressForm::Informal => pb::AddressForm::Informal,
            }
            .into(),
            contact_points: profile.contact_points.into_iter().map(Into::into).collect(),
            do_not_contact: profile.do_not_contact,
            sensitive: profile.sensitive,
            create_time: Some(to_timestamp(patient.created_at)),
            update_time: Some(to_timestamp(patient.updated_at)),
            delete_time: patient.deleted_at.map(to_timestamp),
            etag,
        }
    }
}

impl From<ContactPoint> for pb::ContactPoint {
    fn from(point: ContactPoint) -> Self {
        Self {
            kind: match point.kind {
                ContactPointKind::Phone => pb::ContactPointKind::Phone,
                ContactPointKind::Email => pb::ContactPointKind::Email,
            }
            .into(),
            value: point.value,
            line_type: match point.line {
                LineType::None => pb::LineType::Unspecified,
                LineType::Mobile => pb::LineType::Mobile,
                LineType::Landline => pb::LineType::Landline,
                LineType::Voip => pb::LineType::Voip,
                LineType::Unknown => pb::LineType::Unknown,
            }
            .into(),
            verified: point.verified,
        }
    }
}
