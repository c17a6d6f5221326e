//! The table recall.

use super::fields::Fields;
use crate::when::date_json;
use crate::{Item, Mirrored, Problem, Source};
use serde_json::{Map, Value, json};

/// Reads a recall.
pub(super) fn read(object: &Map<String, Value>, source: &Source) -> Result<Item, Vec<Problem>> {
    let mut fields = Fields::of(object);
    let missing = |name| vec![Problem::new(name, "must be a number greater than 0")];
    let key = fields
        .key("RecallNum")
        .ok_or_else(|| missing("RecallNum"))?;
    let patient = fields.key("PatNum").ok_or_else(|| missing("PatNum"))?;
    let due = fields.date("DateDue").flatten();
    let Some(due) = due else {
        return if fields.problems.is_empty() {
            Ok(Item::Skipped("the recall is not due on any day"))
        } else {
            Err(fields.problems)
        };
    };
    let disabled = matches!(fields.text("IsDisabled").as_deref(), Some("true" | "1"));
    let scheduled = fields.date("DateScheduled").flatten().is_some();
    let status = match (disabled, scheduled) {
        (true, _) => "DISMISSED",
        (false, true) => "SCHEDULED",
        (false, false) => "DUE",
    };
    let kind = ["RecallType", "RecallTypeNum"]
        .into_iter()
        .filter_map(|name| fields.text(name))
        .find(|text| !text.is_empty());
    let kind: String = kind
        .unwrap_or_else(|| "recall".to_owned())
        .chars()
        .take(60)
        .collect();
    let number = fields.text("ClinicNum").unwrap_or_default();
    let clinic = source.clinic_of(&[&number]).or(source.clinic.as_deref());
    if clinic.is_none() {
        fields.wrong("ClinicNum", "must be a clinic that is known here");
    }
    let stamp = fields.stamp(source);
    if !fields.problems.is_empty() {
        return Err(fields.problems);
    }
    let key = source.id(&key);
    let mut json = json!({
        "externalId": key.to_json(), "patientExternalId": source.id(&patient).to_json(),
        "clinicId": clinic, "kind": kind, "dueDate": date_json(due),
        "status": format!("RECALL_STATUS_{status}"),
    });
    if let Some(stamp) = stamp {
        json["sourceUpdateTime"] = stamp.into();
    }
    let at = |field: &'static str, name: &str| (field, name.to_owned());
    Ok(Item::Recall(Box::new(Mirrored {
        json,
        key,
        origins: vec![
            at("external_id", "RecallNum"),
            at("patient", "PatNum"),
            at("due_date", "DateDue"),
            at("clinic", "ClinicNum"),
            at("kind", "RecallTypeNum"),
        ],
    })))
}
