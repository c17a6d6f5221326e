//! Sealing again what rests under an older key of the ring.
//!
//! Documents last as long as their clinic wants; the addresses of links and the bodies of jobs are
//! sealed too, but none of them outlives a link. So an old key may leave the ring 31 days after a
//! sweep that found nothing to do.

use super::Tx;
use super::documents::{FILE_NAME, FINGERPRINT, WRAPPED};
use crate::error::Error;
use bitewing_core::DocumentId;
use bitewing_store::Keyring;

impl Tx {
    /// Seals a document's key, name and hash again if the newest key did not seal them; answers
    /// whether it did. Who was faster is left alone.
    pub(crate) async fn reseal_document(&mut self, id: DocumentId) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let row = id.uuid();
        let wrapped = sqlx::query_scalar!(
            "SELECT wrapped FROM document_keys WHERE organization_id = $1 AND document_id = $2",
            organization,
            row
        )
        .fetch_optional(self.conn())
        .await?;
        let Some(wrapped) = wrapped.filter(|sealed| self.is_old(sealed)) else {
            return Ok(false);
        };
        let newer = self.seal(WRAPPED, row, self.open(WRAPPED, row, &wrapped)?.expose());
        let done = sqlx::query!(
            "UPDATE document_keys SET wrapped = $3
             WHERE organization_id = $1 AND document_id = $2 AND wrapped = $4",
            organization,
            row,
            newer,
            wrapped
        )
        .execute(self.conn())
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        let columns = sqlx::query!(
            "SELECT file_name, fingerprint FROM documents
             WHERE organization_id = $1 AND id = $2 FOR UPDATE",
            organization,
            row
        )
        .fetch_one(self.conn())
        .await?;
        let again = |place, sealed: Option<Vec<u8>>| {
            sealed
                .map(|sealed| {
                    Ok::<_, Error>(self.seal(place, row, self.open(place, row, &sealed)?.expose()))
                })
                .transpose()
        };
        let name = again(FILE_NAME, columns.file_name)?;
        let fingerprint = again(FINGERPRINT, columns.fingerprint)?;
        sqlx::query!(
            "UPDATE documents SET file_name = $3, fingerprint = $4
             WHERE organization_id = $1 AND id = $2",
            organization,
            row,
            name,
            fingerprint
        )
        .execute(self.conn())
        .await?;
        Ok(true)
    }

    fn is_old(&self, sealed: &[u8]) -> bool {
        Keyring::version(sealed) != Some(self.keyring.newest())
    }
}
