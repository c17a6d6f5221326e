//! Patients, written: many rows in each statement, so that an import and a single change are one path.

use super::{ImportedHashes, Tx, patient_json};
use crate::domain::{Change, Patient, code_or_zero, fold};
use crate::error::Error;
use bitewing_core::{Language, PatientId};
use serde_json::Value;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// The columns of many patients.
#[derive(Default)]
struct Columns {
    ids: Vec<Uuid>,
    clinics: Vec<Uuid>,
    titles: Vec<String>,
    given: Vec<String>,
    patronymics: Vec<String>,
    family: Vec<String>,
    preferred: Vec<String>,
    born: Vec<Option<Date>>,
    languages: Vec<Option<String>>,
    forms: Vec<i16>,
    silent: Vec<bool>,
    sensitive: Vec<bool>,
    genders: Vec<i16>,
    salutations: Vec<String>,
    generations: Vec<i16>,
    preferred_channels: Vec<Value>,
    refused_channels: Vec<Value>,
    since: Vec<Option<Date>>,
    children: Vec<Value>,
    deceased: Vec<bool>,
    deaths: Vec<Option<Date>>,
    notes: Vec<String>,
    last_visits: Vec<Option<OffsetDateTime>>,
    next_visits: Vec<Option<OffsetDateTime>>,
    sources: Vec<Value>,
    merged_into: Vec<Option<Uuid>>,
    versions: Vec<i64>,
    created: Vec<OffsetDateTime>,
    updated: Vec<OffsetDateTime>,
    deleted: Vec<Option<OffsetDateTime>>,
    erased: Vec<Option<OffsetDateTime>>,
}

impl Columns {
    fn push(&mut self, patient: &Patient) {
        let profile = &patient.profile;
        let name = &profile.name;
        self.ids.push(patient.id.uuid());
        self.clinics.push(profile.clinic.uuid());
        self.titles.push(name.title.clone());
        self.given.push(name.given.clone());
        self.patronymics.push(name.patronymic.clone());
        self.family.push(name.family.clone());
        self.preferred.push(name.preferred.clone());
        self.born.push(profile.birth_date);
        self.languages.push(
            profile
                .language
                .map(|language| Language::tag(language).to_owned()),
        );
        self.forms.push(code_or_zero(profile.address_form));
        self.silent.push(profile.do_not_contact);
        self.sensitive.push(profile.sensitive);
        self.genders.push(code_or_zero(profile.gender));
        self.salutations.push(profile.salutation.clone());
        self.generations.push(code_or_zero(profile.generation));
        self.preferred_channels
            .push(patient_json::channels(&profile.preferred_channels));
        self.refused_channels
            .push(patient_json::channels(&profile.refused_channels));
        self.since.push(profile.patient_since);
        self.children
            .push(patient_json::children(&profile.children));
        self.deceased.push(profile.deceased);
        self.deaths.push(profile.death_date);
        self.notes.push(profile.notes.clone());
        self.last_visits.push(profile.last_visit);
        self.next_visits.push(profile.next_visit);
        self.sources.push(patient_json::sources(&patient.sources));
        self.merged_into
            .push(patient.merged_into.map(PatientId::uuid));
        self.versions.push(patient.version);
        self.created.push(patient.created_at);
        self.updated.push(patient.updated_at);
        self.deleted.push(patient.deleted_at);
        self.erased.push(patient.erased_at);
    }

    fn of<'a>(patients: impl IntoIterator<Item = &'a Patient>) -> Self {
        let mut columns = Self::default();
        for patient in patients {
            columns.push(patient);
        }
        columns
    }
}

impl Tx {
    /// Writes new patients.
    pub(crate) async fn insert_patients(&mut self, patients: &[Patient]) -> Result<(), Error> {
        self.insert_imported(patients, &ImportedHashes::new()).await
    }

    /// Writes new patients, and what an import said of them.
    pub(crate) async fn insert_imported(
        &mut self,
        patients: &[Patient],
        imported: &ImportedHashes,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let rows = Columns::of(patients);
        sqlx::query!(
            "INSERT INTO patients (organization_id, id, clinic_id, title, given_name, patronymic,
                 family_name, preferred_name, birth_date, language, address_form, do_not_contact,
                 sensitive, gender, salutation, generation, preferred_channels, refused_channels,
                 patient_since, children, deceased, death_date, notes, last_visit_at, next_visit_at,
                 field_sources, version, created_at, updated_at)
             SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[],
                 $7::text[], $8::text[], $9::date[], $10::text[], $11::smallint[], $12::boolean[],
                 $13::boolean[], $14::smallint[], $15::text[], $16::smallint[], $17::jsonb[],
                 $18::jsonb[], $19::date[], $20::jsonb[], $21::boolean[], $22::date[], $23::text[],
                 $24::timestamptz[], $25::timestamptz[], $26::jsonb[], $27::bigint[],
                 $28::timestamptz[], $29::timestamptz[])",
            organization,
            &rows.ids,
            &rows.clinics,
            &rows.titles,
            &rows.given,
            &rows.patronymics,
            &rows.family,
            &rows.preferred,
            &rows.born as &[Option<Date>],
            &rows.languages as &[Option<String>],
            &rows.forms,
            &rows.silent,
            &rows.sensitive,
            &rows.genders,
            &rows.salutations,
            &rows.generations,
            &rows.preferred_channels,
            &rows.refused_channels,
            &rows.since as &[Option<Date>],
            &rows.children,
            &rows.deceased,
            &rows.deaths as &[Option<Date>],
            &rows.notes,
            &rows.last_visits as &[Option<OffsetDateTime>],
            &rows.next_visits as &[Option<OffsetDateTime>],
            &rows.sources,
            &rows.versions,
            &rows.created,
            &rows.updated
        )
        .execute(self.conn())
        .await?;
        let all: Vec<_> = patients.iter().collect();
        self.insert_parts(&all, imported).await
    }

    /// Writes changed patients over the versions they were read at, with what ended.
    pub(crate) async fn update_patients(
        &mut self,
        patients: &[(&Patient, &Change)],
    ) -> Result<(), Error> {
        self.update_imported(patients, &ImportedHashes::new()).await
    }

    /// Writes changed patients, and what an import said of them: all that was said before is out of date.
    pub(crate) async fn update_imported(
        &mut self,
        patients: &[(&Patient, &Change)],
        imported: &ImportedHashes,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let all: Vec<_> = patients.iter().map(|(patient, _)| *patient).collect();
        let rows = Columns::of(all.iter().copied());
        let written = sqlx::query!(
            "UPDATE patients p
             SET clinic_id = n.clinic_id, title = n.title, given_name = n.given_name,
                 patronymic = n.patronymic, family_name = n.family_name,
                 preferred_name = n.preferred_name, birth_date = n.birth_date, language = n.language,
                 address_form = n.address_form, do_not_contact = n.do_not_contact,
                 sensitive = n.sensitive, gender = n.gender, salutation = n.salutation,
                 generation = n.generation, preferred_channels = n.preferred_channels,
                 refused_channels = n.refused_channels, patient_since = n.patient_since,
                 children = n.children, deceased = n.deceased, death_date = n.death_date,
                 notes = n.notes, last_visit_at = n.last_visit_at, next_visit_at = n.next_visit_at,
                 field_sources = n.field_sources, merged_into = n.merged_into, version = n.version,
                 updated_at = n.updated_at, deleted_at = n.deleted_at, erased_at = n.erased_at
             FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[],
                 $7::text[], $8::text[], $9::date[], $10::text[], $11::smallint[], $12::boolean[],
                 $13::boolean[], $14::smallint[], $15::text[], $16::smallint[], $17::jsonb[],
                 $18::jsonb[], $19::date[], $20::jsonb[], $21::boolean[], $22::date[], $23::text[],
                 $24::timestamptz[], $25::timestamptz[], $26::jsonb[], $27::bigint[],
                 $28::timestamptz[], $29::timestamptz[], $30::uuid[], $31::timestamptz[])
                 AS n (id, clinic_id, title, given_name, patronymic, family_name, preferred_name,
                       birth_date, language, address_form, do_not_contact, sensitive, gender,
                       salutation, generation, preferred_channels, refused_channels, patient_since,
                       children, deceased, death_date, notes, last_visit_at, next_visit_at,
                       field_sources, version, updated_at, deleted_at, merged_into, erased_at)
             WHERE p.organization_id = $1 AND p.id = n.id AND p.version = n.version - 1",
            organization,
            &rows.ids,
            &rows.clinics,
            &rows.titles,
            &rows.given,
            &rows.patronymics,
            &rows.family,
            &rows.preferred,
            &rows.born as &[Option<Date>],
            &rows.languages as &[Option<String>],
            &rows.forms,
            &rows.silent,
            &rows.sensitive,
            &rows.genders,
            &rows.salutations,
            &rows.generations,
            &rows.preferred_channels,
            &rows.refused_channels,
            &rows.since as &[Option<Date>],
            &rows.children,
            &rows.deceased,
            &rows.deaths as &[Option<Date>],
            &rows.notes,
            &rows.last_visits as &[Option<OffsetDateTime>],
            &rows.next_visits as &[Option<OffsetDateTime>],
            &rows.sources,
            &rows.versions,
            &rows.updated,
            &rows.deleted as &[Option<OffsetDateTime>],
            &rows.merged_into as &[Option<Uuid>],
            &rows.erased as &[Option<OffsetDateTime>]
        )
        .execute(self.conn())
        .await?;
        if written.rows_affected() != patients.len() as u64 {
            return Err(Error::Conflict);
        }
        self.delete_parts(&rows.ids).await?;
        self.insert_parts(&all, imported).await?;
        let closed = patients
            .iter()
            .flat_map(|(patient, change)| change.closed.iter().map(|point| (patient.id, point)));
        self.keep_closed_points(&closed.collect::<Vec<_>>()).await
    }

    /// Takes away what hangs on patients, to be written anew. Those of all patients go before any of one
    /// is written: in a merge they change hands.
    async fn delete_parts(&mut self, patients: &[Uuid]) -> Result<(), Error> {
        self.delete_external_ids(patients).await?;
        self.delete_contact_points(patients).await?;
        self.delete_relations(patients).await?;
        self.delete_names(patients).await
    }

    async fn insert_parts(
        &mut self,
        patients: &[&Patient],
        imported: &ImportedHashes,
    ) -> Result<(), Error> {
        self.insert_external_ids(patients, imported).await?;
        self.insert_contact_points(patients).await?;
        self.insert_relations(patients).await?;
        self.insert_names(patients).await
    }

    async fn delete_names(&mut self, patients: &[Uuid]) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM patient_names WHERE organization_id = $1 AND patient_id = ANY($2)",
            organization,
            patients
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// The words patients are found by. A merged record is found by its survivor only.
    async fn insert_names(&mut self, patients: &[&Patient]) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let (mut owners, mut tokens) = (Vec::new(), Vec::new());
        for patient in patients {
            if patient.merged_into.is_some() || patient.erased_at.is_some() {
                continue;
            }
            let name = &patient.profile.name;
            let parts = [&name.given, &name.patronymic, &name.family, &name.preferred];
            for token in fold::tokens(parts.map(String::as_str)) {
                owners.push(patient.id.uuid());
                tokens.push(token);
            }
        }
        sqlx::query!(
            "INSERT INTO patient_names (organization_id, patient_id, token)
             SELECT $1, patient_id, token FROM unnest($2::uuid[], $3::text[]) AS n (patient_id, token)",
            organization,
            &owners,
            &tokens
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
