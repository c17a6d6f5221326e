//! Own wordings and their review.

mod approve_wording;
mod change;
mod compare_wording_versions;
mod convert;
mod create_wording;
mod get_wording;
mod list_wording_versions;
mod list_wordings;
mod reject_wording;
mod retire_wording;
mod submit_wording;
mod update_wording;

use super::Api;
use crate::domain::review::Version;
use crate::error::Error;
use async_trait::async_trait;
use bitewing_core::WordingId;
use bitewing_proto::template as pb;
use bitewing_proto::template::own_wording_service_server::OwnWordingService;
use bitewing_rpc::{Call, Violation, field, open};
use tonic::{Request, Response, Status};

fn id(text: &str) -> Result<WordingId, Error> {
    field::id(text).map_err(|error| vec![Violation::new("wording_id", error)].into())
}

/// A wording as far as the caller may see it: the chain's and those of its clinics.
pub(super) fn seen(call: &Call, version: Option<Version>) -> Result<Version, Error> {
    version
        .filter(|version| {
            let clinic = version.clinic;
            clinic.is_none_or(|clinic| call.caller.clinics.allow(clinic))
        })
        .ok_or(Error::WordingNotFound)
}

macro_rules! rpcs {
    ($($name:ident($request:ident) -> $response:ident;)*) => {
        #[async_trait]
        impl OwnWordingService for Api {
            $(async fn $name(
                &self,
                request: Request<pb::$request>,
            ) -> Result<Response<pb::$response>, Status> {
                let (call, request) = open(request)?;
                Ok(Response::new($name::run(self, &call, request).await?))
            })*
        }
    };
}

rpcs! {
    create_wording(CreateWordingRequest) -> CreateWordingResponse;
    get_wording(GetWordingRequest) -> GetWordingResponse;
    list_wordings(ListWordingsRequest) -> ListWordingsResponse;
    list_wording_versions(ListWordingVersionsRequest) -> ListWordingVersionsResponse;
    compare_wording_versions(CompareWordingVersionsRequest) -> CompareWordingVersionsResponse;
    update_wording(UpdateWordingRequest) -> UpdateWordingResponse;
    submit_wording(SubmitWordingRequest) -> SubmitWordingResponse;
    approve_wording(ApproveWordingRequest) -> ApproveWordingResponse;
    reject_wording(RejectWordingRequest) -> RejectWordingResponse;
    retire_wording(RetireWordingRequest) -> RetireWordingResponse;
}
