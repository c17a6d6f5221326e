//! The orders jobs are given. Bodies are sealed in their rows and gone with them.

use crate::domain::recipient::Notice;
use crate::domain::{Code, CodeChannel};
use crate::store::LinkRef;
use bitewing_core::{CapabilityToken, ClinicId, DocumentId, LinkId, MessageId, PatientId};
use bitewing_store::jobs::{Due, Lane, NewJob};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) const CHECK_DOCUMENT: &str = "check_document";
pub(super) const SHRED_DOCUMENT: &str = "shred_document";
pub(super) const EXPIRE_UPLOAD: &str = "expire_upload";
pub(super) const DELIVER_LINK: &str = "deliver_link";
pub(super) const FOLLOW_LINK: &str = "follow_link";
pub(super) const EXPIRE_LINK: &str = "expire_link";
pub(super) const SEND_CODE: &str = "send_code";
pub(super) const EXPIRE_CODE: &str = "expire_code";
pub(super) const FOLLOW_CODE: &str = "follow_code";
pub(super) const TELL_LOCKED: &str = "tell_locked";
pub(super) const TELL_REPLACED: &str = "tell_replaced";

/// Hours an upload may rest before it is given up.
pub(super) const UPLOAD_REST_HOURS: i32 = 24;
/// Runs before a job is given up: at up to 15 minutes each, about half a day.
const ATTEMPTS: u16 = 100;
/// How long after dispatch the mail is asked about, should its events have come too early.
const FOLLOW_AFTER: Duration = Duration::from_mins(1);

/// A document to work on.
#[derive(Serialize, Deserialize)]
pub(super) struct AboutDocument {
    document: Uuid,
}

impl AboutDocument {
    pub(super) const fn id(&self) -> DocumentId {
        DocumentId::from_uuid(self.document)
    }
}

/// A link to work on.
#[derive(Serialize, Deserialize)]
pub(super) struct AboutLink {
    link: Uuid,
    clinic: Uuid,
    patient: Uuid,
}

impl AboutLink {
    pub(super) const fn link(&self) -> LinkRef {
        LinkRef {
            id: LinkId::from_uuid(self.link),
            clinic: ClinicId::from_uuid(self.clinic),
            patient: PatientId::from_uuid(self.patient),
        }
    }

    const fn of(link: LinkRef) -> Self {
        Self {
            link: link.id.uuid(),
            clinic: link.clinic.uuid(),
            patient: link.patient.uuid(),
        }
    }
}

/// A link to send.
#[derive(Serialize, Deserialize)]
pub(super) struct LinkToSend {
    pub(super) about: AboutLink,
    pub(super) token: String,
}

/// A message to ask about.
#[derive(Serialize, Deserialize)]
pub(super) struct MessageToFollow {
    pub(super) message: Uuid,
}

/// A code to send.
#[derive(Serialize, Deserialize)]
pub(super) struct CodeToSend {
    pub(super) about: AboutLink,
    pub(super) challenge: Uuid,
    pub(super) channel: i16,
    pub(super) code: String,
    pub(super) expires: i64,
}

/// Word to an address a link used before it was replaced.
#[derive(Serialize, Deserialize)]
pub(super) struct WordToSend {
    pub(super) about: AboutLink,
    pub(super) text: bool,
    pub(super) address: String,
}

/// A code whose time ends.
#[derive(Serialize, Deserialize)]
pub(super) struct CodeToEnd {
    pub(super) link: Uuid,
    pub(super) challenge: Uuid,
}

fn job(kind: &'static str, lane: Lane, due: Due, key: String, body: &impl Serialize) -> NewJob {
    NewJob {
        kind,
        lane,
        due,
        dedupe_key: key,
        body: serde_json::to_vec(body).expect("identifiers and texts serialize"),
        clinics: None,
        purpose: kind.to_owned(),
        max_attempts: ATTEMPTS,
    }
}

fn about_document(kind: &'static str, due: Due, id: DocumentId) -> NewJob {
    let body = AboutDocument {
        document: id.uuid(),
    };
    job(kind, Lane::Transactional, due, id.to_string(), &body)
}

/// Reads a complete document back and judges it.
pub(crate) fn check_document(id: DocumentId) -> NewJob {
    about_document(CHECK_DOCUMENT, Due::Now, id)
}

/// Removes the bytes of a document whose key is destroyed.
pub(crate) fn shred_document(id: DocumentId) -> NewJob {
    about_document(SHRED_DOCUMENT, Due::Now, id)
}

/// Gives an upload up once it has rested for a day.
pub(crate) fn expire_upload(id: DocumentId) -> NewJob {
    let rest = Duration::from_hours(UPLOAD_REST_HOURS as u64);
    about_document(EXPIRE_UPLOAD, Due::In(rest), id)
}

/// Sends a new link to its patient: the only place its token still exists in.
pub(crate) fn deliver_link(link: LinkRef, token: &CapabilityToken) -> NewJob {
    let body = LinkToSend {
        about: AboutLink::of(link),
        token: token.reveal().expose().clone(),
    };
    job(
        DELIVER_LINK,
        Lane::Reply,
        Due::Now,
        link.id.to_string(),
        &body,
    )
}

/// Asks what became of the mail of a link.
pub(super) fn follow_link(link: LinkRef, message: MessageId) -> NewJob {
    let body = MessageToFollow {
        message: message.uuid(),
    };
    job(
        FOLLOW_LINK,
        Lane::Transactional,
        Due::In(FOLLOW_AFTER),
        link.id.to_string(),
        &body,
    )
}

/// Ends a link when its time is over.
pub(crate) fn expire_link(link: LinkRef, at: OffsetDateTime) -> NewJob {
    let body = AboutLink::of(link);
    job(
        EXPIRE_LINK,
        Lane::Transactional,
        Due::At(at),
        link.id.to_string(),
        &body,
    )
}

/// Sends a code.
pub(crate) fn send_code(
    link: LinkRef,
    challenge: Uuid,
    channel: CodeChannel,
    code: &Code,
    expires_at: OffsetDateTime,
) -> NewJob {
    let body = CodeToSend {
        about: AboutLink::of(link),
        challenge,
        channel: channel.stored(),
        code: code.reveal().expose().clone(),
        expires: expires_at.unix_timestamp(),
    };
    job(
        SEND_CODE,
        Lane::Urgent,
        Due::Now,
        challenge.to_string(),
        &body,
    )
}

/// Asks what became of the message of a code.
pub(super) fn follow_code(message: MessageId) -> NewJob {
    let body = MessageToFollow {
        message: message.uuid(),
    };
    let due = Due::In(FOLLOW_AFTER);
    job(
        FOLLOW_CODE,
        Lane::Transactional,
        due,
        message.to_string(),
        &body,
    )
}

/// Tells the clinic that a link is locked.
pub(crate) fn tell_locked(link: LinkRef) -> NewJob {
    let body = AboutLink::of(link);
    let key = link.id.to_string();
    job(TELL_LOCKED, Lane::Reply, Due::Now, key, &body)
}

/// Tells an address that a link it was used for was replaced, and nothing else.
pub(crate) fn tell_replaced(link: LinkRef, notice: &Notice) -> NewJob {
    let (text, address) = match notice {
        Notice::Text(phone) => (true, phone.e164()),
        Notice::Email(email) => (false, email.as_str()),
    };
    let body = WordToSend {
        about: AboutLink::of(link),
        text,
        address: address.to_owned(),
    };
    let key = format!("{}/{}", link.id, if text { "text" } else { "mail" });
    job(TELL_REPLACED, Lane::Reply, Due::Now, key, &body)
}

/// Ends a code when its time is over.
pub(crate) fn expire_code(link: LinkId, challenge: Uuid, at: OffsetDateTime) -> NewJob {
    let body = CodeToEnd {
        link: link.uuid(),
        challenge,
    };
    job(
        EXPIRE_CODE,
        Lane::Urgent,
        Due::At(at),
        challenge.to_string(),
        &body,
    )
}
