//! What patients want of the dental system.

use super::Tx;
use crate::domain::Code;
use crate::domain::visit::{Wish, WishKind, WishState};
use crate::error::Error;
use bitewing_core::{AppointmentId, AppointmentRequestId, ClinicId, PageSize, PatientId};
use bitewing_store::StoreError;
use time::OffsetDateTime;
use uuid::Uuid;

struct Row {
    id: Uuid,
    kind: i16,
    patient_id: Uuid,
    clinic_id: Uuid,
    appointment_id: Option<Uuid>,
    earliest_at: Option<OffsetDateTime>,
    latest_at: Option<OffsetDateTime>,
    note: String,
    state: i16,
    reason: String,
    created_at: OffsetDateTime,
    resolved_at: Option<OffsetDateTime>,
    expires_at: Option<OffsetDateTime>,
}

impl TryFrom<Row> for Wish {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |column| StoreError::Inconsistent {
            table: "appointment_requests",
            column,
            id: row.id,
        };
        Ok(Self {
            id: AppointmentRequestId::from_uuid(row.id),
            kind: WishKind::of(row.kind).ok_or(broken("kind"))?,
            patient: PatientId::from_uuid(row.patient_id),
            clinic: ClinicId::from_uuid(row.clinic_id),
            visit: row.appointment_id.map(AppointmentId::from_uuid),
            earliest: row.earliest_at,
            latest: row.latest_at,
            note: row.note,
            state: WishState::of(row.state).ok_or(broken("state"))?,
            reason: row.reason,
            created_at: row.created_at,
            resolved_at: row.resolved_at,
            expires_at: row.expires_at,
        })
    }
}

impl Tx {
    /// Writes a new wish.
    pub(crate) async fn insert_wish(&mut self, wish: &Wish) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO appointment_requests (organization_id, id, kind, patient_id, clinic_id, appointment_id,
                                               earliest_at, latest_at, note, state, reason, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            organization,
            wish.id.uuid(),
            wish.kind.code(),
            wish.patient.uuid(),
            wish.clinic.uuid(),
            wish.visit.map(AppointmentId::uuid),
            wish.earliest,
            wish.latest,
            wish.note,
            wish.state.code(),
            wish.reason,
            wish.created_at,
            wish.expires_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// The wish of a kind that waits for a visit.
    pub(crate) async fn waiting_wish(
        &mut self,
        visit: AppointmentId,
        kind: WishKind,
    ) -> Result<Option<Wish>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query_as!(
            Row,
            "SELECT id, kind, patient_id, clinic_id, appointment_id, earliest_at, latest_at, note, state, reason,
                    created_at, resolved_at, expires_at
             FROM appointment_requests
             WHERE organization_id = $1 AND appointment_id = $2 AND kind = $3 AND state = 1 AND kind <> 3",
            organization,
            visit.uuid(),
            kind.code()
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Wish::try_from).transpose()?)
    }

    /// One wish, kept from changing until the end.
    pub(crate) async fn wish(
        &mut self,
        id: AppointmentRequestId,
        visible: Option<&[Uuid]>,
    ) -> Result<Option<Wish>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query_as!(
            Row,
            "SELECT id, kind, patient_id, clinic_id, appointment_id, earliest_at, latest_at, note, state, reason,
                    created_at, resolved_at, expires_at
             FROM appointment_requests
             WHERE organization_id = $1 AND id = $2 AND ($3::uuid[] IS NULL OR clinic_id = ANY($3))
             FOR UPDATE",
            organization,
            id.uuid(),
            visible
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Wish::try_from).transpose()?)
    }

    /// Writes what became of a wish.
    pub(crate) async fn resolve_wish(&mut self, wish: &Wish) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "UPDATE appointment_requests SET state = $3, reason = $4, appointment_id = $5, resolved_at = $6
             WHERE organization_id = $1 AND id = $2",
            organization,
            wish.id.uuid(),
            wish.state.code(),
            wish.reason,
            wish.visit.map(AppointmentId::uuid),
            wish.resolved_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// A page of wishes, newest first; of these clinics, if given, each along its own part of the index.
    pub(crate) async fn wishes(
        &mut self,
        clinics: Option<&[Uuid]>,
        state: Option<WishState>,
        before: Option<Uuid>,
        size: PageSize,
    ) -> Result<Vec<Wish>, Error> {
        let organization = self.organization_uuid();
        let before = before.unwrap_or(Uuid::max());
        let state = state.map(Code::code);
        let rows = match clinics {
            None => {
                sqlx::query_as!(
                    Row,
                    "SELECT id, kind, patient_id, clinic_id, appointment_id, earliest_at, latest_at, note, state,
                            reason, created_at, resolved_at, expires_at
                     FROM appointment_requests
                     WHERE organization_id = $1 AND id < $2 AND ($3::smallint IS NULL OR state = $3)
                     ORDER BY id DESC LIMIT $4",
                    organization,
                    before,
                    state,
                    size.probe()
                )
                .fetch_all(self.conn())
                .await?
            }
            Some(clinics) => {
                sqlx::query_as!(
                    Row,
                    "SELECT w.id, w.kind, w.patient_id, w.clinic_id, w.appointment_id, w.earliest_at, w.latest_at,
                            w.note, w.state, w.reason, w.created_at, w.resolved_at, w.expires_at
                     FROM unnest($5::uuid[]) AS c (id)
                     CROSS JOIN LATERAL (
                         SELECT * FROM appointment_requests x
                         WHERE x.organization_id = $1 AND x.clinic_id = c.id AND x.id < $2
                           AND ($3::smallint IS NULL OR x.state = $3)
                         ORDER BY x.id DESC LIMIT $4
                     ) w
                     ORDER BY w.id DESC LIMIT $4",
                    organization,
                    before,
                    state,
                    size.probe(),
                    clinics
                )
                .fetch_all(self.conn())
                .await?
            }
        };
        Ok(rows
            .into_iter()
            .map(Wish::try_from)
            .collect::<Result<_, _>>()?)
    }
}
