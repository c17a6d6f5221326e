//! Consent, from domain to wire.

use crate::domain::consent::{Statement, Why};
use crate::domain::guide::channels::Obstacle;
use crate::domain::{Code, code_or_zero};
use bitewing_proto::patient as pb;
use bitewing_rpc::field::to_timestamp;

/// A statement, with its address if somebody knows it still.
pub(super) fn consent(statement: Statement, address: Option<String>) -> pb::Consent {
    let state = if statement.granted {
        pb::ConsentState::Granted
    } else {
        pb::ConsentState::Revoked
    };
    pb::Consent {
        consent_id: statement.id.to_string(),
        patient_id: statement
            .patient
            .map(|patient| patient.to_string())
            .unwrap_or_default(),
        state: state.into(),
        purpose: statement.purposes.code().into(),
        channel: code_or_zero(statement.channel).into(),
        address_kind: code_or_zero(statement.address.map(|address| address.kind)).into(),
        address: address.unwrap_or_default(),
        basis: code_or_zero(statement.basis).into(),
        wording_version: statement.wording,
        source: statement.source.code().into(),
        recorded_by: statement.recorded_by,
        occur_time: Some(to_timestamp(statement.occurred_at)),
        create_time: Some(to_timestamp(statement.created_at)),
    }
}

pub(super) const fn decision(why: Why) -> pb::ConsentDecision {
    match why {
        Why::Granted => pb::ConsentDecision::Granted,
        Why::NotRequired => pb::ConsentDecision::NotRequired,
        Why::Revoked => pb::ConsentDecision::Revoked,
        Why::AddressSuppressed => pb::ConsentDecision::AddressSuppressed,
        Why::NoConsent => pb::ConsentDecision::NoConsent,
    }
}

/// What the record itself says against a message.
pub(super) const fn refusal(obstacle: Obstacle) -> pb::ConsentDecision {
    match obstacle {
        Obstacle::Deceased => pb::ConsentDecision::Deceased,
        Obstacle::DoNotContact => pb::ConsentDecision::DoNotContact,
        Obstacle::RefusedByPatient => pb::ConsentDecision::ChannelRefused,
        Obstacle::NoAddress | Obstacle::Unreachable | Obstacle::Landline => {
            pb::ConsentDecision::NoAddress
        }
        Obstacle::Revoked => pb::ConsentDecision::Revoked,
        Obstacle::AddressSuppressed => pb::ConsentDecision::AddressSuppressed,
        Obstacle::NoConsent => pb::ConsentDecision::NoConsent,
    }
}
