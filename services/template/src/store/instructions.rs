//! Versions of instructions.

use super::Tx;
use crate::domain::Key;
use crate::domain::instruction::{Decision, Instruction, InstructionKind, State};
use crate::domain::phrasebook::Locale;
use crate::error::Error;
use bitewing_core::{ClinicId, InstructionId, PageSize};
use bitewing_store::StoreError;
use time::OffsetDateTime;
use uuid::Uuid;

struct Row {
    id: Uuid,
    version: i32,
    clinic_id: Option<Uuid>,
    kind: i16,
    procedure: String,
    locale: String,
    title: String,
    body: String,
    state: i16,
    newest: bool,
    revision: i32,
    written_by: String,
    decided_by: String,
    decided_at: Option<OffsetDateTime>,
    reject_reason: String,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

const fn stored_kind(kind: InstructionKind) -> i16 {
    match kind {
        InstructionKind::Aftercare => 1,
        InstructionKind::Dosage => 2,
    }
}

/// 2 is named by an index: one version is approved.
const fn stored_state(state: State) -> i16 {
    match state {
        State::Draft => 1,
        State::Approved => 2,
        State::Rejected => 3,
        State::Replaced => 4,
        State::Retired => 5,
    }
}

impl TryFrom<Row> for Instruction {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |column| StoreError::Inconsistent {
            table: "instructions",
            column,
            id: row.id,
        };
        let kinds = [InstructionKind::Aftercare, InstructionKind::Dosage];
        let kind = kinds
            .into_iter()
            .find(|kind| stored_kind(*kind) == row.kind);
        let state = State::ALL
            .into_iter()
            .find(|state| stored_state(*state) == row.state);
        Ok(Self {
            id: InstructionId::from_uuid(row.id),
            version: row.version,
            clinic: row.clinic_id.map(ClinicId::from_uuid),
            kind: kind.ok_or_else(|| broken("kind"))?,
            procedure: Key::parse(&row.procedure).map_err(|_| broken("procedure"))?,
            locale: Locale::parse(&row.locale).map_err(|_| broken("locale"))?,
            title: row.title,
            body: row.body,
            state: state.ok_or_else(|| broken("state"))?,
            newest: row.newest,
            revision: row.revision,
            written_by: row.written_by,
            decided: row.decided_at.map(|at| Decision {
                by: row.decided_by,
                at,
                reason: row.reject_reason,
            }),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

fn all(rows: Vec<Row>) -> Result<Vec<Instruction>, Error> {
    let rows = rows.into_iter().map(Instruction::try_from);
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Which instructions a list holds.
pub(crate) struct InstructionList<'a> {
    /// `None` is no restriction; the chain's are seen by everybody.
    pub(crate) clinics: Option<Vec<Uuid>>,
    pub(crate) clinic: Option<ClinicId>,
    pub(crate) procedure: Option<&'a Key>,
    pub(crate) locale: Option<Locale>,
    pub(crate) before: Option<Uuid>,
}

impl Tx {
    /// The newest version of an instruction the caller sees; `lock` keeps others from changing any of its versions.
    pub(crate) async fn instruction(
        &mut self,
        id: InstructionId,
        clinics: Option<&[Uuid]>,
        lock: bool,
    ) -> Result<Option<Instruction>, Error> {
        let organization = self.organization_uuid();
        if lock {
            sqlx::query!(
                "SELECT version FROM instructions WHERE organization_id = $1 AND id = $2 AND version = 1 FOR UPDATE",
                organization,
                id.uuid()
            )
            .fetch_optional(self.conn())
            .await?;
        }
        let row = sqlx::query_as!(
            Row,
            "SELECT id, version, clinic_id, kind, procedure, locale, title, body, state, newest, revision, written_by,
                    decided_by, decided_at, reject_reason, created_at, updated_at
             FROM instructions
             WHERE organization_id = $1 AND id = $2 AND newest
               AND (clinic_id IS NULL OR $3::uuid[] IS NULL OR clinic_id = ANY($3))",
            organization,
            id.uuid(),
            clinics as Option<&[Uuid]>
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Instruction::try_from).transpose()?)
    }

    /// One version of an instruction.
    pub(crate) async fn instruction_version(
        &mut self,
        id: InstructionId,
        version: i32,
    ) -> Result<Option<Instruction>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query_as!(
            Row,
            "SELECT id, version, clinic_id, kind, procedure, locale, title, body, state, newest, revision, written_by,
                    decided_by, decided_at, reject_reason, created_at, updated_at
             FROM instructions WHERE organization_id = $1 AND id = $2 AND version = $3",
            organization,
            id.uuid(),
            version
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Instruction::try_from).transpose()?)
    }

    /// The version of an instruction that is given to patients.
    pub(crate) async fn approved_instruction(
        &mut self,
        id: InstructionId,
    ) -> Result<Option<Instruction>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query_as!(
            Row,
            "SELECT id, version, clinic_id, kind, procedure, locale, title, body, state, newest, revision, written_by,
                    decided_by, decided_at, reject_reason, created_at, updated_at
             FROM instructions WHERE organization_id = $1 AND id = $2 AND state = 2",
            organization,
            id.uuid()
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Instruction::try_from).transpose()?)
    }

    /// Versions of an instruction, the newest first, behind one.
    pub(crate) async fn instruction_versions(
        &mut self,
        id: InstructionId,
        before: Option<i32>,
        size: PageSize,
    ) -> Result<Vec<Instruction>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, version, clinic_id, kind, procedure, locale, title, body, state, newest, revision, written_by,
                    decided_by, decided_at, reject_reason, created_at, updated_at
             FROM instructions
             WHERE organization_id = $1 AND id = $2 AND ($3::int IS NULL OR version < $3)
             ORDER BY version DESC LIMIT $4",
            organization,
            id.uuid(),
            before,
            size.probe()
        )
        .fetch_all(self.conn())
        .await?;
        all(rows)
    }

    /// The newest versions of instructions, the one begun last first.
    pub(crate) async fn instructions(
        &mut self,
        list: InstructionList<'_>,
        size: PageSize,
    ) -> Result<Vec<Instruction>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, version, clinic_id, kind, procedure, locale, title, body, state, newest, revision, written_by,
                    decided_by, decided_at, reject_reason, created_at, updated_at
             FROM instructions
             WHERE organization_id = $1 AND newest
               AND (clinic_id IS NULL OR $2::uuid[] IS NULL OR clinic_id = ANY($2))
               AND ($3::uuid IS NULL OR clinic_id IS NULL OR clinic_id = $3)
               AND ($4::text IS NULL OR procedure = $4) AND ($5::text IS NULL OR locale = $5)
               AND ($6::uuid IS NULL OR id < $6)
             ORDER BY id DESC LIMIT $7",
            organization,
            list.clinics.as_deref() as Option<&[Uuid]>,
            list.clinic.map(ClinicId::uuid),
            list.procedure.map(Key::as_str),
            list.locale.map(Locale::tag),
            list.before,
            size.probe()
        )
        .fetch_all(self.conn())
        .await?;
        all(rows)
    }

    /// Writes a new version; the one before it is the newest no longer.
    pub(crate) async fn insert_instruction(&mut self, one: &Instruction) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "UPDATE instructions SET newest = false WHERE organization_id = $1 AND id = $2 AND newest",
            organization,
            one.id.uuid()
        )
        .execute(self.conn())
        .await?;
        sqlx::query!(
            "INSERT INTO instructions (organization_id, id, version, clinic_id, kind, procedure, locale, title, body,
                 state, newest, revision, written_by, decided_by, decided_at, reject_reason, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true, $11, $12, '', NULL, '', $13, $14)",
            organization,
            one.id.uuid(),
            one.version,
            one.clinic.map(ClinicId::uuid),
            stored_kind(one.kind),
            one.procedure.as_str(),
            one.locale.tag(),
            one.title,
            one.body,
            stored_state(one.state),
            one.revision,
            one.written_by,
            one.created_at,
            one.updated_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Writes a changed version over the revision it was read at.
    pub(crate) async fn update_instruction(&mut self, one: &Instruction) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let decided = one.decided.as_ref();
        let written = sqlx::query!(
            "UPDATE instructions SET title = $4, body = $5, state = $6, revision = $7, written_by = $8, decided_by = $9,
                                     decided_at = $10, reject_reason = $11, updated_at = $12
             WHERE organization_id = $1 AND id = $2 AND version = $3 AND revision = $7 - 1",
            organization,
            one.id.uuid(),
            one.version,
            one.title,
            one.body,
            stored_state(one.state),
            one.revision,
            one.written_by,
            decided.map_or("", |decided| &decided.by),
            decided.map(|decided| decided.at),
            decided.map_or("", |decided| &decided.reason),
            one.updated_at
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
