//! Uploads in progress, and the parts they committed.

use super::Tx;
use crate::domain::framing::PartSalt;
use crate::domain::{Document, DocumentState};
use crate::error::Error;
use bitewing_core::{DocumentId, UploadId};
use bitewing_store::StoreError;
use uuid::Uuid;

/// An upload: its document, and how many parts are committed.
pub(crate) struct UploadState {
    pub(crate) document: Document,
    pub(crate) parts: u32,
}

impl UploadState {
    /// The bytes that are safe: whole parts while bytes arrive, all of them behind that.
    pub(crate) fn offset(&self) -> u64 {
        self.document.committed(self.parts)
    }
}

/// A part whose bytes are stored.
pub(crate) struct CommittedPart {
    pub(crate) number: u32,
    pub(crate) salt: PartSalt,
    pub(crate) length: u64,
}

impl Tx {
    /// Writes a new upload.
    pub(crate) async fn insert_upload(
        &mut self,
        id: UploadId,
        document: DocumentId,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO uploads (organization_id, id, document_id) VALUES ($1, $2, $3)",
            organization,
            id.uuid(),
            document.uuid()
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// An upload to one of the clinics the caller may act for.
    pub(crate) async fn upload(
        &mut self,
        id: UploadId,
        visible: Option<Vec<Uuid>>,
    ) -> Result<Option<UploadState>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query!(
            r#"SELECT u.document_id,
                      (SELECT count(*) FROM parts p
                       WHERE p.organization_id = $1 AND p.document_id = u.document_id) AS "parts!"
               FROM uploads u WHERE u.organization_id = $1 AND u.id = $2"#,
            organization,
            id.uuid()
        )
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let document = self
            .document(DocumentId::from_uuid(row.document_id), visible)
            .await?;
        Ok(document.map(|document| UploadState {
            document,
            parts: row.parts as u32,
        }))
    }

    /// Commits a part if it is the next one of a document that still takes bytes. Of two that come
    /// at once the key of the table refuses one.
    pub(crate) async fn insert_part(
        &mut self,
        document: DocumentId,
        part: &CommittedPart,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let number = part.number as i32;
        let done = sqlx::query!(
            "INSERT INTO parts (organization_id, document_id, number, salt, length)
             SELECT $1, $2, $3::integer, $4, $5 FROM documents d
             WHERE d.organization_id = $1 AND d.id = $2 AND d.state = $6
               AND (SELECT count(*) FROM parts p
                    WHERE p.organization_id = $1 AND p.document_id = $2) = $3::integer",
            organization,
            document.uuid(),
            number,
            part.salt.as_bytes().as_slice(),
            part.length as i32,
            DocumentState::Uploading.stored()
        )
        .execute(self.conn())
        .await?;
        if done.rows_affected() == 0 {
            return Err(Error::OffsetMismatch);
        }
        sqlx::query!(
            "UPDATE uploads SET active_at = clock_timestamp()
             WHERE organization_id = $1 AND document_id = $2",
            organization,
            document.uuid()
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// The salts of the committed parts, in order.
    pub(crate) async fn salts(&mut self, document: DocumentId) -> Result<Vec<PartSalt>, Error> {
        let organization = self.organization_uuid();
        let salts = sqlx::query_scalar!(
            "SELECT salt FROM parts WHERE organization_id = $1 AND document_id = $2 ORDER BY number",
            organization,
            document.uuid()
        )
        .fetch_all(self.conn())
        .await?;
        let broken = || StoreError::Inconsistent {
            table: "parts",
            column: "salt",
            id: document.uuid(),
        };
        Ok(salts
            .into_iter()
            .map(|salt| {
                salt.try_into()
                    .map(PartSalt::from_bytes)
                    .map_err(|_| broken())
            })
            .collect::<Result<_, _>>()?)
    }

    /// Whether a part at a place belongs to a document that was not shredded.
    pub(crate) async fn knows_part(
        &mut self,
        document: DocumentId,
        number: u32,
        salt: &PartSalt,
    ) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let found = sqlx::query_scalar!(
            r#"SELECT 1 AS "one!" FROM parts
               WHERE organization_id = $1 AND document_id = $2 AND number = $3 AND salt = $4"#,
            organization,
            document.uuid(),
            number as i32,
            salt.as_bytes().as_slice()
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(found.is_some())
    }

    /// Whether an upload has rested for longer than `hours`; `None` if there is none.
    pub(crate) async fn has_rested(
        &mut self,
        document: DocumentId,
        hours: i32,
    ) -> Result<Option<bool>, Error> {
        let organization = self.organization_uuid();
        Ok(sqlx::query_scalar!(
            r#"SELECT u.active_at <= clock_timestamp() - make_interval(hours => $3) AS "rested!"
               FROM uploads u JOIN documents d ON d.organization_id = $1 AND d.id = u.document_id
               WHERE u.organization_id = $1 AND u.document_id = $2 AND d.state = $4"#,
            organization,
            document.uuid(),
            hours,
            DocumentState::Uploading.stored()
        )
        .fetch_optional(self.conn())
        .await?)
    }

    /// Forgets an upload and its parts, of a document that is shredded.
    pub(super) async fn forget_upload(&mut self, document: DocumentId) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM uploads WHERE organization_id = $1 AND document_id = $2",
            organization,
            document.uuid()
        )
        .execute(self.conn())
        .await?;
        sqlx::query!(
            "DELETE FROM parts WHERE organization_id = $1 AND document_id = $2",
            organization,
            document.uuid()
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
