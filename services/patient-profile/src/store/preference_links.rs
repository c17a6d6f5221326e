//! Links to the preference centre: hashes of their tokens.

use super::Tx;
use crate::error::Error;
use bitewing_core::{CapabilityToken, PatientId};
use time::OffsetDateTime;

/// What a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkPurpose {
    /// The page.
    Page,
    /// One click in a mail program (RFC 8058).
    OneClick,
}

impl LinkPurpose {
    const fn stored(self) -> i16 {
        match self {
            Self::Page => 1,
            Self::OneClick => 2,
        }
    }
}

impl Tx {
    /// Adds a link.
    pub(crate) async fn add_preference_link(
        &mut self,
        token: &CapabilityToken,
        purpose: LinkPurpose,
        patient: PatientId,
        created_at: OffsetDateTime,
        expires_at: OffsetDateTime,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO preference_links (organization_id, token_hash, purpose, patient_id, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            organization,
            &token.hash()[..],
            purpose.stored(),
            patient.uuid(),
            created_at,
            expires_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// The patient whose link a token is, until it ends by the database's clock.
    pub(crate) async fn patient_of_link(
        &mut self,
        token: &CapabilityToken,
        purpose: LinkPurpose,
    ) -> Result<Option<PatientId>, Error> {
        let organization = self.organization_uuid();
        let found = sqlx::query_scalar!(
            "SELECT patient_id FROM preference_links
             WHERE organization_id = $1 AND token_hash = $2 AND purpose = $3 AND expires_at > now()",
            organization,
            &token.hash()[..],
            purpose.stored()
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(found.map(PatientId::from_uuid))
    }
}
