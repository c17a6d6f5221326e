//! From domain to wire, for own wordings.

use crate::domain::difference::Change;
use crate::domain::review::{State, Version};
use bitewing_proto::template as pb;
use bitewing_rpc::field::to_timestamp;

impl From<State> for pb::WordingState {
    fn from(state: State) -> Self {
        match state {
            State::Draft => Self::Draft,
            State::InReview => Self::InReview,
            State::Approved => Self::Approved,
            State::Rejected => Self::Rejected,
            State::Retired => Self::Retired,
        }
    }
}

impl From<Version> for pb::Wording {
    fn from(version: Version) -> Self {
        Self {
            etag: version.etag(),
            wording_id: version.id.to_string(),
            version: version.version,
            clinic_id: version.clinic.map(|id| id.to_string()).unwrap_or_default(),
            kind: version.kind.name.clone(),
            locale: version.place.locale.to_string(),
            register: pb::WordingRegister::from(version.place.register).into(),
            channel: pb::WordingChannel::from(version.place.medium).into(),
            subject: version.words.subject,
            body: version.words.body,
            state: pb::WordingState::from(version.state).into(),
            reason: version.reason,
            keeps_scheduled: version.keeps_scheduled,
            written_by: version.written_by,
            decided_by: version.decided_by,
            create_time: Some(to_timestamp(version.created_at)),
            update_time: Some(to_timestamp(version.updated_at)),
        }
    }
}

impl From<Change> for pb::WordingChange {
    fn from(change: Change) -> Self {
        match change {
            Change::Kept => Self::Kept,
            Change::Removed => Self::Removed,
            Change::Added => Self::Added,
        }
    }
}
