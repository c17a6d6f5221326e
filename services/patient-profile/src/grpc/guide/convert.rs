//! Guides, from domain to wire.

use crate::domain::guide::channels::Obstacle;
use crate::domain::guide::style::Style;
use crate::domain::guide::{Reason, Register, Tone};
use crate::domain::{Code, ContactChannel};
use bitewing_core::ConsentId;
use bitewing_proto::patient as pb;

const fn reason(reason: Reason) -> pb::ChoiceReason {
    match reason {
        Reason::Personal => pb::ChoiceReason::Personal,
        Reason::Learned => pb::ChoiceReason::Learned,
        Reason::Generation => pb::ChoiceReason::Generation,
        Reason::Default => pb::ChoiceReason::Default,
        Reason::Language => pb::ChoiceReason::Language,
        Reason::NameIncomplete => pb::ChoiceReason::NameIncomplete,
    }
}

/// How to address a patient.
pub(in crate::grpc) fn style(style: &Style) -> pb::CommunicationStyle {
    pb::CommunicationStyle {
        register: match style.register {
            Register::Formal => pb::AddressForm::Formal,
            Register::Informal => pb::AddressForm::Informal,
        }
        .into(),
        register_reason: reason(style.register_reason).into(),
        pronoun: style.pronoun.to_owned(),
        salutation: style.salutation.text.clone(),
        salutation_reason: reason(style.salutation.reason).into(),
        tone: match style.tone {
            Tone::Respectful => pb::Tone::Respectful,
            Tone::Efficient => pb::Tone::Efficient,
            Tone::Friendly => pb::Tone::Friendly,
            Tone::Direct => pb::Tone::Direct,
        }
        .into(),
        language: style.language.tag().to_owned(),
        generation: style
            .generation
            .map(|(generation, _)| generation.code().into())
            .unwrap_or_default(),
        generation_reason: style
            .generation
            .map(|(_, why)| reason(why).into())
            .unwrap_or_default(),
        self_service_link: style.self_service,
    }
}

pub(super) fn choice((channel, why): (ContactChannel, Reason)) -> pb::ChannelChoice {
    pb::ChannelChoice {
        channel: channel.code().into(),
        reason: reason(why).into(),
    }
}

pub(super) fn obstacle(
    (channel, why, consent): (ContactChannel, Obstacle, Option<ConsentId>),
) -> pb::ChannelObstacle {
    let reason = match why {
        Obstacle::NoAddress => pb::ObstacleReason::NoAddress,
        Obstacle::Unreachable => pb::ObstacleReason::Unreachable,
        Obstacle::Landline => pb::ObstacleReason::Landline,
        Obstacle::RefusedByPatient => pb::ObstacleReason::RefusedByPatient,
        Obstacle::Revoked => pb::ObstacleReason::Revoked,
        Obstacle::AddressSuppressed => pb::ObstacleReason::AddressSuppressed,
        Obstacle::NoConsent => pb::ObstacleReason::NoConsent,
        Obstacle::DoNotContact => pb::ObstacleReason::DoNotContact,
        Obstacle::Deceased => pb::ObstacleReason::Deceased,
    };
    pb::ChannelObstacle {
        channel: channel.code().into(),
        reason: reason.into(),
        consent_id: consent.map(|id| id.to_string()).unwrap_or_default(),
    }
}
