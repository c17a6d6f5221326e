//! Who calls, and on which request.

use crate::access::Rule;
use crate::{Refusal, Violation};
use bitewing_auth::{Actor, ActorKind, Caller, Clinics, Identity, Scope, Service};
use bitewing_core::{ClinicId, OrganizationId};
use prost_reflect::{DynamicMessage, ReflectMessage};
use std::sync::Arc;
use std::time::Instant;
use tonic::Request;

/// A verified caller and the request it makes.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who calls.
    pub caller: Caller,
    /// The request, in logs, answers and audit trails.
    pub request_id: String,
    /// When the answer is no longer wanted.
    pub deadline: Option<Instant>,
}

impl Call {
    /// The organization of the caller.
    pub const fn organization(&self) -> OrganizationId {
        self.caller.organization()
    }

    /// The door to the organization's data.
    pub const fn scope(&self) -> Scope {
        Scope::of_caller(&self.caller)
    }

    /// The call a service makes by itself, from what was stored when a job was enqueued.
    pub fn of_job(
        service: Service,
        scope: Scope,
        clinics: Clinics,
        purpose: &str,
        request_id: String,
    ) -> Self {
        let actor = Actor {
            kind: ActorKind::Service,
            id: format!("{service}/{purpose}"),
        };
        let caller = Caller::verified(scope.organization(), actor, clinics, Vec::new(), Vec::new());
        Self {
            caller,
            request_id,
            deadline: None,
        }
    }
}

/// What the layers leave in a request's extensions.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// What the internal token says.
    pub identity: Arc<Identity>,
    /// The request's id.
    pub request_id: String,
    /// When the answer is no longer wanted.
    pub deadline: Option<Instant>,
    /// The access rule; `None` on plain HTTP routes.
    pub rule: Option<&'static Rule>,
}

impl Arrival {
    /// The call of a caller; nobody's is refused.
    pub fn call(&self) -> Result<Call, Refusal> {
        let caller = self
            .identity
            .caller
            .clone()
            .ok_or(Refusal::Unauthenticated)?;
        Ok(Call {
            caller,
            request_id: self.request_id.clone(),
            deadline: self.deadline,
        })
    }
}

fn arrival<T>(request: &Request<T>) -> Result<Arrival, Refusal> {
    request
        .extensions()
        .get::<Arrival>()
        .cloned()
        .ok_or(Refusal::Unauthenticated)
}

/// Takes caller and message out of a request, and checks the clinic the access rule names.
pub fn open<T: ReflectMessage>(request: Request<T>) -> Result<(Call, T), Refusal> {
    let arrival = arrival(&request)?;
    let call = arrival.call()?;
    let message = request.into_inner();
    if let (Clinics::Only(_), Some(field)) = (
        &call.caller.clinics,
        arrival.rule.and_then(|rule| rule.clinic_field.as_deref()),
    ) {
        check_clinic(&call.caller.clinics, field, &message.transcode_to_dynamic())?;
    }
    Ok((call, message))
}

/// Takes the message of a method anyone may call, and the request's id.
pub fn open_public<T>(request: Request<T>) -> Result<(String, T), Refusal> {
    let arrival = arrival(&request)?;
    Ok((arrival.request_id, request.into_inner()))
}

/// Takes the message of a method that only services call for themselves, and who calls.
pub fn open_service<T>(request: Request<T>) -> Result<(Service, T), Refusal> {
    let arrival = arrival(&request)?;
    Ok((arrival.identity.service, request.into_inner()))
}

fn check_clinic(clinics: &Clinics, field: &str, message: &DynamicMessage) -> Result<(), Refusal> {
    let (parents, last) = field
        .rsplit_once('.')
        .map_or((None, field), |(p, l)| (Some(p), l));
    let nested;
    let holder = match parents {
        None => message,
        Some(parent) => {
            nested = message.get_field_by_name(parent);
            match nested.as_ref().and_then(|value| value.as_message()) {
                Some(message) => message,
                None => return Ok(()),
            }
        }
    };
    let value = holder.get_field_by_name(last);
    let text = value
        .as_ref()
        .and_then(|value| value.as_str())
        .unwrap_or_default();
    if text.is_empty() {
        return Ok(()); // a required clinic is refused by the handler, a filter's rows by SQL
    }
    let clinic: ClinicId = text
        .parse()
        .map_err(|error| Refusal::Invalid(vec![Violation::new(field, error)]))?;
    if clinics.allow(clinic) {
        Ok(())
    } else {
        Err(Refusal::ClinicNotFound)
    }
}
