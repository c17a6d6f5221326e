//! The update mask (AIP-134): which fields of a patient a caller changes.

use crate::domain::Field;
use bitewing_proto::patient as pb;
use bitewing_rpc::Violation;
use prost_types::FieldMask;

/// The fields to change: those named, all for `*`, those that are set where nothing is named.
pub(super) fn read(
    mask: Option<FieldMask>,
    sent: &pb::Patient,
) -> Result<Vec<Field>, Vec<Violation>> {
    let paths = mask.map(|mask| mask.paths).unwrap_or_default();
    if paths.is_empty() {
        return Ok(Field::ALL
            .into_iter()
            .filter(|field| is_set(sent, *field))
            .collect());
    }
    if paths == ["*"] {
        return Ok(Field::ALL.to_vec());
    }
    paths
        .iter()
        .enumerate()
        .map(|(index, path)| {
            Field::parse(path).ok_or_else(|| {
                let field = format!("update_mask.paths[{index}]");
                vec![Violation::new(
                    field,
                    "must name a field of Patient that can be changed",
                )]
            })
        })
        .collect()
}

fn is_set(patient: &pb::Patient, field: Field) -> bool {
    match field {
        Field::ExternalIds => !patient.external_ids.is_empty(),
        Field::Clinic => !patient.clinic_id.is_empty(),
        Field::Title => !patient.title.is_empty(),
        Field::GivenName => !patient.given_name.is_empty(),
        Field::Patronymic => !patient.patronymic.is_empty(),
        Field::FamilyName => !patient.family_name.is_empty(),
        Field::PreferredName => !patient.preferred_name.is_empty(),
        Field::BirthDate => patient.birth_date.is_some(),
        Field::Language => !patient.language.is_empty(),
        Field::AddressForm => patient.address_form != 0,
        Field::ContactPoints => !patient.contact_points.is_empty(),
        Field::DoNotContact => patient.do_not_contact,
        Field::Sensitive => patient.sensitive,
        Field::Gender => patient.gender != 0,
        Field::Salutation => !patient.salutation.is_empty(),
        Field::Generation => patient.generation != 0,
        Field::PreferredChannels => !patient.preferred_channels.is_empty(),
        Field::RefusedChannels => !patient.refused_channels.is_empty(),
        Field::PatientSince => patient.patient_since.is_some(),
        Field::Children => !patient.children.is_empty(),
        Field::Relations => !patient.relations.is_empty(),
        Field::Deceased => patient.deceased,
        Field::DeathDate => patient.death_date.is_some(),
        Field::Notes => !patient.notes.is_empty(),
        Field::LastVisit => patient.last_visit_time.is_some(),
        Field::NextVisit => patient.next_visit_time.is_some(),
    }
}

/// The current record with the masked fields of the one sent.
pub(super) fn merge(mut current: pb::Patient, sent: &pb::Patient, mask: &[Field]) -> pb::Patient {
    for field in mask {
        take(&mut current, sent, *field);
    }
    current
}

fn take(to: &mut pb::Patient, from: &pb::Patient, field: Field) {
    match field {
        Field::ExternalIds => to.external_ids.clone_from(&from.external_ids),
        Field::Clinic => to.clinic_id.clone_from(&from.clinic_id),
        Field::Title => to.title.clone_from(&from.title),
        Field::GivenName => to.given_name.clone_from(&from.given_name),
        Field::Patronymic => to.patronymic.clone_from(&from.patronymic),
        Field::FamilyName => to.family_name.clone_from(&from.family_name),
        Field::PreferredName => to.preferred_name.clone_from(&from.preferred_name),
        Field::BirthDate => to.birth_date = from.birth_date,
        Field::Language => to.language.clone_from(&from.language),
        Field::AddressForm => to.address_form = from.address_form,
        Field::ContactPoints => to.contact_points.clone_from(&from.contact_points),
        Field::DoNotContact => to.do_not_contact = from.do_not_contact,
        Field::Sensitive => to.sensitive = from.sensitive,
        Field::Gender => to.gender = from.gender,
        Field::Salutation => to.salutation.clone_from(&from.salutation),
        Field::Generation => to.generation = from.generation,
        Field::PreferredChannels => to.preferred_channels.clone_from(&from.preferred_channels),
        Field::RefusedChannels => to.refused_channels.clone_from(&from.refused_channels),
        Field::PatientSince => to.patient_since = from.patient_since,
        Field::Children => to.children.clone_from(&from.children),
        Field::Relations => to.relations.clone_from(&from.relations),
        Field::Deceased => to.deceased = from.deceased,
        Field::DeathDate => to.death_date = from.death_date,
        Field::Notes => to.notes.clone_from(&from.notes),
        Field::LastVisit => to.last_visit_time = from.last_visit_time,
        Field::NextVisit => to.next_visit_time = from.next_visit_time,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unnamed_fields_stay() {
        let current = pb::Patient {
            title: "Dr".to_owned(),
            sensitive: true,
            ..Default::default()
        };
        let sent = pb::Patient {
            given_name: "Anne".to_owned(),
            ..Default::default()
        };
        let mask = read(None, &sent).unwrap();
        assert_eq!(mask, [Field::GivenName]);
        let merged = merge(current, &sent, &mask);
        assert!(merged.title == "Dr" && merged.given_name == "Anne" && merged.sensitive);
    }

    #[test]
    fn every_field_can_be_named() {
        let paths = Field::ALL
            .iter()
            .map(|field| field.name().to_owned())
            .collect();
        let named = read(Some(FieldMask { paths }), &pb::Patient::default()).unwrap();
        assert_eq!(named, Field::ALL);
    }

    #[test]
    fn unknown_fields_are_named() {
        let mask = FieldMask {
            paths: vec!["title".to_owned(), "etag".to_owned()],
        };
        let violations = read(Some(mask), &pb::Patient::default()).unwrap_err();
        assert_eq!(violations[0].field, "update_mask.paths[1]");
    }
}
