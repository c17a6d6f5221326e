//! An organization's settings as requests hold them and events tell them.

use crate::domain::{MAX_REGIONS, Organization, Region, Settings, Visibility};
use bitewing_core::Language;
use bitewing_proto::identity as pb;
use bitewing_rpc::field::{FieldError, text};
use bitewing_rpc::{Fields, Violation};
use bitewing_store::Event;
use prost_types::FieldMask;
use serde_json::json;

/// Which settings an update may change (AIP-134).
const FIELDS: [&str; 4] = [
    "display_name",
    "patient_visibility",
    "default_language",
    "allowed_regions",
];

/// Reads the name.
pub(super) fn name(fields: &mut Fields, path: &str, sent: &str) -> Option<String> {
    fields.take(path, text(sent, 1..=120))
}

/// Reads the language; empty is English.
pub(super) fn language(fields: &mut Fields, path: &str, sent: &str) -> Option<Language> {
    if sent.is_empty() {
        Some(Language::En)
    } else {
        fields.take(path, sent.parse())
    }
}

/// Reads the regions; none means the default ones.
pub(super) fn regions(fields: &mut Fields, path: &str, sent: &[String]) -> Option<Vec<Region>> {
    if sent.is_empty() {
        return Some(Region::defaults());
    }
    if sent.len() > MAX_REGIONS {
        fields.note(path, FieldError::TooMany(MAX_REGIONS));
        return None;
    }
    let mut read = Vec::with_capacity(sent.len());
    for (index, region) in sent.iter().enumerate() {
        read.push(fields.take(format!("{path}[{index}]"), Region::parse(region))?);
    }
    read.sort_unstable();
    read.dedup();
    Some(read)
}

/// The fields to change: those named, all for `*`, those that are set where nothing is named.
pub(super) fn mask(
    mask: Option<FieldMask>,
    sent: &pb::Organization,
) -> Result<Vec<&'static str>, Vec<Violation>> {
    let paths = mask.map(|mask| mask.paths).unwrap_or_default();
    if paths.is_empty() {
        let set = |field: &&str| match *field {
            "display_name" => !sent.display_name.is_empty(),
            "patient_visibility" => sent.patient_visibility != 0,
            "default_language" => !sent.default_language.is_empty(),
            _ => !sent.allowed_regions.is_empty(),
        };
        return Ok(FIELDS.into_iter().filter(set).collect());
    }
    if paths == ["*"] {
        return Ok(FIELDS.to_vec());
    }
    let known = |(index, path): (usize, &String)| {
        FIELDS
            .into_iter()
            .find(|field| field == path)
            .ok_or_else(|| {
                let field = format!("update_mask.paths[{index}]");
                vec![Violation::new(
                    field,
                    "must name a setting that can be changed",
                )]
            })
    };
    paths.iter().enumerate().map(known).collect()
}

/// The current settings with the masked fields of those sent.
pub(super) fn merge(
    mut current: Settings,
    sent: &pb::Organization,
    mask: &[&str],
) -> Result<Settings, Vec<Violation>> {
    let mut fields = Fields::new();
    for field in mask {
        match *field {
            "display_name" => {
                let name = name(&mut fields, "organization.display_name", &sent.display_name);
                current.display_name = name.unwrap_or_default();
            }
            "patient_visibility" => match sent.patient_visibility() {
                pb::PatientVisibility::Shared => current.visibility = Visibility::Shared,
                pb::PatientVisibility::PerClinic => current.visibility = Visibility::PerClinic,
                pb::PatientVisibility::Unspecified => {
                    fields.note("organization.patient_visibility", FieldError::Enum);
                }
            },
            "default_language" => {
                let path = "organization.default_language";
                let language = language(&mut fields, path, &sent.default_language);
                current.default_language = language.unwrap_or_default();
            }
            _ => {
                let path = "organization.allowed_regions";
                let regions = regions(&mut fields, path, &sent.allowed_regions);
                current.allowed_regions = regions.unwrap_or_default();
            }
        }
    }
    fields.check()?;
    Ok(current)
}

/// The fact that an organization has these settings now.
pub(super) fn event(event_type: &'static str, organization: &Organization) -> Event {
    let settings = &organization.settings;
    let regions: Vec<_> = settings
        .allowed_regions
        .iter()
        .map(Region::as_str)
        .collect();
    Event {
        event_type,
        resource: organization.id.to_string(),
        payload: json!({
            "display_name": settings.display_name,
            "slug": organization.slug.as_str(),
            "default_language": settings.default_language.tag(),
            "patient_visibility": settings.visibility.name(),
            "allowed_regions": regions,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn current() -> Settings {
        Settings {
            display_name: "Sourire".to_owned(),
            visibility: Visibility::Shared,
            default_language: Language::Fr,
            allowed_regions: Region::defaults(),
        }
    }

    #[test]
    fn only_masked_fields_change() {
        let sent = pb::Organization {
            display_name: "Dents".to_owned(),
            patient_visibility: pb::PatientVisibility::PerClinic.into(),
            ..Default::default()
        };
        let mask = mask(None, &sent).unwrap();
        assert_eq!(mask, ["display_name", "patient_visibility"]);
        let merged = merge(current(), &sent, &mask).unwrap();
        assert_eq!(merged.display_name, "Dents");
        assert_eq!(merged.visibility, Visibility::PerClinic);
        assert_eq!(merged.default_language, Language::Fr);
    }

    #[test]
    fn wrong_fields_are_named() {
        let unknown = FieldMask {
            paths: vec!["slug".to_owned()],
        };
        let violations = mask(Some(unknown), &pb::Organization::default()).unwrap_err();
        assert_eq!(violations[0].field, "update_mask.paths[0]");
        let sent = pb::Organization {
            default_language: "xx".to_owned(),
            allowed_regions: vec!["CA".to_owned(), "canada".to_owned()],
            ..Default::default()
        };
        let violations = merge(current(), &sent, &FIELDS).unwrap_err();
        let paths: Vec<_> = violations
            .iter()
            .map(|violation| violation.field.as_str())
            .collect();
        assert_eq!(
            paths,
            [
                "organization.display_name",
                "organization.patient_visibility",
                "organization.default_language",
                "organization.allowed_regions[1]",
            ]
        );
    }
}
