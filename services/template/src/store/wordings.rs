//! Chains' own wordings, every version, and the kinds they made.

use super::Tx;
use crate::domain::phrasebook::{Locale, Medium, Occasion, Place, Register, Words, shared_kind};
use crate::domain::review::{State, Version};
use crate::error::Error;
use bitewing_core::{ClinicId, WordingId};
use bitewing_store::StoreError;
use sqlx::types::Json;
use std::sync::Arc;
use time::OffsetDateTime;
use uuid::Uuid;

struct Row {
    id: Uuid,
    version: i32,
    clinic_id: Option<Uuid>,
    kind: String,
    definition: Option<Json<Occasion>>,
    locale: String,
    register: i16,
    channel: i16,
    subject: String,
    body: String,
    state: i16,
    revision: i32,
    reason: String,
    keeps_scheduled: bool,
    written_by: String,
    decided_by: String,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

/// Selects versions with the kind where the chain made it.
macro_rules! select {
    ($($query:tt)*) => {
        sqlx::query_as!(
            Row,
            "SELECT w.id, w.version, w.clinic_id, w.kind, k.definition AS \"definition?: Json<Occasion>\", w.locale,
                    w.register, w.channel, w.subject, w.body, w.state, w.revision, w.reason, w.keeps_scheduled,
                    w.written_by, w.decided_by, w.created_at, w.updated_at
             FROM wordings w
             LEFT JOIN wording_kinds k ON k.organization_id = w.organization_id AND k.name = w.own_kind "
            + $($query)*
        )
    };
}

const fn stored_state(state: State) -> i16 {
    match state {
        State::Draft => 1,
        State::InReview => 2,
        State::Approved => 3,
        State::Rejected => 4,
        State::Retired => 5,
    }
}

pub(super) const fn stored_register(register: Register) -> i16 {
    match register {
        Register::Formal => 1,
        Register::Informal => 2,
    }
}

pub(super) const fn read_register(stored: i16) -> Option<Register> {
    match stored {
        1 => Some(Register::Formal),
        2 => Some(Register::Informal),
        _ => None,
    }
}

const fn stored_medium(medium: Medium) -> i16 {
    match medium {
        Medium::Sms => 1,
        Medium::Chat => 2,
        Medium::Email => 3,
        Medium::Voice => 4,
    }
}

/// A kind the chain made.
pub(super) fn own_kind(name: String, definition: Occasion) -> Arc<Occasion> {
    Arc::new(Occasion {
        name,
        own: true,
        ..definition
    })
}

impl TryFrom<Row> for Version {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |column| StoreError::Inconsistent {
            table: "wordings",
            column,
            id: row.id,
        };
        let medium = match row.channel {
            1 => Medium::Sms,
            2 => Medium::Chat,
            3 => Medium::Email,
            4 => Medium::Voice,
            _ => return Err(broken("channel")),
        };
        let state = match row.state {
            1 => State::Draft,
            2 => State::InReview,
            3 => State::Approved,
            4 => State::Rejected,
            5 => State::Retired,
            _ => return Err(broken("state")),
        };
        let kind = match row.definition {
            Some(Json(definition)) => own_kind(row.kind, definition),
            None => shared_kind(&row.kind).ok_or_else(|| broken("kind"))?,
        };
        Ok(Self {
            id: WordingId::from_uuid(row.id),
            version: row.version,
            clinic: row.clinic_id.map(ClinicId::from_uuid),
            kind,
            place: Place {
                locale: Locale::parse(&row.locale).map_err(|_| broken("locale"))?,
                register: read_register(row.register).ok_or_else(|| broken("register"))?,
                medium,
            },
            words: Words {
                subject: row.subject,
                body: row.body,
            },
            state,
            revision: row.revision,
            reason: row.reason,
            keeps_scheduled: row.keeps_scheduled,
            written_by: row.written_by,
            decided_by: row.decided_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

fn one(row: Option<Row>) -> Result<Option<Version>, Error> {
    Ok(row.map(Version::try_from).transpose()?)
}

fn all(rows: Vec<Row>) -> Result<Vec<Version>, Error> {
    let versions = rows.into_iter().map(Version::try_from);
    Ok(versions.collect::<Result<_, _>>()?)
}

impl Tx {
    /// The newest version of a wording, kept from others' changes until the transaction ends.
    pub(crate) async fn newest_wording(&mut self, id: WordingId) -> Result<Option<Version>, Error> {
        let organization = self.organization_uuid();
        let row = select!(
            "WHERE w.organization_id = $1 AND w.id = $2 ORDER BY w.version DESC LIMIT 1 FOR UPDATE OF w",
            organization,
            id.uuid()
        )
        .fetch_optional(self.conn())
        .await?;
        one(row)
    }

    /// One version of a wording; 0 is the newest.
    pub(crate) async fn wording_version(
        &mut self,
        id: WordingId,
        version: i32,
    ) -> Result<Option<Version>, Error> {
        let organization = self.organization_uuid();
        let row = select!(
            "WHERE w.organization_id = $1 AND w.id = $2 AND ($3 = 0 OR w.version = $3)
             ORDER BY w.version DESC LIMIT 1",
            organization,
            id.uuid(),
            version
        )
        .fetch_optional(self.conn())
        .await?;
        one(row)
    }

    /// The version of a wording that is said, kept from others' changes until the transaction ends.
    pub(crate) async fn approved_version(
        &mut self,
        id: WordingId,
    ) -> Result<Option<Version>, Error> {
        let organization = self.organization_uuid();
        let row = select!(
            "WHERE w.organization_id = $1 AND w.id = $2 AND w.state = 3 FOR UPDATE OF w",
            organization,
            id.uuid()
        )
        .fetch_optional(self.conn())
        .await?;
        one(row)
    }

    /// What a clinic, or the chain, says of a kind, on one channel or on all: approved versions in every place.
    pub(crate) async fn approved_wordings(
        &mut self,
        kind: &str,
        medium: Option<Medium>,
        clinic: Option<ClinicId>,
    ) -> Result<Vec<Version>, Error> {
        let organization = self.organization_uuid();
        let rows = select!(
            "WHERE w.organization_id = $1 AND w.kind = $2 AND ($3::smallint IS NULL OR w.channel = $3)
               AND (w.clinic_id IS NULL OR w.clinic_id = $4) AND w.state = 3",
            organization,
            kind,
            medium.map(stored_medium),
            clinic.map(ClinicId::uuid)
        )
        .fetch_all(self.conn())
        .await?;
        all(rows)
    }

    /// The versions of a wording older than one, newest first.
    pub(crate) async fn wording_versions(
        &mut self,
        id: WordingId,
        before: i32,
        limit: i64,
    ) -> Result<Vec<Version>, Error> {
        let organization = self.organization_uuid();
        let rows = select!(
            "WHERE w.organization_id = $1 AND w.id = $2 AND w.version < $3
             ORDER BY w.version DESC LIMIT $4",
            organization,
            id.uuid(),
            before,
            limit
        )
        .fetch_all(self.conn())
        .await?;
        all(rows)
    }

    /// The newest version of every wording behind one, by id, of the clinics given and of the chain.
    pub(crate) async fn wordings(
        &mut self,
        (kind, state): (Option<&str>, Option<State>),
        clinics: Option<Vec<Uuid>>,
        after: Uuid,
        limit: i64,
    ) -> Result<Vec<Version>, Error> {
        let organization = self.organization_uuid();
        let rows = select!(
            "WHERE w.organization_id = $1 AND w.id > $2 AND ($3::text IS NULL OR w.kind = $3)
               AND ($4::uuid[] IS NULL OR w.clinic_id IS NULL OR w.clinic_id = ANY($4))
               AND ($5::smallint IS NULL OR w.state = $5)
               AND NOT EXISTS (SELECT FROM wordings n WHERE n.organization_id = w.organization_id AND n.id = w.id
                               AND n.version > w.version)
             ORDER BY w.id LIMIT $6",
            organization,
            after,
            kind,
            clinics.as_deref(),
            state.map(stored_state),
            limit
        )
        .fetch_all(self.conn())
        .await?;
        all(rows)
    }

    /// How many versions the organization has, counted up to a number.
    pub(crate) async fn count_wordings(&mut self, most: i64) -> Result<i64, Error> {
        let organization = self.organization_uuid();
        let count = sqlx::query_scalar!(
            "SELECT count(*) AS \"count!\"
             FROM (SELECT FROM wordings WHERE organization_id = $1 LIMIT $2) AS counted",
            organization,
            most
        )
        .fetch_one(self.conn())
        .await?;
        Ok(count)
    }

    /// Writes a new version.
    pub(crate) async fn insert_wording(&mut self, version: &Version) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let kind = version.kind.name.as_str();
        sqlx::query!(
            "INSERT INTO wordings (organization_id, id, version, clinic_id, kind, own_kind, locale, register,
                                   channel, subject, body, state, revision, reason, keeps_scheduled, written_by,
                                   decided_by, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
            organization,
            version.id.uuid(),
            version.version,
            version.clinic.map(ClinicId::uuid),
            kind,
            version.kind.own.then_some(kind),
            version.place.locale.tag(),
            stored_register(version.place.register),
            stored_medium(version.place.medium),
            version.words.subject,
            version.words.body,
            stored_state(version.state),
            version.revision,
            version.reason,
            version.keeps_scheduled,
            version.written_by,
            version.decided_by,
            version.created_at,
            version.updated_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Writes a changed version over the revision it was read at.
    pub(crate) async fn update_wording(&mut self, version: &Version) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let written = sqlx::query!(
            "UPDATE wordings
             SET subject = $4, body = $5, state = $6, revision = $7, reason = $8, keeps_scheduled = $9,
                 written_by = $10, decided_by = $11, updated_at = $12
             WHERE organization_id = $1 AND id = $2 AND version = $3 AND revision = $7 - 1",
            organization,
            version.id.uuid(),
            version.version,
            version.words.subject,
            version.words.body,
            stored_state(version.state),
            version.revision,
            version.reason,
            version.keeps_scheduled,
            version.written_by,
            version.decided_by,
            version.updated_at
        )
        .execute(self.conn())
        .await?;
        if written.rows_affected() == 1 {
            Ok(())
        } else {
            Err(Error::Conflict)
        }
    }
}
