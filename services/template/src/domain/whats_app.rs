//! What is registered at WhatsApp, and what WhatsApp says of it.

use super::phrasebook::{Locale, Purpose, Register};
use bitewing_core::{ClinicId, WhatsAppTemplateId, WordingId};
use time::OffsetDateTime;

/// What WhatsApp takes a template for; it decides the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Category {
    Utility,
    Marketing,
    Authentication,
}

impl Category {
    /// What is asked for where nobody says: consent for marketing is asked where WhatsApp's category is marketing.
    pub(crate) const fn of(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Marketing => Self::Marketing,
            Purpose::Care
            | Purpose::Recall
            | Purpose::Billing
            | Purpose::Survey
            | Purpose::Security => Self::Utility,
        }
    }

    /// The stable name, in events and audit trails.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Utility => "UTILITY",
            Self::Marketing => "MARKETING",
            Self::Authentication => "AUTHENTICATION",
        }
    }
}

/// What WhatsApp says of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Requested,
    Pending,
    Approved,
    Rejected,
    Paused,
    Disabled,
}

impl Standing {
    /// The stable name, in events and audit trails.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
            Self::Paused => "PAUSED",
            Self::Disabled => "DISABLED",
        }
    }
}

/// A wording as WhatsApp knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Registered {
    pub(crate) id: WhatsAppTemplateId,
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) kind: String,
    pub(crate) locale: Locale,
    pub(crate) register: Register,
    pub(crate) clinic: Option<ClinicId>,
    /// The own wording it was made of, and its version; `None` for the library's.
    pub(crate) wording: Option<(WordingId, i32)>,
    pub(crate) body: String,
    pub(crate) parameters: Vec<String>,
    pub(crate) requested: Category,
    pub(crate) actual: Option<Category>,
    pub(crate) standing: Standing,
    pub(crate) reason: String,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) updated_at: OffsetDateTime,
}

impl Registered {
    /// Takes down what WhatsApp says; `false` if it was said before. A reason goes with the state it explains.
    pub(crate) fn take(
        &mut self,
        standing: Option<Standing>,
        category: Option<Category>,
        reason: String,
        now: OffsetDateTime,
    ) -> bool {
        let before = (self.standing, self.actual, self.reason.clone());
        if let Some(standing) = standing {
            self.standing = standing;
            self.reason = reason;
        }
        self.actual = category.or(self.actual);
        let changed = before != (self.standing, self.actual, self.reason.clone());
        if changed {
            self.updated_at = now;
        }
        changed
    }
}

/// The name a wording is registered under: what it is made of, so that a version is registered once.
pub(crate) fn name(
    kind: &str,
    locale: Locale,
    register: Register,
    wording: Option<(WordingId, i32)>,
) -> String {
    let place = format!("{kind}_{}_{}", register.name(), locale.tag());
    let place = place.replace('-', "_").to_ascii_lowercase();
    match wording {
        Some((id, version)) => format!("{place}_{id}_v{version}"),
        None => place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_name_holds_what_whats_app_allows() {
        let own = Some((WordingId::from_uuid(Uuid::from_u128(7)), 3));
        for (wording, end) in [(None, "_formal_pt_br"), (own, "_v3")] {
            let name = name("own-a-b9", Locale::PtBr, Register::Formal, wording);
            assert!(
                name.starts_with("own_a_b9_formal_pt_br") && name.ends_with(end),
                "{name}"
            );
            let allowed =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
            assert!(name.bytes().all(allowed) && name.len() <= 512, "{name}");
        }
    }
}
