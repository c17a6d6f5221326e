//! A person's name (R20, R32).

use bitewing_rpc::Fields;
use bitewing_rpc::field::text;

/// The parts of a name; a given or a family name is always there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Name {
    pub(crate) title: String,
    pub(crate) given: String,
    pub(crate) patronymic: String,
    pub(crate) family: String,
    pub(crate) preferred: String,
}

impl Name {
    /// Reads the parts, noting violations under `patient.`.
    pub(crate) fn read(fields: &mut Fields, parts: [&str; 5]) -> Option<Self> {
        let [title, given, patronymic, family, preferred] = parts;
        let title = fields.take("patient.title", text(title, 0..=40));
        let given = fields.take("patient.given_name", text(given, 0..=120));
        let patronymic = fields.take("patient.patronymic", text(patronymic, 0..=120));
        let family = fields.take("patient.family_name", text(family, 0..=120));
        let preferred = fields.take("patient.preferred_name", text(preferred, 0..=120));
        let name = Self {
            title: title?,
            given: given?,
            patronymic: patronymic?,
            family: family?,
            preferred: preferred?,
        };
        if name.given.is_empty() && name.family.is_empty() {
            fields.note(
                "patient.given_name",
                "is required where there is no family name",
            );
            return None;
        }
        Some(name)
    }
}
