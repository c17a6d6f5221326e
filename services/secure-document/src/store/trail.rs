//! What happened, told twice in the transaction that makes it true: as an event, and as a line of the
//! audit trail.

use super::receipts;
use crate::domain::receipt::Happened;
use bitewing_auth::{Actor, ActorKind, Service};
use bitewing_core::{ClinicId, DocumentId, LinkId, PatientId};
use bitewing_rpc::Call;
use bitewing_store::audit::Entry;
use bitewing_store::{Event, StoreError, Tx};
use serde_json::{Value, json};

/// Who did something, on which request.
#[derive(Debug, Clone)]
pub(crate) struct Author {
    pub(crate) actor: Actor,
    pub(crate) request_id: String,
}

impl Author {
    /// A caller of staff.
    pub(crate) fn caller(call: &Call) -> Self {
        Self {
            actor: call.caller.actor.clone(),
            request_id: call.request_id.clone(),
        }
    }

    /// The holder of a link.
    pub(crate) fn recipient(link: LinkId, request_id: &str) -> Self {
        let actor = Actor {
            kind: ActorKind::Recipient,
            id: link.to_string(),
        };
        Self {
            actor,
            request_id: request_id.to_owned(),
        }
    }

    /// The service itself.
    pub(crate) fn service(purpose: &str) -> Self {
        let id = format!("{}/{purpose}", Service::SecureDocument);
        Self {
            actor: Actor {
                kind: ActorKind::Service,
                id,
            },
            request_id: String::new(),
        }
    }
}

/// A link, as far as events tell of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LinkRef {
    pub(crate) id: LinkId,
    pub(crate) clinic: ClinicId,
    pub(crate) patient: PatientId,
}

/// Tells what happened to a link: a receipt for its clinic, and an event where it is the first of its
/// kind and subject.
pub(crate) async fn link(
    tx: &mut Tx,
    author: &Author,
    link: LinkRef,
    happened: &Happened,
    details: Value,
) -> Result<(), StoreError> {
    let (kind, resource) = (happened.kind, link.id.to_string());
    let first = receipts::write(tx, link.id, happened).await?;
    if first && kind.is_told() {
        let mut payload =
            json!({ "clinic_id": link.clinic.to_string(), "patient_id": link.patient.to_string() });
        if let Some(document) = happened.document {
            payload["document_id"] = json!(document.to_string());
        }
        tx.emit(Event {
            event_type: kind.name(),
            resource: resource.clone(),
            payload,
        })
        .await?;
    }
    if first || kind.is_audited_each_time() {
        audit(
            tx,
            author,
            kind.name(),
            resource,
            Some(link.clinic),
            details,
        )
        .await?;
    }
    Ok(())
}

/// Tells what concerns an organization as a whole.
pub(crate) async fn organization(
    tx: &mut Tx,
    author: &Author,
    happened: &'static str,
    payload: Value,
) -> Result<(), StoreError> {
    let resource = tx.organization().to_string();
    tx.emit(Event {
        event_type: happened,
        resource: resource.clone(),
        payload: payload.clone(),
    })
    .await?;
    audit(tx, author, happened, resource, None, payload).await
}

/// Tells what happened to a document.
pub(crate) async fn document(
    tx: &mut Tx,
    author: &Author,
    happened: &'static str,
    id: DocumentId,
    clinic: ClinicId,
    details: Value,
) -> Result<(), StoreError> {
    let payload = json!({ "clinic_id": clinic.to_string() });
    tx.emit(Event {
        event_type: happened,
        resource: id.to_string(),
        payload,
    })
    .await?;
    audit(tx, author, happened, id.to_string(), Some(clinic), details).await
}

/// Notes what concerns nobody but auditors: reading, mostly.
pub(crate) async fn audit(
    tx: &mut Tx,
    author: &Author,
    action: &'static str,
    resource: String,
    clinic: Option<ClinicId>,
    details: Value,
) -> Result<(), StoreError> {
    let request_id = author.request_id.clone();
    tx.audit(Entry {
        actor: &author.actor,
        action,
        resource,
        clinic,
        details,
        request_id,
    })
    .await
}
