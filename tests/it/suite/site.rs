//! Where a suite is reached, and its operator.

use super::{Json, eventually};
use tonic::transport::Channel;

/// One public port.
#[derive(Clone)]
pub(crate) struct Site {
    base: String,
    operator_secret: String,
}

impl Site {
    /// Names one.
    pub(crate) fn new(base: &str, operator_secret: &str) -> Self {
        Self {
            base: base.to_owned(),
            operator_secret: operator_secret.to_owned(),
        }
    }

    /// As `http://127.0.0.1:7000`.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// A connection for gRPC.
    pub(crate) fn channel(&self) -> Channel {
        Channel::from_shared(self.base.clone())
            .unwrap()
            .connect_lazy()
    }

    /// A client without a credential.
    pub(crate) fn anonymous(&self) -> Json {
        Json::new(&self.base)
    }

    /// Who runs the installation.
    pub(crate) async fn operator(&self) -> Json {
        Json::signed_in(&self.base, "operator", &self.operator_secret).await
    }

    /// Waits for the first answer.
    pub(crate) async fn wait_until_up(&self) {
        let client = self.anonymous();
        eventually("an answer of the gateway", async || {
            let path = "/.well-known/oauth-authorization-server";
            client
                .try_get(path)
                .await
                .filter(|answer| answer.status == 200)
        })
        .await;
    }
}
