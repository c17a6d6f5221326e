//! What staff does: upload, wait for the check, link.

use crate::answers::{pdf, until};
use crate::harness::Harness;
use crate::peers::Letter;
use bitewing_proto::conversation::Channel as MessageChannel;
use bitewing_proto::document as pb;
use reqwest::Method;
use tonic::Status;

impl Harness {
    pub(crate) async fn announce(&self, size: usize, media_type: &str) -> pb::CreateUploadResponse {
        let request = pb::CreateUploadRequest {
            clinic_id: self.clinic.to_string(),
            file_name: "Radiographie.pdf".to_owned(),
            media_type: media_type.to_owned(),
            size: size as i64,
            request_id: String::new(),
        };
        self.documents()
            .create_upload(self.request(request))
            .await
            .unwrap()
            .into_inner()
    }

    /// Sends bytes of an upload from an offset on.
    pub(crate) async fn patch(
        &self,
        path: &str,
        offset: usize,
        bytes: Vec<u8>,
    ) -> reqwest::Response {
        self.http(Method::PATCH, path, Some(&self.caller))
            .header("tus-resumable", "1.0.0")
            .header("upload-offset", offset)
            .header("content-type", "application/offset+octet-stream")
            .body(bytes)
            .send()
            .await
            .unwrap()
    }

    /// Uploads a file and waits until its check is over.
    pub(crate) async fn upload(&self, bytes: &[u8], media_type: &str) -> pb::Document {
        let announced = self.announce(bytes.len(), media_type).await;
        let answer = self.patch(&announced.upload_path, 0, bytes.to_vec()).await;
        assert_eq!(answer.status(), 204);
        self.checked(&announced.document.unwrap().document_id).await
    }

    /// A small document that may be linked.
    pub(crate) async fn ready(&self) -> pb::Document {
        let document = self.upload(&pdf(3_000), "application/pdf").await;
        assert_eq!(document.state(), pb::DocumentState::Ready);
        document
    }

    /// A document once its check is over.
    pub(crate) async fn checked(&self, id: &str) -> pb::Document {
        until(async || {
            let document = self.document(id).await.unwrap();
            let waiting = [pb::DocumentState::Uploading, pb::DocumentState::Quarantined];
            (!waiting.contains(&document.state())).then_some(document)
        })
        .await
    }

    pub(crate) async fn document(&self, id: &str) -> Result<pb::Document, Status> {
        let request = pb::GetDocumentRequest {
            document_id: id.to_owned(),
        };
        let answer = self.documents().get_document(self.request(request)).await?;
        Ok(answer.into_inner().document.unwrap())
    }

    pub(crate) fn link_request(&self, documents: &[&pb::Document]) -> pb::CreateLinkRequest {
        pb::CreateLinkRequest {
            patient_id: self.patient.to_string(),
            document_ids: documents
                .iter()
                .map(|document| document.document_id.clone())
                .collect(),
            ..Default::default()
        }
    }

    pub(crate) async fn create_link(
        &self,
        request: pb::CreateLinkRequest,
    ) -> Result<pb::Link, Status> {
        let answer = self.links().create_link(self.request(request)).await?;
        Ok(answer.into_inner().link.unwrap())
    }

    /// A link to a fresh document, and the token its e-mail brings.
    pub(crate) async fn linked(&self) -> (pb::Link, String) {
        let document = self.ready().await;
        let link = self
            .create_link(self.link_request(&[&document]))
            .await
            .unwrap();
        let token = self.token(&link).await;
        (link, token)
    }

    pub(crate) async fn link(&self, id: &str) -> pb::Link {
        let request = pb::GetLinkRequest {
            link_id: id.to_owned(),
        };
        self.links()
            .get_link(self.request(request))
            .await
            .unwrap()
            .into_inner()
            .link
            .unwrap()
    }

    /// The token in the e-mail of a link.
    pub(crate) async fn token(&self, link: &pb::Link) -> String {
        let letter = self.letter(&link.link_id).await;
        letter
            .request
            .secret
            .split_once("/d#")
            .unwrap()
            .1
            .to_owned()
    }

    /// The letter of a request id, once it is handed over.
    pub(crate) async fn letter(&self, request_id: &str) -> Letter {
        until(async || {
            let mut letters = self.conversation.letters().into_iter();
            letters.find(|letter| letter.request.request_id == request_id)
        })
        .await
    }

    /// The codes handed over so far, once there are so many.
    pub(crate) async fn codes(&self, count: usize) -> Vec<Letter> {
        until(async || {
            let letters = self.conversation.letters();
            let codes: Vec<_> = letters
                .into_iter()
                .filter(|letter| letter.request.channel() != MessageChannel::Email)
                .collect();
            (codes.len() >= count).then_some(codes)
        })
        .await
    }
}
