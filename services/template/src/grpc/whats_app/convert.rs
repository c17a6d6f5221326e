//! From domain to wire, for templates at WhatsApp.

use crate::domain::phrasebook::{Medium, Place, sample, values};
use crate::domain::whats_app::{Category, Registered, Standing};
use bitewing_proto::template as pb;
use bitewing_rpc::field::to_timestamp;

impl From<Category> for pb::WhatsAppCategory {
    fn from(category: Category) -> Self {
        match category {
            Category::Utility => Self::Utility,
            Category::Marketing => Self::Marketing,
            Category::Authentication => Self::Authentication,
        }
    }
}

impl From<Standing> for pb::WhatsAppState {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Requested => Self::Requested,
            Standing::Pending => Self::Pending,
            Standing::Approved => Self::Approved,
            Standing::Rejected => Self::Rejected,
            Standing::Paused => Self::Paused,
            Standing::Disabled => Self::Disabled,
        }
    }
}

impl From<Registered> for pb::WhatsAppTemplate {
    fn from(template: Registered) -> Self {
        let place = Place {
            locale: template.locale,
            register: template.register,
            medium: Medium::Chat,
        };
        // Every value has a sample, so that reviewers at WhatsApp see one.
        let sample = sample(place.locale, place.register);
        let examples = values(&template.parameters, place, &sample).unwrap_or_default();
        let (wording, version) = template.wording.unzip();
        Self {
            whats_app_template_id: template.id.to_string(),
            name: template.name,
            language: template.language,
            kind: template.kind,
            locale: template.locale.to_string(),
            register: pb::WordingRegister::from(template.register).into(),
            clinic_id: template.clinic.map(|id| id.to_string()).unwrap_or_default(),
            wording_id: wording.map(|id| id.to_string()).unwrap_or_default(),
            version: version.unwrap_or_default(),
            body: template.body,
            parameters: template
                .parameters
                .into_iter()
                .zip(examples)
                .map(|(name, example)| pb::WhatsAppParameter { name, example })
                .collect(),
            requested_category: pb::WhatsAppCategory::from(template.requested).into(),
            actual_category: template
                .actual
                .map_or(pb::WhatsAppCategory::Unspecified, Into::into)
                .into(),
            state: pb::WhatsAppState::from(template.standing).into(),
            reason: template.reason,
            create_time: Some(to_timestamp(template.created_at)),
            update_time: Some(to_timestamp(template.updated_at)),
        }
    }
}
