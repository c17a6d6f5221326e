//! Reads the internal token, checks that the calling service may call the method, and leaves an
//! [`Arrival`] for the handler. Nothing reaches a service without a token of another service.

use super::deadline::Deadline;
use super::{Stack, refuse, request_id_of, speaks_grpc};
use crate::call::Arrival;
use crate::{Refusal, access};
use axum::extract::Request;
use axum::response::Response;
use bitewing_auth::ActorKind;
use http::header::AUTHORIZATION;

fn arrive(stack: &Stack, request: &Request) -> Result<Arrival, Refusal> {
    let token = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or(Refusal::Unauthenticated)?;
    let identity = stack
        .verifier
        .verify(token)
        .map_err(|_| Refusal::Unauthenticated)?;
    let rule = access::rule(request.uri().path());
    if let Some(rule) = rule {
        if !access::peer_allowed(identity.service, stack.service, rule) {
            return Err(Refusal::Forbidden);
        }
        let nobody = identity.caller.is_none();
        let from_gateway = identity.service == bitewing_auth::Service::Gateway;
        let forwarded = identity
            .caller
            .as_ref()
            .is_some_and(|caller| caller.actor.kind != ActorKind::Service);
        // The gateway checked scope and role; the kind is cheap to check again.
        if from_gateway && nobody && !rule.public && !rule.services {
            return Err(Refusal::Unauthenticated);
        }
        if from_gateway && forwarded && !identity.caller.as_ref().is_some_and(|c| rule.allows(c)) {
            return Err(Refusal::Forbidden);
        }
    }
    Ok(Arrival {
        identity,
        request_id: request_id_of(request),
        deadline: request
            .extensions()
            .get::<Deadline>()
            .map(|deadline| deadline.0),
        rule,
    })
}

pub(super) async fn run<F>(
    stack: &Stack,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    match arrive(stack, &request) {
        Ok(arrival) => {
            request.extensions_mut().insert(arrival);
            next(request).await
        }
        Err(refusal) => refuse(
            speaks_grpc(&request),
            &request_id_of(&request),
            refusal.into(),
        ),
    }
}
