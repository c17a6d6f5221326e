//! A document to a patient, and every way it must not work.
//!
//! | module | asks |
//! |---|---|
//! | [`journey`] | the whole job over gRPC, its events and its audit trails |
//! | [`refusals`] | wrong codes, expiry, revocation, reissue, a deleted document |
//! | [`size`] | that a large document passes through in little memory |

mod journey;
mod refusals;
mod size;

use bitewing_proto::document as pb;
use bytes::Bytes;

/// The messages of `UploadDocument`: the announcement, then pieces.
fn upload(
    clinic: &str,
    media_type: &str,
    bytes: Bytes,
    piece: usize,
) -> impl Iterator<Item = pb::UploadDocumentRequest> + Send + 'static {
    use pb::upload_document_request::Part;
    let announcement = pb::UploadAnnouncement {
        clinic_id: clinic.to_owned(),
        file_name: "Plan of treatment.txt".to_owned(),
        media_type: media_type.to_owned(),
        size: bytes.len() as i64,
        request_id: String::new(),
    };
    let pieces = (0..bytes.len())
        .step_by(piece)
        .map(move |start| Part::Chunk(bytes.slice(start..bytes.len().min(start + piece)).into()));
    std::iter::once(Part::Announcement(announcement))
        .chain(pieces)
        .map(|part| pb::UploadDocumentRequest { part: Some(part) })
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes))
}
