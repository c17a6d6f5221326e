//! One file per RPC; this one only wires them.

mod audit;
mod clinic;
mod code_policy;
mod convert;
mod correct_recipient;
mod create_link;
mod create_upload;
mod delete_document;
mod download_document;
mod get_document;
mod get_link;
mod list_documents;
mod list_links;
mod make_link;
mod recipient;
mod reissue_link;
mod replace_link;
mod revoke_link;
mod update_code_policy;
mod upload_document;

use crate::vault::Vault;
use async_trait::async_trait;
use bitewing_proto::document as pb;
use bitewing_proto::document::code_policy_service_server::{
    CodePolicyService, CodePolicyServiceServer,
};
use bitewing_proto::document::document_audit_service_server::{
    DocumentAuditService, DocumentAuditServiceServer,
};
use bitewing_proto::document::document_service_server::{DocumentService, DocumentServiceServer};
use bitewing_proto::document::link_service_server::{LinkService, LinkServiceServer};
use bitewing_proto::document::recipient_service_server::{
    RecipientService, RecipientServiceServer,
};
use bitewing_rpc::open;
use bitewing_rpc::server::MAX_MESSAGE;
use bitewing_runtime::Offer;
use tonic::{Request, Response, Status, Streaming};

/// The service's RPCs.
#[derive(Clone)]
pub(crate) struct Api {
    vault: Vault,
}

impl Api {
    pub(crate) const fn new(vault: Vault) -> Self {
        Self { vault }
    }

    pub(crate) fn offer(&self, offer: &mut Offer) {
        offer
            .grpc
            .add_service(
                DocumentServiceServer::new(self.clone()).max_decoding_message_size(MAX_MESSAGE),
            )
            .add_service(LinkServiceServer::new(self.clone()))
            .add_service(CodePolicyServiceServer::new(self.clone()))
            .add_service(RecipientServiceServer::new(self.clone()))
            .add_service(DocumentAuditServiceServer::new(self.clone()));
    }
}

#[async_trait]
impl DocumentService for Api {
    type DownloadDocumentStream = download_document::Bytes;

    async fn create_upload(
        &self,
        request: Request<pb::CreateUploadRequest>,
    ) -> Result<Response<pb::CreateUploadResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            create_upload::run(&self.vault, &call, request).await?,
        ))
    }

    async fn upload_document(
        &self,
        request: Request<Streaming<pb::UploadDocumentRequest>>,
    ) -> Result<Response<pb::UploadDocumentResponse>, Status> {
        Ok(Response::new(
            upload_document::run(&self.vault, request).await?,
        ))
    }

    async fn get_document(
        &self,
        request: Request<pb::GetDocumentRequest>,
    ) -> Result<Response<pb::GetDocumentResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            get_document::run(&self.vault, &call, request).await?,
        ))
    }

    async fn list_documents(
        &self,
        request: Request<pb::ListDocumentsRequest>,
    ) -> Result<Response<pb::ListDocumentsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_documents::run(&self.vault, &call, request).await?,
        ))
    }

    async fn download_document(
        &self,
        request: Request<pb::DownloadDocumentRequest>,
    ) -> Result<Response<Self::DownloadDocumentStream>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            download_document::run(&self.vault, &call, request).await?,
        ))
    }

    async fn delete_document(
        &self,
        request: Request<pb::DeleteDocumentRequest>,
    ) -> Result<Response<pb::DeleteDocumentResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            delete_document::run(&self.vault, &call, request).await?,
        ))
    }
}

#[async_trait]
impl LinkService for Api {
    async fn create_link(
        &self,
        request: Request<pb::CreateLinkRequest>,
    ) -> Result<Response<pb::CreateLinkResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            create_link::run(&self.vault, &call, request).await?,
        ))
    }

    async fn get_link(
        &self,
        request: Request<pb::GetLinkRequest>,
    ) -> Result<Response<pb::GetLinkResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            get_link::run(&self.vault, &call, request).await?,
        ))
    }

    async fn list_links(
        &self,
        request: Request<pb::ListLinksRequest>,
    ) -> Result<Response<pb::ListLinksResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_links::run(&self.vault, &call, request).await?,
        ))
    }

    async fn revoke_link(
        &self,
        request: Request<pb::RevokeLinkRequest>,
    ) -> Result<Response<pb::RevokeLinkResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            revoke_link::run(&self.vault, &call, request).await?,
        ))
    }

    async fn reissue_link(
        &self,
        request: Request<pb::ReissueLinkRequest>,
    ) -> Result<Response<pb::ReissueLinkResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            reissue_link::run(&self.vault, &call, request).await?,
        ))
    }

    async fn correct_recipient(
        &self,
        request: Request<pb::CorrectRecipientRequest>,
    ) -> Result<Response<pb::CorrectRecipientResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            correct_recipient::run(&self.vault, &call, request).await?,
        ))
    }
}

#[async_trait]
impl CodePolicyService for Api {
    async fn get_code_policy(
        &self,
        request: Request<pb::GetCodePolicyRequest>,
    ) -> Result<Response<pb::GetCodePolicyResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            code_policy::get(&self.vault, &call, request).await?,
        ))
    }

    async fn update_code_policy(
        &self,
        request: Request<pb::UpdateCodePolicyRequest>,
    ) -> Result<Response<pb::UpdateCodePolicyResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            update_code_policy::run(&self.vault, &call, request).await?,
        ))
    }
}

#[async_trait]
impl RecipientService for Api {
    async fn open_link(
        &self,
        request: Request<pb::OpenLinkRequest>,
    ) -> Result<Response<pb::OpenLinkResponse>, Status> {
        let (visitor, request) = recipient::visitor(request)?;
        Ok(Response::new(
            recipient::open_link(&self.vault, &visitor, request).await?,
        ))
    }

    async fn send_code(
        &self,
        request: Request<pb::SendCodeRequest>,
    ) -> Result<Response<pb::SendCodeResponse>, Status> {
        let (visitor, request) = recipient::visitor(request)?;
        Ok(Response::new(
            recipient::send_code(&self.vault, &visitor, request).await?,
        ))
    }

    async fn verify_code(
        &self,
        request: Request<pb::VerifyCodeRequest>,
    ) -> Result<Response<pb::VerifyCodeResponse>, Status> {
        let (visitor, request) = recipient::visitor(request)?;
        Ok(Response::new(
            recipient::verify_code(&self.vault, &visitor, request).await?,
        ))
    }

    async fn list_files(
        &self,
        request: Request<pb::ListFilesRequest>,
    ) -> Result<Response<pb::ListFilesResponse>, Status> {
        let (_, request) = recipient::visitor(request)?;
        Ok(Response::new(
            recipient::list_files(&self.vault, request).await?,
        ))
    }

    async fn end_session(
        &self,
        request: Request<pb::EndSessionRequest>,
    ) -> Result<Response<pb::EndSessionResponse>, Status> {
        let (visitor, request) = recipient::visitor(request)?;
        Ok(Response::new(
            recipient::end_session(&self.vault, &visitor, request).await?,
        ))
    }
}

#[async_trait]
impl DocumentAuditService for Api {
    async fn list_document_audit_entries(
        &self,
        request: Request<pb::ListDocumentAuditEntriesRequest>,
    ) -> Result<Response<pb::ListDocumentAuditEntriesResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            audit::list(&self.vault, &call, request).await?,
        ))
    }

    async fn verify_document_audit_chain(
        &self,
        request: Request<pb::VerifyDocumentAuditChainRequest>,
    ) -> Result<Response<pb::VerifyDocumentAuditChainResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            audit::verify(&self.vault, &call, request).await?,
        ))
    }
}
