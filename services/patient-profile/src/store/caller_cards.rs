//! Who may be behind an address: everything a receptionist needs, in one reading.

use super::patient_json::{read_channels, read_children};
use super::patient_row::coded;
use super::{Tx, Visibility};
use crate::domain::consent::AddressHash;
use crate::domain::{
    Address, AddressForm, Code, ContactChannel, Gender, Generation, Name, code_or_zero,
};
use crate::error::Error;
use bitewing_core::{ClinicId, Language, PatientId};
use bitewing_store::StoreError;
use serde_json::Value;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// The most patients an address is answered with.
const MAX_CANDIDATES: i64 = 50;

/// One patient who has the address.
pub(crate) struct Card {
    pub(crate) patient: PatientId,
    pub(crate) clinic: ClinicId,
    pub(crate) name: Name,
    pub(crate) gender: Option<Gender>,
    pub(crate) salutation: String,
    pub(crate) birth_date: Option<Date>,
    pub(crate) generation: Option<Generation>,
    pub(crate) address_form: Option<AddressForm>,
    pub(crate) language: Option<Language>,
    pub(crate) patient_since: Option<Date>,
    pub(crate) children: Vec<String>,
    pub(crate) preferred_channels: Vec<ContactChannel>,
    pub(crate) last_visit: Option<OffsetDateTime>,
    pub(crate) next_visit: Option<OffsetDateTime>,
    pub(crate) sensitive: bool,
    pub(crate) has_notes: bool,
    pub(crate) do_not_contact: bool,
    pub(crate) verified: bool,
}

/// What is known of an address at a clinic.
pub(crate) struct CallerFacts {
    /// The clinic's.
    pub(crate) language: Option<Language>,
    pub(crate) default_language: Option<Language>,
    pub(crate) blocked_by_chain: bool,
    pub(crate) blocked_by_clinic: bool,
    /// Until when; none for no end.
    pub(crate) blocked_until: Option<OffsetDateTime>,
    pub(crate) reporters: u32,
    pub(crate) own_number: bool,
    /// The last seen first.
    pub(crate) cards: Vec<Card>,
}

/// Who asks about which address.
pub(crate) struct CallerQuestion<'a> {
    pub(crate) clinic: ClinicId,
    /// None where it is no possible address: then nobody has it.
    pub(crate) address: Option<&'a Address>,
    pub(crate) hash: AddressHash,
    /// Clinics of the caller; none is every clinic.
    pub(crate) clinics: Option<Vec<Uuid>>,
    /// Reports before this moment are forgotten.
    pub(crate) reports_since: OffsetDateTime,
    pub(crate) now: OffsetDateTime,
}

impl Tx {
    /// Reads everything about an address in one statement; none if there is no such clinic.
    pub(crate) async fn caller_facts(
        &mut self,
        question: &CallerQuestion<'_>,
    ) -> Result<Option<CallerFacts>, Error> {
        let organization = self.organization_uuid();
        let value = question.address.map(|address| address.value.as_str());
        let kind = question.address.map(|address| address.kind.code());
        let channel = code_or_zero(question.address.and_then(|address| address.channel));
        let rows = sqlx::query!(
            r#"SELECT c.language AS clinic_language, s.default_language AS "default_language?",
                      b.by_chain AS "by_chain!", b.by_clinic AS "by_clinic!", b.until,
                      r.reporters AS "reporters!", o.own AS "own!",
                      p.id AS "id?", p.clinic_id AS "clinic_id?", p.title AS "title?",
                      p.given_name AS "given_name?", p.patronymic AS "patronymic?",
                      p.family_name AS "family_name?", p.preferred_name AS "preferred_name?",
                      p.birth_date AS "birth_date?", p.language AS "language?",
                      p.address_form AS "address_form?", p.gender AS "gender?",
                      p.salutation AS "salutation?", p.generation AS "generation?",
                      p.preferred_channels AS "preferred_channels?", p.patient_since AS "patient_since?",
                      p.children AS "children?", p.sensitive AS "sensitive?",
                      p.has_notes AS "has_notes?", p.do_not_contact AS "do_not_contact?",
                      p.verified AS "verified?", v.last_visit AS "last_visit?", v.next_visit AS "next_visit?"
               FROM clinics c
               LEFT JOIN organization_settings s ON s.organization_id = c.organization_id
               CROSS JOIN LATERAL (
                   SELECT coalesce(bool_or(x.clinic_id IS NULL), false) AS by_chain,
                          coalesce(bool_or(x.clinic_id IS NOT NULL), false) AS by_clinic,
                          CASE WHEN bool_or(x.expires_at IS NULL) THEN NULL ELSE max(x.expires_at) END AS until
                   FROM caller_blocks x
                   WHERE x.organization_id = $1 AND x.address_hash = $3 AND x.ended_at IS NULL
                     AND (x.expires_at IS NULL OR x.expires_at > $9)
                     AND (x.clinic_id IS NULL OR x.clinic_id = c.id)
               ) b
               CROSS JOIN LATERAL (
                   SELECT count(*) AS reporters FROM spam_reports x
                   WHERE x.organization_id = $1 AND x.address_hash = $3 AND x.reported_at >= $8
               ) r
               CROSS JOIN LATERAL (
                   SELECT EXISTS (
                       SELECT FROM clinics x
                       WHERE x.organization_id = $1 AND x.phone <> '' AND x.phone = $4 AND $5::smallint = 1
                   ) AS own
               ) o
               LEFT JOIN LATERAL (
                   SELECT x.id, x.clinic_id, x.title, x.given_name, x.patronymic, x.family_name,
                          x.preferred_name, x.birth_date, x.language, x.address_form, x.gender, x.salutation,
                          x.generation, x.preferred_channels, x.patient_since, x.children, x.sensitive,
                          x.notes <> '' AS has_notes, x.do_not_contact,
                          a.verified_at IS NOT NULL AS verified, x.last_visit_at, x.next_visit_at
                   FROM contact_points a
                   JOIN patients x ON x.organization_id = $1 AND x.id = a.patient_id
                   WHERE a.organization_id = $1 AND a.kind = $5 AND a.value = $4 AND a.channel = $6
                     AND x.deleted_at IS NULL AND x.merged_into IS NULL AND x.erased_at IS NULL
                     AND (s.patient_visibility = $10 OR $7::uuid[] IS NULL OR x.clinic_id = ANY($7))
                   ORDER BY x.last_visit_at DESC NULLS LAST, x.id DESC
                   LIMIT $11
               ) p ON true
               LEFT JOIN LATERAL (
                   SELECT greatest(p.last_visit_at, max(x.starts_at) FILTER (WHERE x.starts_at <= $9 AND x.status IN (3, 4)))
                              AS last_visit,
                          coalesce(min(x.starts_at) FILTER (WHERE x.starts_at > $9 AND x.status IN (1, 2)),
                                   CASE WHEN p.next_visit_at > $9 THEN p.next_visit_at END) AS next_visit
                   FROM appointments x
                   WHERE x.organization_id = $1 AND x.patient_id IN (
                       SELECT p.id
                       UNION ALL
                       SELECT m.id FROM patients m WHERE m.organization_id = $1 AND m.merged_into = p.id)
               ) v ON p.id IS NOT NULL
               WHERE c.organization_id = $1 AND c.id = $2
               ORDER BY v.last_visit DESC NULLS LAST, p.id DESC"#,
            organization,
            question.clinic.uuid(),
            &question.hash[..],
            value,
            kind,
            channel,
            question.clinics.as_deref(),
            question.reports_since,
            question.now,
            Visibility::Shared.stored(),
            MAX_CANDIDATES
        )
        .fetch_all(self.conn())
        .await?;
        let Some(first) = rows.first() else {
            return Ok(None);
        };
        let language = |tag: &str| tag.parse::<Language>().ok();
        let mut facts = CallerFacts {
            language: language(&first.clinic_language),
            default_language: first.default_language.as_deref().and_then(language),
            blocked_by_chain: first.by_chain,
            blocked_by_clinic: first.by_clinic,
            blocked_until: first.until,
            reporters: u32::try_from(first.reporters).unwrap_or(u32::MAX),
            own_number: first.own,
            cards: Vec::new(),
        };
        for row in rows {
            let Some(id) = row.id else { continue };
            let broken = |column| StoreError::Inconsistent {
                table: "patients",
                column,
                id,
            };
            let text = Option::unwrap_or_default;
            let json = |value: Option<Value>| value.unwrap_or_else(|| Value::Array(Vec::new()));
            let channels = read_channels(&json(row.preferred_channels));
            let children = read_children(&json(row.children)).ok_or(broken("children"))?;
            facts.cards.push(Card {
                patient: PatientId::from_uuid(id),
                clinic: ClinicId::from_uuid(row.clinic_id.unwrap_or_default()),
                name: Name {
                    title: text(row.title),
                    given: text(row.given_name),
                    patronymic: text(row.patronymic),
                    family: text(row.family_name),
                    preferred: text(row.preferred_name),
                },
                gender: coded(row.gender.unwrap_or_default()).ok_or(broken("gender"))?,
                salutation: text(row.salutation),
                birth_date: row.birth_date,
                generation: coded(row.generation.unwrap_or_default())
                    .ok_or(broken("generation"))?,
                address_form: coded(row.address_form.unwrap_or_default())
                    .ok_or(broken("address_form"))?,
                language: row.language.as_deref().and_then(language),
                patient_since: row.patient_since,
                children: children.into_iter().map(|child| child.given_name).collect(),
                preferred_channels: channels.ok_or(broken("preferred_channels"))?,
                last_visit: row.last_visit,
                next_visit: row.next_visit,
                sensitive: row.sensitive.unwrap_or_default(),
                has_notes: row.has_notes.unwrap_or_default(),
                do_not_contact: row.do_not_contact.unwrap_or_default(),
                verified: row.verified.unwrap_or_default(),
            });
        }
        Ok(Some(facts))
    }
}
