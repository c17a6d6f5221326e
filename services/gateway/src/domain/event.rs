//! Which clinics an event is about.

use bitewing_core::ClinicId;
use bitewing_core::id::IdError;
use serde_json::Value;

/// Reads the clinics of an event: the resource if it is a clinic, `clinic_id` and `clinic_ids` of the
/// payload. What cannot be read is an error: an event shown to the wrong clinic would be worse.
pub(crate) fn clinics(resource: &str, payload: &Value) -> Result<Vec<ClinicId>, IdError> {
    let one = payload["clinic_id"].as_str().into_iter();
    let many = payload["clinic_ids"].as_array().into_iter().flatten();
    let itself = resource.starts_with("cln_").then_some(resource);
    let mut clinics = one
        .chain(many.map(|id| id.as_str().unwrap_or_default()))
        .chain(itself)
        .map(str::parse)
        .collect::<Result<Vec<ClinicId>, _>>()?;
    clinics.sort_unstable();
    clinics.dedup();
    Ok(clinics)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use uuid::Uuid;

    #[test]
    fn finds_every_clinic_and_refuses_what_is_none() {
        let [one, two] = [1, 2].map(|id| ClinicId::from_uuid(Uuid::from_u128(id)));
        let payload =
            json!({"clinic_id": one.to_string(), "clinic_ids": [two.to_string(), one.to_string()]});
        assert_eq!(clinics("msg_1", &payload), Ok(vec![one, two]));
        assert_eq!(clinics(&one.to_string(), &json!({})), Ok(vec![one]));
        assert_eq!(clinics("org_1", &json!({"slug": "x"})), Ok(vec![]));
        assert!(clinics("msg_1", &json!({"clinic_id": "x"})).is_err());
        assert!(clinics("msg_1", &json!({"clinic_ids": [1]})).is_err());
    }
}
