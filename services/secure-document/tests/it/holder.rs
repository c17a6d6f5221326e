//! What the holder of a link does.

use crate::answers::until;
use crate::harness::Harness;
use bitewing_auth::Service;
use bitewing_proto::document as pb;
use bitewing_proto::document::recipient_service_client::RecipientServiceClient;
use tonic::transport::Channel;
use tonic::{Request, Status};

/// The patient's own address, as the gateway tells it.
pub(crate) const HOME: &str = "203.0.113.9";
/// Somebody else's.
pub(crate) const ELSEWHERE: &str = "198.51.100.77";

/// Someone who holds a link, somewhere.
#[derive(Clone)]
pub(crate) struct Holder {
    pub(crate) token: String,
    pub(crate) address: String,
    pub(crate) client: RecipientServiceClient<Channel>,
}

impl Holder {
    pub(crate) async fn open(&mut self, h: &Harness) -> Result<pb::OpenLinkResponse, Status> {
        let request = pb::OpenLinkRequest {
            token: self.token.clone(),
        };
        Ok(self
            .client
            .open_link(h.visit(&self.address, request))
            .await?
            .into_inner())
    }

    pub(crate) async fn send_code(
        &mut self,
        h: &Harness,
        channel: pb::CodeChannel,
    ) -> Result<pb::SendCodeResponse, Status> {
        let request = pb::SendCodeRequest {
            token: self.token.clone(),
            channel: channel.into(),
        };
        Ok(self
            .client
            .send_code(h.visit(&self.address, request))
            .await?
            .into_inner())
    }

    pub(crate) async fn verify(
        &mut self,
        h: &Harness,
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
            .verify_code(h.visit(&self.address, request))
            .await?
            .into_inner())
    }

    pub(crate) async fn files(
        &mut self,
        h: &Harness,
        session: &str,
    ) -> Result<Vec<pb::RecipientFile>, Status> {
        let request = pb::ListFilesRequest {
            session_token: session.to_owned(),
        };
        Ok(self
            .client
            .list_files(h.visit(&self.address, request))
            .await?
            .into_inner()
            .files)
    }
}

impl Harness {
    /// Someone who holds a link.
    pub(crate) fn holder(&self, token: &str, address: &'static str) -> Holder {
        let client = RecipientServiceClient::new(self.channel.clone());
        Holder {
            token: token.to_owned(),
            address: address.to_owned(),
            client,
        }
    }

    /// A request of nobody from an address, as the gateway forwards it.
    pub(crate) fn visit<T>(&self, address: &str, message: T) -> Request<T> {
        let mut request = self.test.request(Service::Gateway, None, message);
        request
            .metadata_mut()
            .insert("x-forwarded-for", address.parse().unwrap());
        request
    }

    /// A patient who asked for a code and has it.
    pub(crate) async fn challenged(&self, holder: &mut Holder) -> (String, String) {
        let before = self.conversation.letters().len();
        let sent = holder.send_code(self, pb::CodeChannel::Sms).await.unwrap();
        let code = until(async || {
            let letters = self.conversation.letters();
            (letters.len() > before).then(|| letters.last().unwrap().request.secret.clone())
        })
        .await;
        (sent.challenge_token, code)
    }

    /// A patient who unlocked a link: the session's token.
    pub(crate) async fn unlocked(&self, holder: &mut Holder) -> pb::VerifyCodeResponse {
        let (challenge, code) = self.challenged(holder).await;
        holder.verify(self, &challenge, &code).await.unwrap()
    }
}
