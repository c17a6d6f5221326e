//! CreateUpload.

use super::clinic::known_clinic;
use crate::domain::document::MAX_SIZE;
use crate::domain::file_name::FileName;
use crate::domain::framing::DataKey;
use crate::domain::media_type::MediaType;
use crate::domain::{Document, DocumentState, FileType};
use crate::error::Error;
use crate::jobs;
use crate::store::{Author, Tx, trail};
use crate::vault::Vault;
use bitewing_core::{ClinicId, DocumentId, UploadId};
use bitewing_proto::document as pb;
use bitewing_rpc::{Call, Fields, Violation, all, field};
use bitewing_runtime::Once;
use serde_json::json;
use uuid::Uuid;

pub(super) async fn run(
    vault: &Vault,
    call: &Call,
    request: pb::CreateUploadRequest,
) -> Result<pb::CreateUploadResponse, Error> {
    let announcement = read(
        "",
        &pb::UploadAnnouncement {
            clinic_id: request.clinic_id.clone(),
            file_name: request.file_name.clone(),
            media_type: request.media_type.clone(),
            size: request.size,
            request_id: request.request_id.clone(),
        },
    )?;
    known_clinic(vault, call, announcement.clinic).await?;

    let once = Once::new(call, "CreateUpload", announcement.request_id, &request);
    let mut tx = vault.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    let (document, upload) = begin(vault, &mut tx, &Author::caller(call), announcement).await?;
    let answer = pb::CreateUploadResponse {
        document: Some(document.into()),
        upload_id: upload.to_string(),
        upload_path: format!("/v1/uploads/{upload}"),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// What is known of a file before its bytes.
pub(super) struct Announcement {
    pub(super) clinic: ClinicId,
    file_name: FileName,
    file_type: FileType,
    size: i64,
    pub(super) request_id: Option<Uuid>,
}

/// Reads an announcement; `prefix` is where it stands in the request.
pub(super) fn read(
    prefix: &str,
    sent: &pb::UploadAnnouncement,
) -> Result<Announcement, Vec<Violation>> {
    let path = |name: &str| format!("{prefix}{name}");
    let mut fields = Fields::new();
    let clinic = fields.take(path("clinic_id"), field::id::<ClinicId>(&sent.clinic_id));
    let file_name = fields.take(path("file_name"), FileName::parse(&sent.file_name));
    let media_type = fields.take(path("media_type"), MediaType::parse(&sent.media_type));
    let file_type = media_type
        .and_then(|declared| fields.take(path("media_type"), FileType::declared(&declared)));
    let size = (1..=MAX_SIZE).contains(&sent.size).then_some(sent.size);
    let size = fields.take(path("size"), size.ok_or("must be 1 to 524,288,000"));
    let request_id = fields.take(path("request_id"), field::request_id(&sent.request_id));
    let (clinic, file_name, file_type, size, request_id) =
        all!(fields, clinic, file_name, file_type, size, request_id)?;
    Ok(Announcement {
        clinic,
        file_name,
        file_type,
        size,
        request_id,
    })
}

/// Makes room for a file: the document, its key, the upload, and the end of an abandoned one.
pub(super) async fn begin(
    vault: &Vault,
    tx: &mut Tx,
    author: &Author,
    announcement: Announcement,
) -> Result<(Document, UploadId), Error> {
    let now = tx.now().await?;
    let document = Document {
        id: DocumentId::from_uuid(vault.base.ids.next()),
        clinic: announcement.clinic,
        file_name: Some(announcement.file_name),
        media_type: announcement.file_type.media_type().as_str().to_owned(),
        size: announcement.size,
        fingerprint: None,
        state: DocumentState::Uploading,
        reason: String::new(),
        created_at: now,
        updated_at: now,
    };
    let upload = UploadId::from_uuid(vault.base.ids.next());
    tx.insert_document(&document, &DataKey::generate(&*vault.base.entropy))
        .await?;
    tx.insert_upload(upload, document.id).await?;
    let (resource, clinic) = (document.id.to_string(), Some(document.clinic));
    let details = json!({ "size": document.size, "media_type": document.media_type });
    trail::audit(tx, author, "document.announced", resource, clinic, details).await?;
    tx.enqueue(jobs::expire_upload(document.id)).await?;
    Ok((document, upload))
}
