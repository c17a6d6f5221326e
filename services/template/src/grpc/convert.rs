//! From domain to wire, nothing else.

use crate::domain::{Channel, Kind, Rendered, Slot, Template, Wording};
use bitewing_proto::template as pb;
use bitewing_rpc::field::to_timestamp;

impl From<Kind> for pb::TemplateKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::DocumentLink => Self::DocumentLink,
            Kind::DocumentCode => Self::DocumentCode,
            Kind::DocumentLocked => Self::DocumentLocked,
            Kind::DocumentReplaced => Self::DocumentReplaced,
        }
    }
}

impl From<Channel> for pb::TemplateChannel {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Sms => Self::Sms,
            Channel::Email => Self::Email,
            Channel::Voice => Self::Voice,
        }
    }
}

fn said(slot: Slot, wording: &Wording) -> pb::Template {
    pb::Template {
        kind: pb::TemplateKind::from(slot.kind).into(),
        language: slot.language.to_string(),
        channel: pb::TemplateChannel::from(slot.channel).into(),
        subject: wording.subject().to_owned(),
        body: wording.body().to_owned(),
        ..Default::default()
    }
}

/// A wording that comes with the product.
pub(super) fn built_in(slot: Slot, wording: &Wording) -> pb::Template {
    pb::Template {
        built_in: true,
        ..said(slot, wording)
    }
}

impl From<Template> for pb::Template {
    fn from(template: Template) -> Self {
        Self {
            template_id: template.id.to_string(),
            version: template.version,
            update_time: Some(to_timestamp(template.updated_at)),
            etag: template.etag(),
            ..said(template.slot, &template.wording)
        }
    }
}

impl From<Rendered> for pb::RenderedMessage {
    fn from(message: Rendered) -> Self {
        Self {
            subject: message.subject,
            text: message.text,
            html: message.html,
            language: message.slot.language.to_string(),
        }
    }
}
