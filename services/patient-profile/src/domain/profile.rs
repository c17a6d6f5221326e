//! What a clinic knows of a patient.

use super::{
    AddressForm, Child, ContactChannel, ExternalId, Field, Gender, Generation, Name, PointDraft,
    Relation,
};
use bitewing_core::{ClinicId, Language};
use time::{Date, OffsetDateTime};

/// How long the notes may be, in characters.
pub(crate) const MAX_NOTES: usize = 4_000;

/// What a clinic knows of a patient, beside the contact points.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) external_ids: Vec<ExternalId>,
    pub(crate) clinic: ClinicId,
    pub(crate) name: Name,
    pub(crate) birth_date: Option<Date>,
    pub(crate) language: Option<Language>,
    pub(crate) address_form: Option<AddressForm>,
    pub(crate) do_not_contact: bool,
    pub(crate) sensitive: bool,
    pub(crate) gender: Option<Gender>,
    pub(crate) salutation: String,
    pub(crate) generation: Option<Generation>,
    pub(crate) preferred_channels: Vec<ContactChannel>,
    pub(crate) refused_channels: Vec<ContactChannel>,
    pub(crate) patient_since: Option<Date>,
    pub(crate) children: Vec<Child>,
    pub(crate) relations: Vec<Relation>,
    pub(crate) deceased: bool,
    pub(crate) death_date: Option<Date>,
    pub(crate) notes: String,
    pub(crate) last_visit: Option<OffsetDateTime>,
    pub(crate) next_visit: Option<OffsetDateTime>,
}

/// A profile and contact points as they are sent.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) profile: Profile,
    pub(crate) contact_points: Vec<PointDraft>,
}

impl Draft {
    /// Takes one field from another draft, and keeps the profile free of contradictions: a channel that is
    /// refused is not preferred, and only who has died has a day of death.
    pub(crate) fn take(&mut self, field: Field, from: &Self) {
        if field == Field::ContactPoints {
            self.contact_points.clone_from(&from.contact_points);
            return;
        }
        self.profile.take(field, &from.profile);
        let profile = &mut self.profile;
        match field {
            Field::PreferredChannels => profile
                .refused_channels
                .retain(|channel| !profile.preferred_channels.contains(channel)),
            Field::RefusedChannels => profile
                .preferred_channels
                .retain(|channel| !profile.refused_channels.contains(channel)),
            Field::Deceased if !profile.deceased => profile.death_date = None,
            Field::DeathDate if profile.death_date.is_some() => profile.deceased = true,
            _ => {}
        }
    }
}

impl Profile {
    /// A profile nothing is known for.
    pub(crate) fn empty(clinic: ClinicId) -> Self {
        Self {
            external_ids: Vec::new(),
            clinic,
            name: Name::default(),
            birth_date: None,
            language: None,
            address_form: None,
            do_not_contact: false,
            sensitive: false,
            gender: None,
            salutation: String::new(),
            generation: None,
            preferred_channels: Vec::new(),
            refused_channels: Vec::new(),
            patient_since: None,
            children: Vec::new(),
            relations: Vec::new(),
            deceased: false,
            death_date: None,
            notes: String::new(),
            last_visit: None,
            next_visit: None,
        }
    }

    /// Whether a field has the same value in both. Contact points are no part of a profile.
    pub(crate) fn same(&self, other: &Self, field: Field) -> bool {
        match field {
            Field::ExternalIds => self.external_ids == other.external_ids,
            Field::Clinic => self.clinic == other.clinic,
            Field::Title => self.name.title == other.name.title,
            Field::GivenName => self.name.given == other.name.given,
            Field::Patronymic => self.name.patronymic == other.name.patronymic,
            Field::FamilyName => self.name.family == other.name.family,
            Field::PreferredName => self.name.preferred == other.name.preferred,
            Field::BirthDate => self.birth_date == other.birth_date,
            Field::Language => self.language == other.language,
            Field::AddressForm => self.address_form == other.address_form,
            Field::ContactPoints => true,
            Field::DoNotContact => self.do_not_contact == other.do_not_contact,
            Field::Sensitive => self.sensitive == other.sensitive,
            Field::Gender => self.gender == other.gender,
            Field::Salutation => self.salutation == other.salutation,
            Field::Generation => self.generation == other.generation,
            Field::PreferredChannels => self.preferred_channels == other.preferred_channels,
            Field::RefusedChannels => self.refused_channels == other.refused_channels,
            Field::PatientSince => self.patient_since == other.patient_since,
            Field::Children => self.children == other.children,
            Field::Relations => self.relations == other.relations,
            Field::Deceased => self.deceased == other.deceased,
            Field::DeathDate => self.death_date == other.death_date,
            Field::Notes => self.notes == other.notes,
            Field::LastVisit => self.last_visit == other.last_visit,
            Field::NextVisit => self.next_visit == other.next_visit,
        }
    }

    /// Takes one field's value from another profile.
    pub(crate) fn take(&mut self, field: Field, from: &Self) {
        match field {
            Field::ExternalIds => self.external_ids.clone_from(&from.external_ids),
            Field::Clinic => self.clinic = from.clinic,
            Field::Title => self.name.title.clone_from(&from.name.title),
            Field::GivenName => self.name.given.clone_from(&from.name.given),
            Field::Patronymic => self.name.patronymic.clone_from(&from.name.patronymic),
            Field::FamilyName => self.name.family.clone_from(&from.name.family),
            Field::PreferredName => self.name.preferred.clone_from(&from.name.preferred),
            Field::BirthDate => self.birth_date = from.birth_date,
            Field::Language => self.language = from.language,
            Field::AddressForm => self.address_form = from.address_form,
            Field::ContactPoints => {}
            Field::DoNotContact => self.do_not_contact = from.do_not_contact,
            Field::Sensitive => self.sensitive = from.sensitive,
            Field::Gender => self.gender = from.gender,
            Field::Salutation => self.salutation.clone_from(&from.salutation),
            Field::Generation => self.generation = from.generation,
            Field::PreferredChannels => {
                self.preferred_channels.clone_from(&from.preferred_channels);
            }
            Field::RefusedChannels => self.refused_channels.clone_from(&from.refused_channels),
            Field::PatientSince => self.patient_since = from.patient_since,
            Field::Children => self.children.clone_from(&from.children),
            Field::Relations => self.relations.clone_from(&from.relations),
            Field::Deceased => self.deceased = from.deceased,
            Field::DeathDate => self.death_date = from.death_date,
            Field::Notes => self.notes.clone_from(&from.notes),
            Field::LastVisit => self.last_visit = from.last_visit,
            Field::NextVisit => self.next_visit = from.next_visit,
        }
    }

    /// Whether nothing is known for a field; a clinic is always known.
    pub(crate) fn is_blank(&self, field: Field) -> bool {
        self.same(&Self::empty(self.clinic), field) && field != Field::Clinic
    }

    /// The fields that differ.
    pub(crate) fn differences(&self, other: &Self) -> Vec<Field> {
        Field::ALL
            .into_iter()
            .filter(|field| !self.same(other, *field))
            .collect()
    }
}
