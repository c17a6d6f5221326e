//! ConsentService: one file per RPC.

mod check_consent;
mod convert;
mod create_preference_link;
mod evaluate_reply;
pub(crate) mod judge;
mod keyword_table;
mod list_consents;
mod record_consent;
mod revoke_consent;
pub(crate) mod say;
mod subject;

use super::Api;
use async_trait::async_trait;
use bitewing_proto::patient as pb;
use bitewing_proto::patient::consent_service_server::ConsentService;
use bitewing_rpc::open;
use tonic::{Request, Response, Status};

#[async_trait]
impl ConsentService for Api {
    async fn record_consent(
        &self,
        request: Request<pb::RecordConsentRequest>,
    ) -> Result<Response<pb::RecordConsentResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            record_consent::run(self, &call, request).await?,
        ))
    }

    async fn revoke_consent(
        &self,
        request: Request<pb::RevokeConsentRequest>,
    ) -> Result<Response<pb::RevokeConsentResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            revoke_consent::run(self, &call, request).await?,
        ))
    }

    async fn list_consents(
        &self,
        request: Request<pb::ListConsentsRequest>,
    ) -> Result<Response<pb::ListConsentsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_consents::run(self, &call, request).await?,
        ))
    }

    async fn check_consent(
        &self,
        request: Request<pb::CheckConsentRequest>,
    ) -> Result<Response<pb::CheckConsentResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            check_consent::run(self, &call, request).await?,
        ))
    }

    async fn evaluate_reply(
        &self,
        request: Request<pb::EvaluateReplyRequest>,
    ) -> Result<Response<pb::EvaluateReplyResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            evaluate_reply::run(self, &call, &request).await?,
        ))
    }

    async fn get_keyword_table(
        &self,
        request: Request<pb::GetKeywordTableRequest>,
    ) -> Result<Response<pb::GetKeywordTableResponse>, Status> {
        let (call, _) = open(request)?;
        Ok(Response::new(keyword_table::get(self, &call).await?))
    }

    async fn update_keyword_table(
        &self,
        request: Request<pb::UpdateKeywordTableRequest>,
    ) -> Result<Response<pb::UpdateKeywordTableResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            keyword_table::update(self, &call, &request).await?,
        ))
    }

    async fn create_preference_link(
        &self,
        request: Request<pb::CreatePreferenceLinkRequest>,
    ) -> Result<Response<pb::CreatePreferenceLinkResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            create_preference_link::run(self, &call, request).await?,
        ))
    }
}
