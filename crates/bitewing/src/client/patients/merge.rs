//! Two records of one person, as a dental system found out.

use super::super::api::Api;
use super::super::failure::Failure;
use bitewing_interop::ExternalId;
use serde_json::{Value, json};

/// What became of a merge.
pub(in super::super) enum Merged {
    /// The records are one.
    Done,
    /// They were one already, or the duplicate was never here.
    Nothing,
    /// The gateway says why not.
    Refused(String),
}

/// Merges, by the identifiers of the dental system. Merging again what is merged changes nothing.
pub(in super::super) async fn merge(
    api: &Api,
    survivor: &ExternalId,
    duplicate: &ExternalId,
) -> Result<Merged, Failure> {
    let (stays, goes) = (find(api, survivor).await?, find(api, duplicate).await?);
    let (stays, goes) = match (stays, goes) {
        (_, None) => return Ok(Merged::Nothing),
        (None, Some(_)) => return Ok(Merged::Refused("PATIENT_NOT_FOUND".to_owned())),
        (Some(stays), Some(goes)) if stays == goes => return Ok(Merged::Nothing),
        (Some(stays), Some(goes)) => (stays, goes),
    };
    let path = format!("/v1/patients/{stays}:merge");
    let merged = api
        .post(&path, &json!({ "duplicatePatientId": goes }))
        .await;
    match merged {
        Ok(_) => Ok(Merged::Done),
        Err(Failure::Refused(problem)) if matches!(problem.status, 400 | 404 | 409) => {
            Ok(Merged::Refused(problem.reason.clone()))
        }
        Err(failure) => Err(failure),
    }
}

/// The patient of an identifier: that of a merged record is the survivor's.
async fn find(api: &Api, id: &ExternalId) -> Result<Option<String>, Failure> {
    let request =
        json!({ "externalId": format!("{}:{}", id.system, id.value), "showDeleted": true });
    let answer: Value = api.post("/v1/patients:search", &request).await?;
    Ok(answer["patients"][0]["patientId"]
        .as_str()
        .map(str::to_owned))
}
