//! The update mask (AIP-134): which fields of a patient a caller changes.

use bitewing_proto::patient as pb;
use bitewing_rpc::Violation;
use prost_types::FieldMask;

const FIELDS: [&str; 13] = [
    "external_ids",
    "clinic_id",
    "title",
    "given_name",
    "patronymic",
    "family_name",
    "preferred_name",
    "birth_date",
    "language",
    "address_form",
    "contact_points",
    "do_not_contact",
    "sensitive",
];

/// The fields to change: those named, all for `*`, those that are set where nothing is named.
pub(super) fn read(
    mask: Option<FieldMask>,
    sent: &pb::Patient,
) -> Result<Vec<&'static str>, Vec<Violation>> {
    let paths = mask.map(|mask| mask.paths).unwrap_or_default();
    if paths.is_empty() {
        return Ok(FIELDS
            .into_iter()
            .filter(|field| is_set(sent, field))
            .collect());
    }
    if paths == ["*"] {
        return Ok(FIELDS.to_vec());
    }
    paths
        .iter()
        .enumerate()
        .map(|(index, path)| {
            FIELDS
                .into_iter()
                .find(|field| field == path)
                .ok_or_else(|| {
                    let field = format!("update_mask.paths[{index}]");
                    vec![Violation::new(
                        field,
                        "must name a field of Patient that can be changed",
                    )]
                })
        })
        .collect()
}

fn is_set(patient: &pb::Patient, field: &str) -> bool {
    match field {
        "external_ids" => !patient.external_ids.is_empty(),
        "clinic_id" => !patient.clinic_id.is_empty(),
        "title" => !patient.title.is_empty(),
        "given_name" => !patient.given_name.is_empty(),
        "patronymic" => !patient.patronymic.is_empty(),
        "family_name" => !patient.family_name.is_empty(),
        "preferred_name" => !patient.preferred_name.is_empty(),
        "birth_date" => patient.birth_date.is_some(),
        "language" => !patient.language.is_empty(),
        "address_form" => patient.address_form != 0,
        "contact_points" => !patient.contact_points.is_empty(),
        "do_not_contact" => patient.do_not_contact,
        "sensitive" => patient.sensitive,
        _ => false,
    }
}

/// The current record with the masked fields of the one sent.
pub(super) fn merge(mut current: pb::Patient, sent: pb::Patient, mask: &[&str]) -> pb::Patient {
    for field in mask {
        match *field {
            "external_ids" => current.external_ids.clone_from(&sent.external_ids),
            "clinic_id" => current.clinic_id.clone_from(&sent.clinic_id),
            "title" => current.title.clone_from(&sent.title),
            "given_name" => current.given_name.clone_from(&sent.given_name),
            "patronymic" => current.patronymic.clone_from(&sent.patronymic),
            "family_name" => current.family_name.clone_from(&sent.family_name),
            "preferred_name" => current.preferred_name.clone_from(&sent.preferred_name),
            "birth_date" => current.birth_date = sent.birth_date,
            "language" => current.language.clone_from(&sent.language),
            "address_form" => current.address_form = sent.address_form,
            "contact_points" => current.contact_points.clone_from(&sent.contact_points),
            "do_not_contact" => current.do_not_contact = sent.do_not_contact,
            "sensitive" => current.sensitive = sent.sensitive,
            _ => {}
        }
    }
    current
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
        assert_eq!(mask, ["given_name"]);
        let merged = merge(current, sent, &mask);
        assert!(merged.title == "Dr" && merged.given_name == "Anne" && merged.sensitive);
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
