//! Times as they are sent, in the whole microseconds a database keeps.

use bitewing_rpc::field::{FieldError, timestamp};
use prost_types::Timestamp;
use time::OffsetDateTime;

/// Reads a time.
pub(super) fn read(sent: Timestamp) -> Result<OffsetDateTime, FieldError> {
    let time = timestamp(sent)?;
    // Far times that the calendar knows and a database does not.
    if !(1..=9_999).contains(&time.year()) {
        return Err(FieldError::Time);
    }
    let whole = time.nanosecond() / 1_000 * 1_000;
    time.replace_nanosecond(whole).map_err(|_| FieldError::Time)
}

/// Reads a time that may be missing.
pub(super) fn optional(sent: Option<Timestamp>) -> Result<Option<OffsetDateTime>, FieldError> {
    sent.map(read).transpose()
}

/// Reads a time that has to be there.
pub(super) fn required(sent: Option<Timestamp>) -> Result<OffsetDateTime, FieldError> {
    sent.ok_or(FieldError::Required).and_then(read)
}
