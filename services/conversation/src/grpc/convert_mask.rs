//! The update mask (AIP-134): which fields of a clinic a caller changes.

use bitewing_proto::conversation as pb;
use bitewing_rpc::Violation;
use prost_types::FieldMask;

/// A field that can be changed, by name and place: all of them are texts.
type Field = (&'static str, fn(&mut pb::Clinic) -> &mut String);

const FIELDS: [Field; 7] = [
    ("display_name", |clinic| &mut clinic.display_name),
    ("time_zone", |clinic| &mut clinic.time_zone),
    ("phone", |clinic| &mut clinic.phone),
    ("region", |clinic| &mut clinic.region),
    ("language", |clinic| &mut clinic.language),
    ("address", |clinic| &mut clinic.address),
    ("email", |clinic| &mut clinic.email),
];

/// The fields to change: those named, all for `*`, those that are set where nothing is named.
pub(super) fn read(
    mask: Option<FieldMask>,
    sent: &pb::Clinic,
) -> Result<Vec<Field>, Vec<Violation>> {
    let paths = mask.map(|mask| mask.paths).unwrap_or_default();
    if paths.is_empty() {
        let mut sent = sent.clone();
        return Ok(FIELDS
            .into_iter()
            .filter(|(_, field)| !field(&mut sent).is_empty())
            .collect());
    }
    if paths == ["*"] {
        return Ok(FIELDS.to_vec());
    }
    let known = |(index, path): (usize, &String)| {
        FIELDS
            .into_iter()
            .find(|(name, _)| name == path)
            .ok_or_else(|| {
                let field = format!("update_mask.paths[{index}]");
                vec![Violation::new(
                    field,
                    "must name a field of Clinic that can be changed",
                )]
            })
    };
    paths.iter().enumerate().map(known).collect()
}

/// The current clinic with the masked fields of the one sent.
pub(super) fn merge(mut current: pb::Clinic, sent: &pb::Clinic, mask: &[Field]) -> pb::Clinic {
    let mut sent = sent.clone();
    for (_, field) in mask {
        std::mem::swap(field(&mut current), field(&mut sent));
    }
    current
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(mask: &[Field]) -> Vec<&str> {
        mask.iter().map(|(name, _)| *name).collect()
    }

    #[test]
    fn unnamed_fields_stay() {
        let current = pb::Clinic {
            address: "Here".to_owned(),
            ..Default::default()
        };
        let sent = pb::Clinic {
            phone: "+1".to_owned(),
            ..Default::default()
        };
        let mask = read(None, &sent).unwrap();
        assert_eq!(named(&mask), ["phone"]);
        let merged = merge(current, &sent, &mask);
        assert!(merged.address == "Here" && merged.phone == "+1");
    }

    #[test]
    fn unknown_fields_are_named() {
        let mask = FieldMask {
            paths: vec!["phone".to_owned(), "etag".to_owned()],
        };
        let violations = read(Some(mask), &pb::Clinic::default()).err().unwrap();
        assert_eq!(violations[0].field, "update_mask.paths[1]");
    }
}
