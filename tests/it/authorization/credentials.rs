//! No token, a bad one, a scope or a role short, the right one.

use super::{ask, turned_away};
use crate::catalogue::{World, rows};
use crate::suite::grpc::{self, bearer};
use crate::suite::{Chain, Json, Suite, rpcs};
use bitewing_auth::{ActorKind, Role, Service};
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet};
use tonic::Code;

#[tokio::test]
async fn without_a_credential_only_public_methods_answer() {
    let suite = Suite::shared().await;
    let channel = suite.site.channel();
    for rpc in rpcs::reachable() {
        let outcome = grpc::call(&channel, None, rpc.path(), Bytes::new()).await;
        let refused =
            (outcome.code, outcome.reason().as_str()) == (Code::Unauthenticated, "UNAUTHENTICATED");
        assert_eq!(refused, !rpc.rule.public, "{}: {outcome:?}", rpc.name());
    }
}

#[tokio::test]
async fn a_bad_credential_is_none() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let channel = suite.site.channel();
    let token = chain.json.token();
    let (head, signature) = token.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let internal = suite
        .minter(Service::Conversation)
        .mint(None, Service::PatientProfile);
    let bad = [
        "Bearer garbage".to_owned(),
        "Bearer ".to_owned(),
        format!("Basic {token}"),
        token.to_owned(),
        bearer(&format!("{head}.{flipped}{}", &signature[1..])),
        bearer(&format!("{head}.")),
        bearer(&internal),
    ];
    for rpc in rpcs::reachable().into_iter().filter(|rpc| !rpc.rule.public) {
        for (nth, authorization) in bad.iter().enumerate() {
            let outcome = grpc::call(&channel, Some(authorization), rpc.path(), Bytes::new()).await;
            assert_eq!(
                (outcome.code, outcome.reason().as_str()),
                (Code::Unauthenticated, "UNAUTHENTICATED"),
                "{} takes the bad credential {nth}",
                rpc.name()
            );
        }
    }
}

#[tokio::test]
async fn every_scope_but_the_needed_one_is_not_enough() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let channel = suite.site.channel();
    let scopes: BTreeSet<String> = rpcs::all()
        .iter()
        .filter_map(|rpc| rpc.rule.scope.clone())
        .collect();
    let mut lacking: BTreeMap<String, Json> = BTreeMap::new();
    for scope in &scopes {
        let others: Vec<String> = scopes
            .iter()
            .filter(|other| *other != scope)
            .cloned()
            .collect();
        lacking.insert(scope.clone(), chain.program(&others, &[]).await);
    }
    let mut asked = 0;
    for rpc in rpcs::reachable().into_iter().filter(|rpc| !rpc.rule.public) {
        let scope = rpc
            .rule
            .scope
            .as_ref()
            .filter(|_| rpc.rule.actors.contains(&ActorKind::ApiClient));
        // A method that is not for programs refuses the one that has every scope.
        let program = scope.map_or(&chain.json, |scope| &lacking[scope]);
        let token = bearer(program.token());
        let outcome = grpc::call(&channel, Some(&token), rpc.path(), Bytes::new()).await;
        assert_eq!(
            (outcome.code, outcome.reason().as_str()),
            (Code::PermissionDenied, "FORBIDDEN"),
            "{}",
            rpc.name()
        );
        asked += 1;
    }
    assert!(asked > 40, "only {asked} methods were asked");
}

#[tokio::test]
async fn staff_call_what_their_role_allows() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let channel = suite.site.channel();
    for role in Role::ALL {
        let name = format!("ROLE_{}", role.as_str().to_ascii_uppercase());
        let token = bearer(chain.staff(&name).await.token());
        for rpc in rpcs::reachable().into_iter().filter(|rpc| !rpc.rule.public) {
            let rule = rpc.rule;
            let allowed = rule.actors.contains(&ActorKind::User)
                && (rule.roles.is_empty() || rule.roles.contains(&role));
            let outcome = grpc::call(&channel, Some(&token), rpc.path(), Bytes::new()).await;
            let refused =
                (outcome.code, outcome.reason().as_str()) == (Code::PermissionDenied, "FORBIDDEN");
            assert_eq!(refused, !allowed, "{} as {name}: {outcome:?}", rpc.name());
        }
    }
}

#[tokio::test]
async fn the_operator_calls_what_is_the_operators() {
    let suite = Suite::shared().await;
    let channel = suite.site.channel();
    let token = bearer(suite.site.operator().await.token());
    for rpc in rpcs::reachable().into_iter().filter(|rpc| !rpc.rule.public) {
        let allowed = rpc.rule.actors.contains(&ActorKind::Operator);
        let outcome = grpc::call(&channel, Some(&token), rpc.path(), Bytes::new()).await;
        let refused =
            (outcome.code, outcome.reason().as_str()) == (Code::PermissionDenied, "FORBIDDEN");
        assert_eq!(refused, !allowed, "{}: {outcome:?}", rpc.name());
    }
}

#[tokio::test]
async fn the_right_caller_is_answered() {
    let suite = Suite::shared().await;
    let world = World::make(&suite.site).await;
    let channel = suite.site.channel();
    let operator = suite.site.operator().await;
    for row in rows() {
        let rule = row.rpc().rule;
        let program = rule.actors.contains(&ActorKind::ApiClient);
        let token = match (rule.public, program) {
            (true, _) => None,
            (false, true) => Some(world.chain.json.token()),
            (false, false) => Some(operator.token()),
        };
        let outcome = ask(&channel, token, row, &world.fill(&row.template())).await;
        assert!(!turned_away(&outcome), "{}: {outcome:?}", row.name);
        assert_eq!(outcome.reason(), row.refusal, "{}: {outcome:?}", row.name);
        assert_eq!(
            outcome.code == Code::Ok,
            row.refusal.is_empty(),
            "{}: {outcome:?}",
            row.name
        );
    }
}
