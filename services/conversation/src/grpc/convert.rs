//! From domain to wire, nothing else.

use crate::domain::{Channel, Clinic, Logo, Message, State};
use crate::store::SandboxMessage;
use bitewing_core::PatientId;
use bitewing_proto::conversation as pb;
use bitewing_rpc::field::to_timestamp;

impl From<Channel> for pb::Channel {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Sms => Self::Sms,
            Channel::Email => Self::Email,
            Channel::Voice => Self::Voice,
        }
    }
}

impl From<State> for pb::MessageState {
    fn from(state: State) -> Self {
        match state {
            State::Queued => Self::Queued,
            State::Sending => Self::Sending,
            State::Accepted => Self::Accepted,
            State::Delivered => Self::Delivered,
            State::Failed => Self::Failed,
            State::Ambiguous => Self::Ambiguous,
            State::Expired => Self::Expired,
            State::Sent => Self::Sent,
            State::Held => Self::Held,
        }
    }
}

impl From<Clinic> for pb::Clinic {
    fn from(clinic: Clinic) -> Self {
        Self {
            clinic_id: clinic.id.to_string(),
            create_time: Some(to_timestamp(clinic.created_at)),
            update_time: Some(to_timestamp(clinic.updated_at)),
            etag: clinic.etag(),
            display_name: clinic.card.display_name,
            time_zone: clinic.card.time_zone,
            phone: clinic.card.phone,
            region: clinic.card.region,
            language: clinic.card.language.to_string(),
            address: clinic.card.address,
            email: clinic.card.email,
        }
    }
}

impl From<Logo> for pb::ClinicLogo {
    fn from(logo: Logo) -> Self {
        Self {
            image: logo.image,
            media_type: logo.media_type.to_owned(),
            width: logo.width.cast_signed(),
            height: logo.height.cast_signed(),
        }
    }
}

impl From<Message> for pb::Message {
    fn from(message: Message) -> Self {
        Self {
            message_id: message.id.to_string(),
            clinic_id: message.clinic.to_string(),
            patient_id: message
                .patient
                .as_ref()
                .map(PatientId::to_string)
                .unwrap_or_default(),
            channel: pb::Channel::from(message.channel).into(),
            state: pb::MessageState::from(message.state).into(),
            reason: message.reason,
            attempts: message.attempts as i32,
            create_time: Some(to_timestamp(message.created_at)),
            update_time: Some(to_timestamp(message.updated_at)),
            expire_time: Some(to_timestamp(message.not_after)),
            provider_code: message.provider_code,
            accept_time: message.accepted_at.map(to_timestamp),
            sent_time: message.sent_at.map(to_timestamp),
            end_time: message.ended_at.map(to_timestamp),
        }
    }
}

/// What arrived, and the cursor behind it.
pub(super) fn sandbox_message(arrived: SandboxMessage, cursor: String) -> pb::SandboxMessage {
    let channel = match arrived.note.channel.as_str() {
        "SMS" => pb::Channel::Sms,
        "EMAIL" => pb::Channel::Email,
        "VOICE" => pb::Channel::Voice,
        _ => pb::Channel::Unspecified,
    };
    pb::SandboxMessage {
        cursor,
        message_id: arrived.message.to_string(),
        channel: channel.into(),
        sender: arrived.note.sender,
        recipient: arrived.note.recipient,
        subject: arrived.note.subject,
        text: arrived.note.text,
        html: arrived.note.html,
        create_time: Some(to_timestamp(arrived.at)),
    }
}
