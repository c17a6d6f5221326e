//! A patient's row with what hangs on it, read back.

use super::patient_json;
use crate::domain::{
    Address, Code, ContactPoint, ExternalId, Name, Patient, Profile, Related, Relation,
    Unreachable, UnreachableReason, Verification,
};
use bitewing_core::{ClinicId, PatientId};
use bitewing_store::StoreError;
use serde_json::Value;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// The columns of one patient; see [`super::patients`].
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) clinic_id: Uuid,
    pub(super) title: String,
    pub(super) given_name: String,
    pub(super) patronymic: String,
    pub(super) family_name: String,
    pub(super) preferred_name: String,
    pub(super) birth_date: Option<Date>,
    pub(super) language: Option<String>,
    pub(super) address_form: i16,
    pub(super) do_not_contact: bool,
    pub(super) sensitive: bool,
    pub(super) gender: i16,
    pub(super) salutation: String,
    pub(super) generation: i16,
    pub(super) preferred_channels: Value,
    pub(super) refused_channels: Value,
    pub(super) patient_since: Option<Date>,
    pub(super) children: Value,
    pub(super) deceased: bool,
    pub(super) death_date: Option<Date>,
    pub(super) notes: String,
    pub(super) last_visit_at: Option<OffsetDateTime>,
    pub(super) next_visit_at: Option<OffsetDateTime>,
    pub(super) field_sources: Value,
    pub(super) merged_into: Option<Uuid>,
    pub(super) version: i64,
    pub(super) created_at: OffsetDateTime,
    pub(super) updated_at: OffsetDateTime,
    pub(super) deleted_at: Option<OffsetDateTime>,
    pub(super) erased_at: Option<OffsetDateTime>,
    pub(super) systems: Vec<String>,
    pub(super) system_values: Vec<String>,
    pub(super) point_ids: Vec<Uuid>,
    pub(super) point_kinds: Vec<i16>,
    pub(super) point_channels: Vec<i16>,
    pub(super) point_values: Vec<String>,
    pub(super) point_lines: Vec<i16>,
    pub(super) point_regions: Vec<String>,
    pub(super) point_uses: Vec<i16>,
    pub(super) point_verified: Vec<Option<OffsetDateTime>>,
    pub(super) point_verified_by: Vec<String>,
    pub(super) point_unreachable: Vec<Option<OffsetDateTime>>,
    pub(super) point_reasons: Vec<i16>,
    pub(super) point_opened: Vec<OffsetDateTime>,
    pub(super) relation_kinds: Vec<i16>,
    pub(super) relation_ids: Vec<Option<Uuid>>,
    pub(super) relation_names: Vec<String>,
    pub(super) merged: Vec<Uuid>,
}

/// Reads a number whose zero is "not said".
#[expect(
    clippy::option_option,
    reason = "whether it can be read, then whether it was said"
)]
pub(super) fn coded<T: Code>(number: i16) -> Option<Option<T>> {
    if number == 0 {
        Some(None)
    } else {
        T::of(number).map(Some)
    }
}

impl Row {
    fn points(&mut self) -> Option<Vec<ContactPoint>> {
        let take = std::mem::take::<Vec<String>>;
        let mut values = take(&mut self.point_values).into_iter();
        let mut regions = take(&mut self.point_regions).into_iter();
        let mut verifiers = take(&mut self.point_verified_by).into_iter();
        let point = |place: usize| {
            Some(ContactPoint {
                id: self.point_ids[place],
                address: Address {
                    kind: Code::of(self.point_kinds[place])?,
                    channel: coded(self.point_channels[place])?,
                    value: values.next()?,
                },
                line: coded(self.point_lines[place])?,
                region: regions.next()?,
                used_for: coded(self.point_uses[place])?,
                verified: verification(self.point_verified[place], verifiers.next()?),
                unreachable: unreachable(self.point_unreachable[place], self.point_reasons[place])?,
                opened_at: self.point_opened[place],
            })
        };
        (0..self.point_ids.len()).map(point).collect()
    }

    fn relations(&mut self) -> Option<Vec<Relation>> {
        let names = std::mem::take(&mut self.relation_names);
        let parts = self
            .relation_kinds
            .iter()
            .zip(&self.relation_ids)
            .zip(names);
        parts
            .map(|((kind, id), name)| {
                Some(Relation {
                    kind: Code::of(*kind)?,
                    to: match id {
                        Some(id) => Related::Patient(PatientId::from_uuid(*id)),
                        None => Related::Named(name),
                    },
                })
            })
            .collect()
    }
}

/// A confirmation from its columns.
pub(super) fn verification(at: Option<OffsetDateTime>, by: String) -> Option<Verification> {
    at.map(|at| Verification { at, by })
}

/// A state of not arriving from its columns.
#[expect(
    clippy::option_option,
    reason = "whether it can be read, then whether there is one"
)]
pub(super) fn unreachable(
    since: Option<OffsetDateTime>,
    reason: i16,
) -> Option<Option<Unreachable>> {
    let Some(since) = since else {
        return Some(None);
    };
    let reason = UnreachableReason::of(reason)?;
    Some(Some(Unreachable { since, reason }))
}

impl TryFrom<Row> for Patient {
    type Error = StoreError;

    fn try_from(mut row: Row) -> Result<Self, StoreError> {
        let id = row.id;
        let broken_in = |table, column| StoreError::Inconsistent { table, column, id };
        let broken = |column| broken_in("patients", column);
        let points = row.points();
        let contact_points = points.ok_or(broken_in("contact_points", "kind"))?;
        let relations = row.relations();
        let relations = relations.ok_or(broken_in("patient_relations", "kind"))?;
        let language = row.language.as_deref().map(str::parse).transpose();
        let ids = row.systems.into_iter().zip(row.system_values);
        let preferred = patient_json::read_channels(&row.preferred_channels);
        let refused = patient_json::read_channels(&row.refused_channels);
        let children = patient_json::read_children(&row.children);
        let sources = patient_json::read_sources(&row.field_sources);
        Ok(Self {
            id: PatientId::from_uuid(id),
            profile: Profile {
                external_ids: ids
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
                language: language.map_err(|_| broken("language"))?,
                address_form: coded(row.address_form).ok_or(broken("address_form"))?,
                do_not_contact: row.do_not_contact,
                sensitive: row.sensitive,
                gender: coded(row.gender).ok_or(broken("gender"))?,
                salutation: row.salutation,
                generation: coded(row.generation).ok_or(broken("generation"))?,
                preferred_channels: preferred.ok_or(broken("preferred_channels"))?,
                refused_channels: refused.ok_or(broken("refused_channels"))?,
                patient_since: row.patient_since,
                children: children.ok_or(broken("children"))?,
                relations,
                deceased: row.deceased,
                death_date: row.death_date,
                notes: row.notes,
                last_visit: row.last_visit_at,
                next_visit: row.next_visit_at,
            },
            contact_points,
            sources: sources.ok_or(broken("field_sources"))?,
            merged_into: row.merged_into.map(PatientId::from_uuid),
            merged: row.merged.into_iter().map(PatientId::from_uuid).collect(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            deleted_at: row.deleted_at,
            erased_at: row.erased_at,
        })
    }
}
