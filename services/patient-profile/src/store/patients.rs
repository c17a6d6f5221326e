//! Patients.

use super::{Tx, contact_points};
use crate::domain::{AddressForm, ExternalId, Name, Patient, Profile};
use crate::error::Error;
use bitewing_core::{ClinicId, PageSize, PatientId};
use bitewing_store::StoreError;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Which patients a list shows.
pub(crate) struct PatientFilter {
    /// Clinics whose patients the caller sees; `None` is every clinic.
    pub(crate) visible: Option<Vec<Uuid>>,
    pub(crate) clinic: Option<ClinicId>,
    pub(crate) updated_since: Option<OffsetDateTime>,
    pub(crate) external_id: Option<ExternalId>,
    pub(crate) show_deleted: bool,
    /// Only patients made before this one.
    pub(crate) before: Option<Uuid>,
}

struct Row {
    id: Uuid,
    clinic_id: Uuid,
    title: String,
    given_name: String,
    patronymic: String,
    family_name: String,
    preferred_name: String,
    birth_date: Option<Date>,
    language: Option<String>,
    address_form: i16,
    do_not_contact: bool,
    sensitive: bool,
    version: i64,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
    deleted_at: Option<OffsetDateTime>,
    systems: Vec<String>,
    system_values: Vec<String>,
    point_kinds: Vec<i16>,
    point_values: Vec<String>,
    point_lines: Vec<i16>,
    point_verified: Vec<bool>,
}

const fn stored_form(form: AddressForm) -> i16 {
    match form {
        AddressForm::Unspecified => 0,
        AddressForm::Formal => 1,
        AddressForm::Informal => 2,
    }
}

impl TryFrom<Row> for Patient {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |column| StoreError::Inconsistent {
            table: "patients",
            column,
            id: row.id,
        };
        let address_form = match row.address_form {
            0 => AddressForm::Unspecified,
            1 => AddressForm::Formal,
            2 => AddressForm::Informal,
            _ => return Err(broken("address_form")),
        };
        let language = row.language.as_deref().map(str::parse).transpose();
        let language = language.map_err(|_| broken("language"))?;
        let contact_points = row
            .point_kinds
            .into_iter()
            .zip(row.point_values)
            .zip(row.point_lines.into_iter().zip(row.point_verified))
            .map(|((kind, value), (line, verified))| {
                contact_points::read(kind, value, line, verified)
            })
            .collect::<Option<_>>()
            .ok_or(StoreError::Inconsistent {
                table: "contact_points",
                column: "kind",
                id: row.id,
            })?;
        Ok(Self {
            id: PatientId::from_uuid(row.id),
            profile: Profile {
                external_ids: row
                    .systems
                    .into_iter()
                    .zip(row.system_values)
                    .map(|(system, value)| ExternalId { system, value })
                    .collect(),
                clinic: ClinicId::from_uuid(row.clinic_id),
                name: Name {
                    title: row.title,
                    given: row.given_name,
                    patronymic: row.patronymic,
                    family: row.family_name,
                    preferred: row.preferred_name,
                },
                birth_date: row.birth_date,
                language,
                address_form,
                contact_points,
                do_not_contact: row.do_not_contact,
                sensitive: row.sensitive,
            },
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            deleted_at: row.deleted_at,
        })
    }
}

impl Tx {
    /// One patient among the clinics the caller sees; `lock` keeps others from changing it meanwhile.
    pub(crate) async fn patient(
        &mut self,
        id: PatientId,
        visible: Option<&[Uuid]>,
        lock: bool,
    ) -> Result<Option<Patient>, Error> {
        if lock {
            let organization = self.organization_uuid();
            sqlx::query!(
                "SELECT id FROM patients WHERE organization_id = $1 AND id = $2 FOR UPDATE",
                organization,
                id.uuid()
            )
            .fetch_optional(self.conn())
            .await?;
        }
        let filter = PatientFilter {
            visible: visible.map(<[Uuid]>::to_vec),
            clinic: None,
            updated_since: None,
            external_id: None,
            show_deleted: true,
            before: None,
        };
        Ok(self.select(&filter, Some(id), 1).await?.pop())
    }

    /// A page of patients, newest first, and one more if there is a next page.
    pub(crate) async fn patients(
        &mut self,
        filter: &PatientFilter,
        size: PageSize,
    ) -> Result<Vec<Patient>, Error> {
        self.select(filter, None, size.probe()).await
    }

    async fn select(
        &mut self,
        filter: &PatientFilter,
        id: Option<PatientId>,
        limit: i64,
    ) -> Result<Vec<Patient>, Error> {
        let organization = self.organization_uuid();
        let (system, value) = match &filter.external_id {
            Some(id) => (Some(id.system.as_str()), Some(id.value.as_str())),
            None => (None, None),
        };
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT p.id, p.clinic_id, p.title, p.given_name, p.patronymic, p.family_name,
                      p.preferred_name, p.birth_date, p.language, p.address_form, p.do_not_contact,
                      p.sensitive, p.version, p.created_at, p.updated_at, p.deleted_at,
                      e.systems AS "systems!", e.system_values AS "system_values!",
                      c.kinds AS "point_kinds!", c.point_values AS "point_values!",
                      c.lines AS "point_lines!", c.verified AS "point_verified!"
               FROM patients p
               CROSS JOIN LATERAL (
                   SELECT coalesce(array_agg(x.system ORDER BY x.system, x.value), '{}') AS systems,
                          coalesce(array_agg(x.value ORDER BY x.system, x.value), '{}') AS system_values
                   FROM external_ids x
                   WHERE x.organization_id = $1 AND x.patient_id = p.id
               ) e
               CROSS JOIN LATERAL (
                   SELECT coalesce(array_agg(x.kind ORDER BY x.rank), '{}') AS kinds,
                          coalesce(array_agg(x.value ORDER BY x.rank), '{}') AS point_values,
                          coalesce(array_agg(x.line_type ORDER BY x.rank), '{}') AS lines,
                          coalesce(array_agg(x.verified ORDER BY x.rank), '{}') AS verified
                   FROM contact_points x
                   WHERE x.organization_id = $1 AND x.patient_id = p.id
               ) c
               WHERE p.organization_id = $1
                 AND ($2::uuid IS NULL OR p.id = $2)
                 AND ($3::uuid[] IS NULL OR p.clinic_id = ANY($3))
                 AND ($4::uuid IS NULL OR p.clinic_id = $4)
                 AND ($5::timestamptz IS NULL OR p.updated_at >= $5)
                 AND ($6::text IS NULL OR p.id = (
                     SELECT x.patient_id FROM external_ids x
                     WHERE x.organization_id = $1 AND x.system = $6 AND x.value = $7))
                 AND ($8 OR p.deleted_at IS NULL)
                 AND ($9::uuid IS NULL OR p.id < $9)
               ORDER BY p.id DESC
               LIMIT $10"#,
            organization,
            id.map(PatientId::uuid),
            filter.visible.as_deref(),
            filter.clinic.map(ClinicId::uuid),
            filter.updated_since,
            system,
            value,
            filter.show_deleted,
            filter.before,
            limit
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(Patient::try_from)
            .collect::<Result<_, _>>()?)
    }

    /// Writes a new patient.
    pub(crate) async fn insert_patient(&mut self, patient: &Patient) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let profile = &patient.profile;
        sqlx::query!(
            "INSERT INTO patients (organization_id, id, clinic_id, title, given_name, patronymic,
                                   family_name, preferred_name, birth_date, language, address_form,
                                   do_not_contact, sensitive, version, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            organization,
            patient.id.uuid(),
            profile.clinic.uuid(),
            profile.name.title,
            profile.name.given,
            profile.name.patronymic,
            profile.name.family,
            profile.name.preferred,
            profile.birth_date,
            profile.language.map(bitewing_core::Language::tag),
            stored_form(profile.address_form),
            profile.do_not_contact,
            profile.sensitive,
            patient.version,
            patient.created_at,
            patient.updated_at
        )
        .execute(self.conn())
        .await?;
        self.put_external_ids(patient.id, &profile.external_ids)
            .await?;
        self.put_contact_points(patient.id, &profile.contact_points)
            .await
    }

    /// Writes a changed patient over the version it was read at.
    pub(crate) async fn update_patient(&mut self, patient: &Patient) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let profile = &patient.profile;
        let written = sqlx::query!(
            "UPDATE patients
             SET clinic_id = $3, title = $4, given_name = $5, patronymic = $6, family_name = $7,
                 preferred_name = $8, birth_date = $9, language = $10, address_form = $11,
                 do_not_contact = $12, sensitive = $13, version = $14::bigint, updated_at = $15, deleted_at = $16
             WHERE organization_id = $1 AND id = $2 AND version = $14::bigint - 1",
            organization,
            patient.id.uuid(),
            profile.clinic.uuid(),
            profile.name.title,
            profile.name.given,
            profile.name.patronymic,
            profile.name.family,
            profile.name.preferred,
            profile.birth_date,
            profile.language.map(bitewing_core::Language::tag),
            stored_form(profile.address_form),
            profile.do_not_contact,
            profile.sensitive,
            patient.version,
            patient.updated_at,
            patient.deleted_at
        )
        .execute(self.conn())
        .await?;
        if written.rows_affected() != 1 {
            return Err(Error::Conflict);
        }
        self.put_external_ids(patient.id, &profile.external_ids)
            .await?;
        self.put_contact_points(patient.id, &profile.contact_points)
            .await
    }
}
