//! What a column can hold, and the headers it usually has.

use serde::Deserialize;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Column {
    /// The patient's number in the dental system.
    ExternalId,
    /// As `cln_...`.
    ClinicId,
    Title,
    GivenName,
    Patronymic,
    FamilyName,
    /// As `LAST, FIRST`, or `FIRST LAST`.
    FullName,
    PreferredName,
    BirthDate,
    Gender,
    Language,
    MobilePhone,
    HomePhone,
    WorkPhone,
    /// A number of no particular kind.
    Phone,
    Email,
    Salutation,
    PatientSince,
    Notes,
    DoNotContact,
    Deceased,
    /// Not read.
    Ignore,
}

/// Headers as they are folded by [`fold`], of Open Dental, Dentrix and the spreadsheets people make.
const USUAL: &[(&str, Column)] = &[
    ("externalid", Column::ExternalId),
    ("id", Column::ExternalId),
    ("patnum", Column::ExternalId),
    ("patientid", Column::ExternalId),
    ("patientnumber", Column::ExternalId),
    ("chartnumber", Column::ExternalId),
    ("chart", Column::ExternalId),
    ("clinicid", Column::ClinicId),
    ("title", Column::Title),
    ("prefix", Column::Title),
    ("givenname", Column::GivenName),
    ("firstname", Column::GivenName),
    ("fname", Column::GivenName),
    ("first", Column::GivenName),
    ("prénom", Column::GivenName),
    ("prenom", Column::GivenName),
    ("nome", Column::GivenName),
    ("nombre", Column::GivenName),
    ("имя", Column::GivenName),
    ("patronymic", Column::Patronymic),
    ("middlename", Column::Patronymic),
    ("отчество", Column::Patronymic),
    ("familyname", Column::FamilyName),
    ("lastname", Column::FamilyName),
    ("lname", Column::FamilyName),
    ("last", Column::FamilyName),
    ("surname", Column::FamilyName),
    ("nom", Column::FamilyName),
    ("cognome", Column::FamilyName),
    ("apellido", Column::FamilyName),
    ("apellidos", Column::FamilyName),
    ("sobrenome", Column::FamilyName),
    ("фамилия", Column::FamilyName),
    ("fullname", Column::FullName),
    ("name", Column::FullName),
    ("patient", Column::FullName),
    ("patientname", Column::FullName),
    ("preferred", Column::PreferredName),
    ("preferredname", Column::PreferredName),
    ("nickname", Column::PreferredName),
    ("birthdate", Column::BirthDate),
    ("dob", Column::BirthDate),
    ("dateofbirth", Column::BirthDate),
    ("datedenaissance", Column::BirthDate),
    ("датарождения", Column::BirthDate),
    ("gender", Column::Gender),
    ("sex", Column::Gender),
    ("sexe", Column::Gender),
    ("пол", Column::Gender),
    ("language", Column::Language),
    ("langue", Column::Language),
    ("mobile", Column::MobilePhone),
    ("mobilephone", Column::MobilePhone),
    ("cell", Column::MobilePhone),
    ("cellphone", Column::MobilePhone),
    ("wirelessphone", Column::MobilePhone),
    ("hmphone", Column::HomePhone),
    ("homephone", Column::HomePhone),
    ("wkphone", Column::WorkPhone),
    ("workphone", Column::WorkPhone),
    ("phone", Column::Phone),
    ("phonenumber", Column::Phone),
    ("telephone", Column::Phone),
    ("téléphone", Column::Phone),
    ("телефон", Column::Phone),
    ("email", Column::Email),
    ("emailaddress", Column::Email),
    ("courriel", Column::Email),
    ("salutation", Column::Salutation),
    ("patientsince", Column::PatientSince),
    ("datefirstvisit", Column::PatientSince),
    ("notes", Column::Notes),
    ("note", Column::Notes),
    ("donotcontact", Column::DoNotContact),
    ("deceased", Column::Deceased),
];

/// A header without case, blanks and punctuation.
pub(super) fn fold(header: &str) -> String {
    let letters = header.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

impl Column {
    /// What a column of this header usually holds.
    pub(super) fn usual(header: &str) -> Option<Self> {
        let header = fold(header);
        let known = USUAL.iter().find(|(usual, _)| *usual == header);
        known.map(|(_, column)| *column)
    }

    /// Where an import tells what is wrong with it.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::ExternalId => "patient.external_ids",
            Self::ClinicId => "patient.clinic_id",
            Self::Title => "patient.title",
            Self::GivenName => "patient.given_name",
            Self::Patronymic => "patient.patronymic",
            Self::FamilyName | Self::FullName => "patient.family_name",
            Self::PreferredName => "patient.preferred_name",
            Self::BirthDate => "patient.birth_date",
            Self::Gender => "patient.gender",
            Self::Language => "patient.language",
            Self::MobilePhone | Self::HomePhone | Self::WorkPhone | Self::Phone | Self::Email => {
                "patient.contact_points"
            }
            Self::Salutation => "patient.salutation",
            Self::PatientSince => "patient.patient_since",
            Self::Notes => "patient.notes",
            Self::DoNotContact => "patient.do_not_contact",
            Self::Deceased => "patient.deceased",
            Self::Ignore => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_headers_are_known_in_any_dress() {
        for (header, column) in [
            ("PatNum", Column::ExternalId),
            ("First Name", Column::GivenName),
            ("Date of birth", Column::BirthDate),
            ("Prénom", Column::GivenName),
            ("E-mail", Column::Email),
            ("Дата рождения", Column::BirthDate),
        ] {
            assert_eq!(Column::usual(header), Some(column), "{header}");
        }
        assert_eq!(Column::usual("Insurance"), None);
    }

    #[test]
    fn usual_headers_are_written_folded_and_once() {
        for (index, (header, _)) in USUAL.iter().enumerate() {
            assert_eq!(fold(header), *header);
            assert!(USUAL[..index].iter().all(|(other, _)| other != header));
        }
    }
}
