//! Ways to reach patients, and those that were.

use super::Tx;
use super::patient_row::{coded, unreachable, verification};
use crate::domain::{Address, ClosedPoint, Code, ContactPoint, Patient, code_or_zero};
use crate::error::Error;
use bitewing_core::PatientId;
use bitewing_store::StoreError;
use time::OffsetDateTime;
use uuid::Uuid;

/// The columns contact points and closed ones share.
#[derive(Default)]
struct Columns {
    owners: Vec<Uuid>,
    ids: Vec<Uuid>,
    kinds: Vec<i16>,
    channels: Vec<i16>,
    values: Vec<String>,
    lines: Vec<i16>,
    regions: Vec<String>,
    uses: Vec<i16>,
    verified: Vec<Option<OffsetDateTime>>,
    verified_by: Vec<String>,
    unreachable: Vec<Option<OffsetDateTime>>,
    reasons: Vec<i16>,
    opened: Vec<OffsetDateTime>,
}

impl Columns {
    fn push(&mut self, owner: PatientId, id: Uuid, point: &ContactPoint) {
        self.owners.push(owner.uuid());
        self.ids.push(id);
        self.kinds.push(point.address.kind.code());
        self.channels.push(code_or_zero(point.address.channel));
        self.values.push(point.address.value.clone());
        self.lines.push(code_or_zero(point.line));
        self.regions.push(point.region.clone());
        self.uses.push(code_or_zero(point.used_for));
        let verified = point.verified.as_ref();
        self.verified.push(verified.map(|known| known.at));
        self.verified_by
            .push(verified.map(|known| known.by.clone()).unwrap_or_default());
        self.unreachable
            .push(point.unreachable.map(|state| state.since));
        self.reasons
            .push(code_or_zero(point.unreachable.map(|state| state.reason)));
        self.opened.push(point.opened_at);
    }
}

impl Tx {
    pub(super) async fn delete_contact_points(&mut self, patients: &[Uuid]) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM contact_points WHERE organization_id = $1 AND patient_id = ANY($2)",
            organization,
            patients
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    pub(super) async fn insert_contact_points(
        &mut self,
        patients: &[&Patient],
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let mut rows = Columns::default();
        let mut ranks: Vec<i16> = Vec::new();
        for patient in patients {
            for (rank, point) in (0..).zip(&patient.contact_points) {
                ranks.push(rank);
                rows.push(patient.id, point.id, point);
            }
        }
        sqlx::query!(
            "INSERT INTO contact_points (organization_id, patient_id, rank, id, kind, channel, value,
                 line_type, region, use_kind, verified, verified_at, verified_by, unreachable_at,
                 unreachable_reason, opened_at)
             SELECT $1, n.patient_id, n.rank, n.id, n.kind, n.channel, n.value, n.line_type, n.region,
                    n.use_kind, n.verified_at IS NOT NULL, n.verified_at, n.verified_by,
                    n.unreachable_at, n.unreachable_reason, n.opened_at
             FROM unnest($2::uuid[], $3::smallint[], $4::uuid[], $5::smallint[], $6::smallint[],
                 $7::text[], $8::smallint[], $9::text[], $10::smallint[], $11::timestamptz[],
                 $12::text[], $13::timestamptz[], $14::smallint[], $15::timestamptz[])
                 AS n (patient_id, rank, id, kind, channel, value, line_type, region, use_kind,
                       verified_at, verified_by, unreachable_at, unreachable_reason, opened_at)",
            organization,
            &rows.owners,
            &ranks,
            &rows.ids,
            &rows.kinds,
            &rows.channels,
            &rows.values,
            &rows.lines,
            &rows.regions,
            &rows.uses,
            &rows.verified as &[Option<OffsetDateTime>],
            &rows.verified_by,
            &rows.unreachable as &[Option<OffsetDateTime>],
            &rows.reasons,
            &rows.opened
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Keeps contact points that ended.
    pub(super) async fn keep_closed_points(
        &mut self,
        closed: &[(PatientId, &ClosedPoint)],
    ) -> Result<(), Error> {
        if closed.is_empty() {
            return Ok(());
        }
        let organization = self.organization_uuid();
        let mut rows = Columns::default();
        for (owner, ended) in closed {
            rows.push(*owner, ended.id, &ended.point);
        }
        let times: Vec<_> = closed.iter().map(|(_, ended)| ended.at).collect();
        let actors: Vec<_> = closed.iter().map(|(_, ended)| ended.by.clone()).collect();
        sqlx::query!(
            "INSERT INTO closed_contact_points (organization_id, patient_id, id, kind, channel, value,
                 line_type, region, use_kind, verified_at, verified_by, unreachable_at,
                 unreachable_reason, opened_at, closed_at, closed_by)
             SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::smallint[], $5::smallint[],
                 $6::text[], $7::smallint[], $8::text[], $9::smallint[], $10::timestamptz[],
                 $11::text[], $12::timestamptz[], $13::smallint[], $14::timestamptz[],
                 $15::timestamptz[], $16::text[])",
            organization,
            &rows.owners,
            &rows.ids,
            &rows.kinds,
            &rows.channels,
            &rows.values,
            &rows.lines,
            &rows.regions,
            &rows.uses,
            &rows.verified as &[Option<OffsetDateTime>],
            &rows.verified_by,
            &rows.unreachable as &[Option<OffsetDateTime>],
            &rows.reasons,
            &rows.opened,
            &times,
            &actors
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// The contact points that were a person's, the last closed first, before one.
    pub(crate) async fn closed_points(
        &mut self,
        records: &[PatientId],
        before: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<ClosedPoint>, Error> {
        let organization = self.organization_uuid();
        let records: Vec<_> = records.iter().map(|id| id.uuid()).collect();
        let rows = sqlx::query!(
            "SELECT id, kind, channel, value, line_type, region, use_kind, verified_at, verified_by,
                    unreachable_at, unreachable_reason, opened_at, closed_at, closed_by
             FROM closed_contact_points
             WHERE organization_id = $1 AND patient_id = ANY($2) AND id < $3
             ORDER BY id DESC LIMIT $4",
            organization,
            &records,
            before.unwrap_or(Uuid::max()),
            limit
        )
        .fetch_all(self.conn())
        .await?;
        let closed = rows.into_iter().map(|row| {
            let read = || {
                Some(ContactPoint {
                    id: row.id,
                    address: Address {
                        kind: Code::of(row.kind)?,
                        channel: coded(row.channel)?,
                        value: row.value,
                    },
                    line: coded(row.line_type)?,
                    region: row.region,
                    used_for: coded(row.use_kind)?,
                    verified: verification(row.verified_at, row.verified_by),
                    unreachable: unreachable(row.unreachable_at, row.unreachable_reason)?,
                    opened_at: row.opened_at,
                })
            };
            let point = read().ok_or(StoreError::Inconsistent {
                table: "closed_contact_points",
                column: "kind",
                id: row.id,
            })?;
            Ok(ClosedPoint {
                id: row.id,
                point,
                at: row.closed_at,
                by: row.closed_by,
            })
        });
        closed.collect()
    }
}
