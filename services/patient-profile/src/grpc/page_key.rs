//! The keys of pages that are not ordered by an identifier alone.

use crate::domain::Patient;
use crate::store::{Changed, Named};
use bitewing_core::PatientId;
use time::OffsetDateTime;
use uuid::Uuid;

/// The key of a list of changes.
pub(super) fn changed(last: &Patient) -> Vec<u8> {
    let mut key = last
        .updated_at
        .unix_timestamp_nanos()
        .to_be_bytes()
        .to_vec();
    key.extend_from_slice(last.id.uuid().as_bytes());
    key
}

pub(super) fn read_changed(key: &[u8]) -> Option<Changed> {
    let (at, id) = key.split_first_chunk()?;
    Some(Changed {
        at: OffsetDateTime::from_unix_timestamp_nanos(i128::from_be_bytes(*at)).ok()?,
        id: Uuid::from_slice(id).ok()?,
    })
}

/// The key of a search by name. It is authenticated but not secret: only the requester's own prefix and
/// the word that comes next are in it, and both are in the page it came with.
pub(super) fn named(last: &Named) -> Vec<u8> {
    let mut key = last.id.uuid().as_bytes().to_vec();
    key.extend_from_slice(last.token.as_bytes());
    key
}

pub(super) fn read_named(key: &[u8]) -> Option<Named> {
    let (id, token) = key.split_first_chunk::<16>()?;
    Some(Named {
        token: String::from_utf8(token.to_vec()).ok()?,
        id: PatientId::from_uuid(Uuid::from_bytes(*id)),
    })
}
