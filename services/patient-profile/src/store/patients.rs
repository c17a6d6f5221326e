//! Patients, read.

use super::Tx;
use super::patient_row::Row;
use crate::domain::Patient;
use crate::error::Error;
use bitewing_core::PatientId;
use time::OffsetDateTime;
use uuid::Uuid;

impl Tx {
    /// One patient among the clinics the caller sees; `lock` keeps others from changing it meanwhile. The
    /// id of a merged record answers the patient it was merged into; an erased one is refused by name.
    pub(crate) async fn patient(
        &mut self,
        id: PatientId,
        visible: Option<&[Uuid]>,
        lock: bool,
    ) -> Result<Option<Patient>, Error> {
        let id = self.survivor(id).await?;
        let patient = self.record(id, visible, lock).await?;
        match patient {
            Some(patient) if patient.erased_at.is_some() => Err(Error::PatientErased),
            patient => Ok(patient),
        }
    }

    /// One record as it stands, merged or erased or not.
    pub(crate) async fn record(
        &mut self,
        id: PatientId,
        visible: Option<&[Uuid]>,
        lock: bool,
    ) -> Result<Option<Patient>, Error> {
        if lock {
            self.lock_patients(&[id]).await?;
        }
        Ok(self.patients_by_ids(&[id], visible).await?.pop())
    }

    /// Keeps others from changing patients until the end, in the order of their ids.
    pub(crate) async fn lock_patients(&mut self, ids: &[PatientId]) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        sqlx::query!(
            "SELECT id FROM patients WHERE organization_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE",
            organization,
            &ids
        )
        .fetch_all(self.conn())
        .await?;
        Ok(())
    }

    /// The patient that stands for a record: itself, or the end of the chain of merges.
    pub(crate) async fn survivor(&mut self, id: PatientId) -> Result<PatientId, Error> {
        let organization = self.organization_uuid();
        let last = sqlx::query_scalar!(
            r#"WITH RECURSIVE chain (id, merged_into) AS (
                   SELECT id, merged_into FROM patients WHERE organization_id = $1 AND id = $2
                   UNION
                   SELECT p.id, p.merged_into FROM patients p JOIN chain c ON p.id = c.merged_into
                   WHERE p.organization_id = $1
               )
               SELECT id AS "id!" FROM chain WHERE merged_into IS NULL"#,
            organization,
            id.uuid()
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(last.map_or(id, PatientId::from_uuid))
    }

    /// Every record that is this person: the patient and whatever was merged into it, over any number of steps.
    /// What hangs on a patient by its id is asked for with all of them.
    pub(crate) async fn records_of(&mut self, id: PatientId) -> Result<Vec<PatientId>, Error> {
        let organization = self.organization_uuid();
        let ids = sqlx::query_scalar!(
            r#"WITH RECURSIVE tree (id) AS (
                   SELECT id FROM patients WHERE organization_id = $1 AND id = $2
                   UNION
                   SELECT p.id FROM patients p JOIN tree t ON p.merged_into = t.id
                   WHERE p.organization_id = $1
               )
               SELECT id AS "id!" FROM tree ORDER BY id"#,
            organization,
            id.uuid()
        )
        .fetch_all(self.conn())
        .await?;
        Ok(ids.into_iter().map(PatientId::from_uuid).collect())
    }

    /// How many of the patients the caller sees, among those named: to refuse what is not there.
    pub(crate) async fn count_visible(
        &mut self,
        ids: &[PatientId],
        visible: Option<&[Uuid]>,
    ) -> Result<usize, Error> {
        let organization = self.organization_uuid();
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM patients
               WHERE organization_id = $1 AND id = ANY($2) AND erased_at IS NULL
                 AND ($3::uuid[] IS NULL OR clinic_id = ANY($3))"#,
            organization,
            &ids,
            visible
        )
        .fetch_one(self.conn())
        .await?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// Records by their ids, in the order of the ids given; those the caller does not see are missing.
    pub(crate) async fn patients_by_ids(
        &mut self,
        ids: &[PatientId],
        visible: Option<&[Uuid]>,
    ) -> Result<Vec<Patient>, Error> {
        let organization = self.organization_uuid();
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT p.id, p.clinic_id, p.title, p.given_name, p.patronymic, p.family_name,
                      p.preferred_name, p.birth_date, p.language, p.address_form, p.do_not_contact,
                      p.sensitive, p.gender, p.salutation, p.generation, p.preferred_channels,
                      p.refused_channels, p.patient_since, p.children, p.deceased, p.death_date,
                      p.notes, p.last_visit_at, p.next_visit_at, p.field_sources, p.merged_into,
                      p.version, p.created_at, p.updated_at, p.deleted_at, p.erased_at,
                      e.systems AS "systems!", e.system_values AS "system_values!",
                      c.ids AS "point_ids!", c.kinds AS "point_kinds!",
                      c.channels AS "point_channels!", c.point_values AS "point_values!",
                      c.lines AS "point_lines!", c.regions AS "point_regions!",
                      c.uses AS "point_uses!",
                      c.verified AS "point_verified!: Vec<Option<OffsetDateTime>>",
                      c.verified_by AS "point_verified_by!",
                      c.unreachable AS "point_unreachable!: Vec<Option<OffsetDateTime>>",
                      c.reasons AS "point_reasons!", c.opened AS "point_opened!",
                      r.kinds AS "relation_kinds!", r.ids AS "relation_ids!: Vec<Option<Uuid>>",
                      r.names AS "relation_names!", m.ids AS "merged!"
               FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted (id, place)
               JOIN patients p ON p.organization_id = $1 AND p.id = wanted.id
               CROSS JOIN LATERAL (
                   SELECT coalesce(array_agg(x.system ORDER BY x.system, x.value), '{}') AS systems,
                          coalesce(array_agg(x.value ORDER BY x.system, x.value), '{}') AS system_values
                   FROM external_ids x
                   WHERE x.organization_id = $1 AND x.patient_id = p.id
               ) e
               CROSS JOIN LATERAL (
                   SELECT coalesce(array_agg(x.id ORDER BY x.rank), '{}') AS ids,
                          coalesce(array_agg(x.kind ORDER BY x.rank), '{}') AS kinds,
                          coalesce(array_agg(x.channel ORDER BY x.rank), '{}') AS channels,
                          coalesce(array_agg(x.value ORDER BY x.rank), '{}') AS point_values,
                          coalesce(array_agg(x.line_type ORDER BY x.rank), '{}') AS lines,
                          coalesce(array_agg(x.region ORDER BY x.rank), '{}') AS regions,
                          coalesce(array_agg(x.use_kind ORDER BY x.rank), '{}') AS uses,
                          coalesce(array_agg(x.verified_at ORDER BY x.rank), '{}') AS verified,
                          coalesce(array_agg(x.verified_by ORDER BY x.rank), '{}') AS verified_by,
                          coalesce(array_agg(x.unreachable_at ORDER BY x.rank), '{}') AS unreachable,
                          coalesce(array_agg(x.unreachable_reason ORDER BY x.rank), '{}') AS reasons,
                          coalesce(array_agg(x.opened_at ORDER BY x.rank), '{}') AS opened
                   FROM contact_points x
                   WHERE x.organization_id = $1 AND x.patient_id = p.id
               ) c
               CROSS JOIN LATERAL (
                   SELECT coalesce(array_agg(x.kind ORDER BY x.rank), '{}') AS kinds,
                          coalesce(array_agg(x.related_id ORDER BY x.rank), '{}') AS ids,
                          coalesce(array_agg(x.display_name ORDER BY x.rank), '{}') AS names
                   FROM patient_relations x
                   WHERE x.organization_id = $1 AND x.patient_id = p.id
               ) r
               CROSS JOIN LATERAL (
                   SELECT coalesce(array_agg(x.id ORDER BY x.id), '{}') AS ids
                   FROM patients x
                   WHERE x.organization_id = $1 AND x.merged_into = p.id
               ) m
               WHERE ($3::uuid[] IS NULL OR p.clinic_id = ANY($3))
               ORDER BY wanted.place"#,
            organization,
            &ids,
            visible
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(Patient::try_from)
            .collect::<Result<_, _>>()?)
    }
}
