//! The patient's part, as a portal does it over gRPC.

use super::chain::Reachable;
use super::grpc::fresh_address;
use super::{Chain, Site};
use bitewing_proto::document as pb;
use bitewing_proto::document::recipient_service_client::RecipientServiceClient;
use reqwest::{Method, StatusCode};
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Request, Status};

/// Somebody who holds a link.
pub(crate) struct Holder {
    site: Site,
    client: RecipientServiceClient<Channel>,
    pub(crate) token: String,
    address: String,
}

impl Holder {
    /// Takes a link's token.
    pub(crate) fn of(site: &Site, token: &str) -> Self {
        let client = RecipientServiceClient::new(site.channel());
        Self {
            site: site.clone(),
            client,
            token: token.to_owned(),
            address: fresh_address(),
        }
    }

    /// The same from another network address.
    pub(crate) fn elsewhere(&self) -> Self {
        Self::of(&self.site, &self.token)
    }

    fn as_sent_here<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let address = MetadataValue::try_from(&self.address).expect("digits and dots");
        request.metadata_mut().insert("x-forwarded-for", address);
        request
    }

    pub(crate) async fn open(&mut self) -> Result<pb::OpenLinkResponse, Status> {
        let request = pb::OpenLinkRequest {
            token: self.token.clone(),
        };
        Ok(self
            .client
            .open_link(self.as_sent_here(request))
            .await?
            .into_inner())
    }

    pub(crate) async fn send_code(&mut self) -> Result<pb::SendCodeResponse, Status> {
        let channel = pb::CodeChannel::Sms.into();
        let request = pb::SendCodeRequest {
            token: self.token.clone(),
            channel,
        };
        Ok(self
            .client
            .send_code(self.as_sent_here(request))
            .await?
            .into_inner())
    }

    pub(crate) async fn verify(
        &mut self,
        challenge: &str,
        code: &str,
    ) -> Result<pb::VerifyCodeResponse, Status> {
        let request = pb::VerifyCodeRequest {
            token: self.token.clone(),
            challenge_token: challenge.to_owned(),
            code: code.to_owned(),
        };
        Ok(self
            .client
            .verify_code(self.as_sent_here(request))
            .await?
            .into_inner())
    }

    pub(crate) async fn files(&mut self, session: &str) -> Result<Vec<pb::RecipientFile>, Status> {
        let request = pb::ListFilesRequest {
            session_token: session.to_owned(),
        };
        Ok(self
            .client
            .list_files(self.as_sent_here(request))
            .await?
            .into_inner()
            .files)
    }

    pub(crate) async fn end(&mut self, session: &str) -> Result<(), Status> {
        let request = pb::EndSessionRequest {
            session_token: session.to_owned(),
        };
        self.client
            .end_session(self.as_sent_here(request))
            .await
            .map(|_| ())
    }

    /// Asks for a code, reads it on the phone, and unlocks; answers the session.
    pub(crate) async fn unlock(&mut self, chain: &Chain, patient: &Reachable) -> String {
        let seen = chain.arrived(&patient.phone).await.len();
        let challenge = self.send_code().await.unwrap().challenge_token;
        let code = chain.code_on_phone(patient, seen).await;
        self.verify(&challenge, &code).await.unwrap().session_token
    }

    /// Fetches bytes of a file, all or a range as `0-99`.
    pub(crate) async fn download(
        &self,
        session: &str,
        document: &str,
        range: Option<&str>,
    ) -> (StatusCode, Vec<u8>) {
        let path = format!("/d/files/{document}");
        let client = self.site.anonymous();
        let mut request = client
            .request(Method::GET, &path)
            .header("x-session-token", session);
        if let Some(range) = range {
            request = request.header("range", format!("bytes={range}"));
        }
        let response = request.send().await.unwrap();
        (response.status(), response.bytes().await.unwrap().to_vec())
    }
}

/// Another code than this one.
pub(crate) fn wrong(code: &str, nth: u32) -> String {
    let code: u32 = code.parse().expect("a code is six digits");
    format!("{:06}", (code + 1 + nth) % 1_000_000)
}
