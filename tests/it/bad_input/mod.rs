//! Nonsense is refused with a reason and never breaks anything.
//!
//! | module | sends |
//! |---|---|
//! | [`messages`] | well-formed messages whose fields hold what nobody expects, to every RPC over gRPC |
//! | [`frames`] | bytes that are no gRPC, or no protobuf, to every RPC |
//! | [`json`] | bodies and queries that are no JSON, or not the right one, to every route |
//! | [`routes`] | the same to what is plain HTTP: OAuth, uploads, downloads, the patient's page |

mod frames;
mod json;
mod messages;
mod routes;

use crate::catalogue::{Row, World};
use crate::suite::Suite;
use bitewing_auth::{ActorKind, Service};
use tonic::Code;

/// A suite with an organization to send nonsense to, and what must hold when it is over.
struct Target {
    suite: std::sync::Arc<Suite>,
    world: World,
    operator: String,
    panics: usize,
}

impl Target {
    async fn make() -> Self {
        let suite = Suite::shared().await;
        let world = World::make(&suite.site).await;
        let operator = suite.site.operator().await.token().to_owned();
        Self {
            suite,
            world,
            operator,
            panics: Suite::panics(),
        }
    }

    /// The token of somebody who may call a method; none where nobody needs one.
    fn token(&self, row: &Row) -> Option<&str> {
        let rule = row.rpc().rule;
        if rule.public {
            None
        } else if rule.actors.contains(&ActorKind::ApiClient) {
            Some(self.world.chain.json.token())
        } else {
            Some(&self.operator)
        }
    }

    /// Nothing panicked, and everything still works.
    async fn survived(self) {
        assert_eq!(Suite::panics(), self.panics, "a service panicked");
        for service in Service::ALL {
            assert!(
                self.suite.is_ready(service).await,
                "{service} is not ready any more"
            );
        }
    }
}

/// What is wrong with a refusal, if anything is.
fn fault(code: Code, reason: &str, paths: &[String]) -> Option<&'static str> {
    match code {
        Code::Ok => None,
        Code::Internal | Code::Unknown | Code::DataLoss => Some("breaks the service"),
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled => Some("stops the service"),
        _ if reason.is_empty() => Some("is refused without a reason"),
        // Other reasons name by themselves what is wrong: SIZE_MISMATCH, MALFORMED_MESSAGE.
        Code::InvalidArgument if reason == "INVALID_REQUEST" && paths.is_empty() => {
            Some("is refused without naming a field")
        }
        _ => None,
    }
}

/// Fails with the first of the faults, if there are any.
fn none(faults: &[String]) {
    let shown = faults
        .iter()
        .take(20)
        .map(|fault| fault.chars().take(300).collect::<String>());
    let shown: Vec<_> = shown.collect();
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        shown.join("\n")
    );
}
