//! From domain to wire, nothing else.

use crate::domain::guard::{Feedback, Judgement, Label};
use crate::store::LayerVersion;
use bitewing_core::ClinicId;
use bitewing_guard::policy::{Policy, RULES};
use bitewing_guard_desk::wire;
use bitewing_proto::template as pb;
use bitewing_rpc::field::to_timestamp;

/// A layer and what all layers come to; `layer` is none while nobody wrote one.
pub(super) fn policy(
    clinic: Option<ClinicId>,
    layer: Option<LayerVersion>,
    merged: &Policy,
) -> pb::GuardPolicy {
    let version = layer.as_ref().map_or(0, |layer| layer.version);
    pb::GuardPolicy {
        clinic_id: clinic.as_ref().map(ClinicId::to_string).unwrap_or_default(),
        version,
        etag: etag(version),
        update_time: layer.as_ref().map(|layer| to_timestamp(layer.created_at)),
        toml: layer.map(|layer| layer.toml).unwrap_or_default(),
        rules: RULES.iter().map(|name| rule(name, merged)).collect(),
        effective_version: merged.version().to_owned(),
    }
}

fn rule(name: &str, merged: &Policy) -> pb::GuardRule {
    let rule = merged.rule(name);
    pb::GuardRule {
        name: name.to_owned(),
        action: wire::action(rule.action).into(),
        approver: wire::role(rule.approver).into(),
        floor: rule.floor,
    }
}

/// Changes with every version.
pub(super) fn etag(version: i32) -> String {
    format!("\"{version}\"")
}

impl From<LayerVersion> for pb::GuardPolicyVersion {
    fn from(layer: LayerVersion) -> Self {
        Self {
            version: layer.version,
            toml: layer.toml,
            author: layer.author,
            create_time: Some(to_timestamp(layer.created_at)),
        }
    }
}

impl From<Feedback> for pb::GuardFeedback {
    fn from(feedback: Feedback) -> Self {
        let label = match feedback.label {
            Label::Rude => pb::GuardLabel::Rude,
            Label::Flirting => pb::GuardLabel::Flirting,
            Label::ClinicalAdvice => pb::GuardLabel::ClinicalAdvice,
            Label::OffTopic => pb::GuardLabel::OffTopic,
            Label::Urgent => pb::GuardLabel::Urgent,
            Label::Angry => pb::GuardLabel::Angry,
            Label::Harassment => pb::GuardLabel::Harassment,
            Label::OptOut => pb::GuardLabel::OptOut,
        };
        let judgement = match feedback.judgement {
            Judgement::Fine => pb::GuardJudgement::Fine,
            Judgement::Missed => pb::GuardJudgement::Missed,
        };
        Self {
            feedback_id: feedback.id.to_string(),
            clinic_id: feedback.clinic.to_string(),
            label: label.into(),
            judgement: judgement.into(),
            language: feedback.language,
            author: feedback.author,
            create_time: Some(to_timestamp(feedback.created_at)),
            expire_time: Some(to_timestamp(feedback.expires_at)),
        }
    }
}
