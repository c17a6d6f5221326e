//! The fields of a patient that a caller can change.

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Field {
    ExternalIds,
    Clinic,
    Title,
    GivenName,
    Patronymic,
    FamilyName,
    PreferredName,
    BirthDate,
    Language,
    AddressForm,
    ContactPoints,
    DoNotContact,
    Sensitive,
    Gender,
    Salutation,
    Generation,
    PreferredChannels,
    RefusedChannels,
    PatientSince,
    Children,
    Relations,
    Deceased,
    DeathDate,
    Notes,
    LastVisit,
    NextVisit,
}

impl Field {
    /// Every field.
    pub(crate) const ALL: [Self; 26] = [
        Self::ExternalIds,
        Self::Clinic,
        Self::Title,
        Self::GivenName,
        Self::Patronymic,
        Self::FamilyName,
        Self::PreferredName,
        Self::BirthDate,
        Self::Language,
        Self::AddressForm,
        Self::ContactPoints,
        Self::DoNotContact,
        Self::Sensitive,
        Self::Gender,
        Self::Salutation,
        Self::Generation,
        Self::PreferredChannels,
        Self::RefusedChannels,
        Self::PatientSince,
        Self::Children,
        Self::Relations,
        Self::Deceased,
        Self::DeathDate,
        Self::Notes,
        Self::LastVisit,
        Self::NextVisit,
    ];

    /// Its name in the contract.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ExternalIds => "external_ids",
            Self::Clinic => "clinic_id",
            Self::Title => "title",
            Self::GivenName => "given_name",
            Self::Patronymic => "patronymic",
            Self::FamilyName => "family_name",
            Self::PreferredName => "preferred_name",
            Self::BirthDate => "birth_date",
            Self::Language => "language",
            Self::AddressForm => "address_form",
            Self::ContactPoints => "contact_points",
            Self::DoNotContact => "do_not_contact",
            Self::Sensitive => "sensitive",
            Self::Gender => "gender",
            Self::Salutation => "salutation",
            Self::Generation => "generation",
            Self::PreferredChannels => "preferred_channels",
            Self::RefusedChannels => "refused_channels",
            Self::PatientSince => "patient_since",
            Self::Children => "children",
            Self::Relations => "relations",
            Self::Deceased => "deceased",
            Self::DeathDate => "death_date",
            Self::Notes => "notes",
            Self::LastVisit => "last_visit_time",
            Self::NextVisit => "next_visit_time",
        }
    }

    /// The field of a name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for field in Field::ALL {
            assert_eq!(Field::parse(field.name()), Some(field));
        }
        assert_eq!(Field::parse("etag"), None);
    }
}
