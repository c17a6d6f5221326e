//! Unlocked browsers and portals.

use super::{LinkRef, Tx};
use crate::domain::LinkState;
use crate::error::Error;
use bitewing_core::{ClinicId, LinkId, PatientId};
use uuid::Uuid;

/// Minutes without a request after which a session ends (a running download counts as one).
const IDLE_MINUTES: i32 = 15;
/// Minutes after which it ends in any case: 500 MB at 1 Mbit/s take about 67.
pub(crate) const LIFE_MINUTES: i32 = 120;

/// A live session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Session {
    pub(crate) link: LinkRef,
}

impl Tx {
    /// Begins a session.
    pub(crate) async fn insert_session(
        &mut self,
        id: Uuid,
        link: LinkId,
        token_hash: &[u8; 32],
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO sessions (organization_id, id, link_id, token_hash, seen_at, expires_at)
             VALUES ($1, $2, $3, $4, clock_timestamp(), clock_timestamp() + make_interval(mins => $5))",
            organization,
            id,
            link.uuid(),
            token_hash,
            LIFE_MINUTES
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// The live session a token holds, which is thereby seen.
    pub(crate) async fn session(
        &mut self,
        token_hash: &[u8; 32],
    ) -> Result<Option<Session>, Error> {
        let organization = self.organization_uuid();
        let opens: Vec<i16> = LinkState::ALL
            .iter()
            .filter(|state| state.opens())
            .map(|state| state.stored())
            .collect();
        let row = sqlx::query!(
            "UPDATE sessions s SET seen_at = clock_timestamp()
             FROM links l
             WHERE s.organization_id = $1 AND s.token_hash = $2
               AND s.expires_at > clock_timestamp()
               AND s.seen_at > clock_timestamp() - make_interval(mins => $3)
               AND l.organization_id = $1 AND l.id = s.link_id
               AND l.state = ANY($4) AND l.expires_at > clock_timestamp()
             RETURNING l.id, l.clinic_id, l.patient_id",
            organization,
            token_hash,
            IDLE_MINUTES,
            &opens
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(|row| Session {
            link: LinkRef {
                id: LinkId::from_uuid(row.id),
                clinic: ClinicId::from_uuid(row.clinic_id),
                patient: PatientId::from_uuid(row.patient_id),
            },
        }))
    }

    /// Ends a session; whose it was, if it was one.
    pub(crate) async fn end_session(
        &mut self,
        token_hash: &[u8; 32],
    ) -> Result<Option<LinkRef>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query!(
            "DELETE FROM sessions s USING links l
             WHERE s.organization_id = $1 AND s.token_hash = $2
               AND l.organization_id = $1 AND l.id = s.link_id
             RETURNING l.id, l.clinic_id, l.patient_id",
            organization,
            token_hash
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(|row| LinkRef {
            id: LinkId::from_uuid(row.id),
            clinic: ClinicId::from_uuid(row.clinic_id),
            patient: PatientId::from_uuid(row.patient_id),
        }))
    }

    /// Ends all sessions of a link.
    pub(crate) async fn end_sessions(&mut self, link: LinkId) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM sessions WHERE organization_id = $1 AND link_id = $2",
            organization,
            link.uuid()
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
