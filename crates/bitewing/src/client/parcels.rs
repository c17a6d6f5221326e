//! The documents of a sending: announced, uploaded, checked.

use super::api::Api;
use super::documents::show;
use super::failure::Failure;
use super::file::Sendable;
use super::journal::{Journal, Upload};
use super::output::Output;
use super::session::now;
use super::upload::upload;
use serde_json::json;
use std::time::Duration;

/// The check of a document's bytes takes seconds; after this something is wrong with it.
const CHECK: Duration = Duration::from_mins(10);
const LOOK: Duration = Duration::from_millis(200);

/// Brings every file to the gateway, as far as runs before did not, and waits for the checks; answers
/// the documents.
pub(super) async fn arrive(
    api: &Api,
    mut journal: Journal,
    clinic: &str,
    files: &[Sendable],
    rate: Option<u64>,
    output: &Output,
) -> Result<(Journal, Vec<String>), Failure> {
    if journal.resumed && any_gone(api, &journal).await? {
        journal.renew(now(), false)?;
    }
    for (index, file) in files.iter().enumerate() {
        if index == journal.page.uploads.len() {
            let announced = announce(api, &journal, index, clinic, file).await?;
            journal.announced(announced)?;
        }
        let Upload { document_id, path } = &journal.page.uploads[index];
        let before = upload(api, file, path, rate, output).await?;
        let record = json!({
            "type": "upload", "documentId": document_id, "size": file.size, "resumedAt": before,
        });
        let again = if before > 0 {
            format!(", {before} of them before")
        } else {
            String::new()
        };
        let sentence = format!("{document_id}  uploaded  {} bytes{again}", file.size);
        output.tell(&sentence, &record)?;
    }
    let mut ids = Vec::new();
    for (file, upload) in files.iter().zip(&journal.page.uploads) {
        checked(api, file, &upload.document_id, output).await?;
        ids.push(upload.document_id.clone());
    }
    Ok((journal, ids))
}

/// Whether what a run before announced came to nothing: given up, deleted, or rejected by its check.
async fn any_gone(api: &Api, journal: &Journal) -> Result<bool, Failure> {
    for upload in &journal.page.uploads {
        let path = format!("/v1/documents/{}", upload.document_id);
        let found = match api.get(&path).await {
            Err(failure) if failure.is("DOCUMENT_NOT_FOUND") => return Ok(true),
            found => found?,
        };
        let state = found["document"]["state"].as_str().unwrap_or_default();
        if matches!(state, "DOCUMENT_STATE_SHREDDED" | "DOCUMENT_STATE_REJECTED") {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn announce(
    api: &Api,
    journal: &Journal,
    index: usize,
    clinic: &str,
    file: &Sendable,
) -> Result<Upload, Failure> {
    let request = json!({
        "clinicId": clinic,
        "fileName": file.name,
        "mediaType": file.media_type,
        "size": file.size.to_string(),
        "requestId": journal.request_id(&format!("upload {index}")),
    });
    let answer = api.post("/v1/uploads", &request).await?;
    let document_id = answer["document"]["documentId"].as_str();
    match (document_id, answer["uploadPath"].as_str()) {
        (Some(document_id), Some(path)) => Ok(Upload {
            document_id: document_id.to_owned(),
            path: path.to_owned(),
        }),
        _ => Err(Failure::Other("the answer names no upload".to_owned())),
    }
}

/// Waits for the check of a document, and compares what arrived with what was read.
async fn checked(api: &Api, file: &Sendable, id: &str, output: &Output) -> Result<(), Failure> {
    let looking = async {
        loop {
            let document = api.get(&format!("/v1/documents/{id}")).await?["document"].take();
            match document["state"].as_str().unwrap_or_default() {
                "DOCUMENT_STATE_QUARANTINED" => tokio::time::sleep(LOOK).await,
                "DOCUMENT_STATE_READY" => return Ok(document),
                state => {
                    let reason = document["reason"]
                        .as_str()
                        .filter(|reason| !reason.is_empty());
                    return Err(Failure::Rejected {
                        id: id.to_owned(),
                        reason: reason.unwrap_or(state).to_owned(),
                    });
                }
            }
        }
    };
    output.progress().say(&format!("checking {}", file.name));
    let waited = tokio::time::timeout(CHECK, looking).await;
    let document =
        waited.map_err(|_| Failure::Unreachable(format!("the check of {id} takes too long")))??;
    if document["sha256"] != file.sha256.as_str() {
        return Err(file.changed());
    }
    show(output, "document", &document)
}
