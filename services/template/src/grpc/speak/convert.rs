//! From domain to wire, for wordings.

use crate::domain::phrasebook::{
    Count, Encoding, Medium, Message, Occasion, Purpose, Register, variable,
};
use bitewing_proto::template as pb;

impl From<Register> for pb::WordingRegister {
    fn from(register: Register) -> Self {
        match register {
            Register::Formal => Self::Formal,
            Register::Informal => Self::Informal,
        }
    }
}

impl From<Medium> for pb::WordingChannel {
    fn from(medium: Medium) -> Self {
        match medium {
            Medium::Sms => Self::Sms,
            Medium::Chat => Self::Chat,
            Medium::Email => Self::Email,
            Medium::Voice => Self::Voice,
        }
    }
}

impl From<Purpose> for pb::WordingPurpose {
    fn from(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Care => Self::Care,
            Purpose::Recall => Self::Recall,
            Purpose::Billing => Self::Billing,
            Purpose::Marketing => Self::Marketing,
            Purpose::Survey => Self::Survey,
            Purpose::Security => Self::Security,
        }
    }
}

impl From<&Occasion> for pb::WordingKind {
    fn from(kind: &Occasion) -> Self {
        let variables = kind.variables.iter().filter_map(|name| variable(name));
        Self {
            kind: kind.name.clone(),
            says: kind.says.clone(),
            purpose: pb::WordingPurpose::from(kind.purpose).into(),
            channels: kind
                .channels
                .iter()
                .map(|&medium| pb::WordingChannel::from(medium).into())
                .collect(),
            variables: variables
                .map(|variable| pb::WordingVariable {
                    name: variable.name.to_owned(),
                    form: variable.form.name().to_owned(),
                    required: kind.required.iter().any(|name| name == variable.name),
                    fallback: variable.fallback.name().to_owned(),
                })
                .collect(),
            clinical: kind.clinical,
            emoji: kind.emoji.clone(),
            quiet_days: kind.quiet.into(),
            staff: kind.staff,
            source: kind.source.clone(),
            own: kind.own,
        }
    }
}

impl From<Count> for pb::SmsCount {
    fn from(count: Count) -> Self {
        Self {
            encoding: match count.encoding {
                Encoding::Gsm7 => pb::SmsEncoding::Gsm7,
                Encoding::Ucs2 => pb::SmsEncoding::Ucs2,
            }
            .into(),
            segments: count.segments as i32,
            units: count.units as i32,
            costly_letters: count.costly.iter().map(ToString::to_string).collect(),
            segments_without: count.segments_without as i32,
        }
    }
}

impl From<Message> for pb::RenderedWording {
    fn from(message: Message) -> Self {
        Self {
            locale: message.place.locale.to_string(),
            register: pb::WordingRegister::from(message.place.register).into(),
            channel: pb::WordingChannel::from(message.place.medium).into(),
            subject: message.subject,
            text: message.text,
            html: message.html,
            sms: message.count.map(Into::into),
            purpose: pb::WordingPurpose::from(message.purpose).into(),
            wording_id: String::new(),
            version: 0,
            whats_app: None,
        }
    }
}
