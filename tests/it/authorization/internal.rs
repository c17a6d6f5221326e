//! What is between services stays between services.

use crate::suite::grpc::{self, bearer};
use crate::suite::{Chain, Suite, rpcs};
use bitewing_auth::Service;
use bitewing_rpc::access;
use bytes::Bytes;
use tonic::Code;

const UNKNOWN: &str = "/bitewing.nowhere.v1.NowhereService/GetNothing";

#[tokio::test]
async fn internal_methods_look_unknown_from_outside() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let channel = suite.site.channel();
    let token = bearer(chain.json.token());
    let internal: Vec<_> = rpcs::all()
        .into_iter()
        .filter(|rpc| !rpc.is_reachable())
        .collect();
    assert!(
        internal.len() >= 4,
        "only {} methods are internal",
        internal.len()
    );
    let paths = internal.iter().map(rpcs::Rpc::path).chain([
        "/grpc.health.v1.Health/Check",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    ]);
    for path in paths {
        for authorization in [None, Some(token.as_str())] {
            let unknown = grpc::call(&channel, authorization, UNKNOWN, Bytes::new()).await;
            let outcome = grpc::call(&channel, authorization, path, Bytes::new()).await;
            assert_eq!(outcome, unknown, "{path}");
            assert_ne!(outcome.code, Code::Ok, "{path}");
        }
    }
}

#[tokio::test]
async fn a_service_believes_no_token_of_the_edge() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let token = bearer(chain.json.token());
    for service in Service::ALL {
        let channel = suite.behind(service);
        for rpc in rpcs::all()
            .into_iter()
            .filter(|rpc| rpc.rule.service == Some(service))
        {
            for authorization in [None, Some(token.as_str())] {
                let outcome = grpc::call(&channel, authorization, rpc.path(), Bytes::new()).await;
                assert_eq!(
                    (outcome.code, outcome.reason().as_str()),
                    (Code::Unauthenticated, "UNAUTHENTICATED"),
                    "{}",
                    rpc.name()
                );
            }
        }
    }
}

#[tokio::test]
async fn a_service_calls_only_what_is_listed_for_it() {
    let suite = Suite::shared().await;
    let (mut allowed, mut refused) = (0, 0);
    for target in Service::ALL {
        let channel = suite.behind(target);
        for caller in Service::ALL
            .into_iter()
            .filter(|caller| *caller != Service::Gateway)
        {
            let token = bearer(&suite.minter(caller).mint(None, target));
            let served = |rpc: &rpcs::Rpc| rpc.rule.service.is_none_or(|service| service == target);
            for rpc in rpcs::all().into_iter().filter(served) {
                let outcome = grpc::call(&channel, Some(&token), rpc.path(), Bytes::new()).await;
                let listed = access::peer_allowed(caller, target, rpc.rule);
                let turned_away = outcome.reason() == "FORBIDDEN";
                assert_eq!(
                    turned_away,
                    !listed,
                    "{caller} calls {} of {target}: {outcome:?}",
                    rpc.name()
                );
                if listed { allowed += 1 } else { refused += 1 }
            }
        }
    }
    assert!(
        allowed >= 5 && refused > 100,
        "{allowed} allowed, {refused} refused"
    );
}

#[tokio::test]
async fn a_token_for_one_service_opens_no_other() {
    let suite = Suite::shared().await;
    let path = "/bitewing.feed.v1.FeedService/PullEvents";
    let token = bearer(&suite.minter(Service::Gateway).mint(None, Service::Template));
    for target in Service::ALL {
        let outcome = grpc::call(&suite.behind(target), Some(&token), path, Bytes::new()).await;
        let expected = if target == Service::Template {
            Code::Ok
        } else {
            Code::Unauthenticated
        };
        assert_eq!(outcome.code, expected, "{target}");
    }
}
