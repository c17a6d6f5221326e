//! Documents and their keys.

use super::{Place, Tx};
use crate::domain::file_name::FileName;
use crate::domain::framing::{DataKey, DocumentContext, Fingerprint};
use crate::domain::{Document, DocumentState};
use crate::error::Error;
use bitewing_core::{ClinicId, DocumentId, PageSize};
use bitewing_store::StoreError;
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) const FILE_NAME: Place = Place {
    table: "documents",
    column: "file_name",
};
pub(super) const FINGERPRINT: Place = Place {
    table: "documents",
    column: "fingerprint",
};
pub(super) const WRAPPED: Place = Place {
    table: "document_keys",
    column: "wrapped",
};
/// A document's bytes are never replaced: a changed file is another document.
const VERSION: u32 = 1;

/// Which documents a list shows.
pub(crate) struct DocumentFilter {
    /// Clinics whose documents the caller sees; `None` is every clinic.
    pub(crate) visible: Option<Vec<Uuid>>,
    pub(crate) clinic: Option<ClinicId>,
    /// Only documents made before this one.
    pub(crate) before: Option<Uuid>,
}

/// A complete document with what it takes to read it.
pub(crate) struct Stored {
    pub(crate) document: Document,
    pub(crate) context: DocumentContext,
    pub(crate) key: DataKey,
    pub(crate) manifest: Vec<u8>,
}

struct Row {
    id: Uuid,
    clinic_id: Uuid,
    file_name: Option<Vec<u8>>,
    media_type: String,
    size: i64,
    fingerprint: Option<Vec<u8>>,
    state: i16,
    reason: String,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

impl Tx {
    /// The place of a document's ciphertext.
    pub(crate) fn context(&self, document: DocumentId) -> DocumentContext {
        DocumentContext {
            organization: self.organization(),
            document,
            version: VERSION,
        }
    }

    /// Writes a new document and its key.
    pub(crate) async fn insert_document(
        &mut self,
        document: &Document,
        key: &DataKey,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let id = document.id.uuid();
        let name = document
            .file_name
            .as_ref()
            .map(|name| self.seal(FILE_NAME, id, name.as_str().as_bytes()));
        sqlx::query!(
            "INSERT INTO documents (organization_id, id, clinic_id, file_name, media_type, size, state,
                                    reason, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
            organization,
            id,
            document.clinic.uuid(),
            name,
            document.media_type,
            document.size,
            document.state.stored(),
            document.reason,
            document.created_at
        )
        .execute(self.conn())
        .await?;
        let wrapped = self.seal(WRAPPED, id, key.expose());
        sqlx::query!(
            "INSERT INTO document_keys (organization_id, document_id, wrapped) VALUES ($1, $2, $3)",
            organization,
            id,
            wrapped
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// One document among those of the clinics the caller sees.
    pub(crate) async fn document(
        &mut self,
        id: DocumentId,
        visible: Option<Vec<Uuid>>,
    ) -> Result<Option<Document>, Error> {
        let filter = DocumentFilter {
            visible,
            clinic: None,
            before: None,
        };
        Ok(self
            .select_documents(&filter, Some(&[id.uuid()]), 1)
            .await?
            .pop())
    }

    /// Those of some documents that the caller sees.
    pub(crate) async fn documents_of(
        &mut self,
        ids: &[DocumentId],
        visible: Option<Vec<Uuid>>,
    ) -> Result<Vec<Document>, Error> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let filter = DocumentFilter {
            visible,
            clinic: None,
            before: None,
        };
        self.select_documents(&filter, Some(&ids), ids.len() as i64)
            .await
    }

    /// A page of documents, newest first, and one more if there is a next page.
    pub(crate) async fn documents(
        &mut self,
        filter: &DocumentFilter,
        size: PageSize,
    ) -> Result<Vec<Document>, Error> {
        self.select_documents(filter, None, size.probe()).await
    }

    async fn select_documents(
        &mut self,
        filter: &DocumentFilter,
        ids: Option<&[Uuid]>,
        limit: i64,
    ) -> Result<Vec<Document>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, clinic_id, file_name, media_type, size, fingerprint, state, reason, created_at,
                    updated_at
             FROM documents
             WHERE organization_id = $1
               AND ($2::uuid[] IS NULL OR id = ANY($2))
               AND ($3::uuid[] IS NULL OR clinic_id = ANY($3))
               AND ($4::uuid IS NULL OR clinic_id = $4)
               AND ($5::uuid IS NULL OR id < $5)
             ORDER BY id DESC
             LIMIT $6",
            organization,
            ids,
            filter.visible.as_deref(),
            filter.clinic.map(ClinicId::uuid),
            filter.before,
            limit
        )
        .fetch_all(self.conn())
        .await?;
        rows.into_iter()
            .map(|row| self.read_document(row))
            .collect()
    }

    fn read_document(&self, row: Row) -> Result<Document, Error> {
        let broken = |column| StoreError::Inconsistent {
            table: "documents",
            column,
            id: row.id,
        };
        let name = row
            .file_name
            .as_deref()
            .map(|sealed| self.open_file_name(row.id, sealed));
        let fingerprint = row.fingerprint.as_deref().map(|sealed| {
            let opened = self.open(FINGERPRINT, row.id, sealed)?;
            let bytes = opened.expose().as_slice().try_into();
            bytes
                .map(Fingerprint::from_bytes)
                .map_err(|_| broken("fingerprint"))
        });
        Ok(Document {
            id: DocumentId::from_uuid(row.id),
            clinic: ClinicId::from_uuid(row.clinic_id),
            file_name: name.transpose()?,
            media_type: row.media_type,
            size: row.size,
            fingerprint: fingerprint.transpose()?,
            state: DocumentState::read(row.state).ok_or_else(|| broken("state"))?,
            reason: row.reason,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }

    pub(super) fn open_file_name(&self, id: Uuid, sealed: &[u8]) -> Result<FileName, StoreError> {
        let broken = StoreError::Inconsistent {
            table: "documents",
            column: "file_name",
            id,
        };
        let opened = self.open(FILE_NAME, id, sealed)?;
        let text = std::str::from_utf8(opened.expose()).ok();
        text.and_then(|text| FileName::parse(text).ok())
            .ok_or(broken)
    }

    /// The key of a document that was not shredded.
    pub(crate) async fn document_key(&mut self, id: DocumentId) -> Result<Option<DataKey>, Error> {
        let organization = self.organization_uuid();
        let wrapped = sqlx::query_scalar!(
            "SELECT wrapped FROM document_keys WHERE organization_id = $1 AND document_id = $2",
            organization,
            id.uuid()
        )
        .fetch_optional(self.conn())
        .await?;
        let Some(wrapped) = wrapped else {
            return Ok(None);
        };
        let opened = self.open(WRAPPED, id.uuid(), &wrapped)?;
        let bytes: [u8; 32] = opened
            .expose()
            .as_slice()
            .try_into()
            .map_err(|_| StoreError::Tampered)?;
        Ok(Some(DataKey::from_bytes(bytes)))
    }

    /// A complete document with what it takes to read it.
    pub(crate) async fn stored(
        &mut self,
        id: DocumentId,
        visible: Option<Vec<Uuid>>,
    ) -> Result<Option<Stored>, Error> {
        let Some(document) = self.document(id, visible).await? else {
            return Ok(None);
        };
        let organization = self.organization_uuid();
        let manifest = sqlx::query_scalar!(
            "SELECT manifest FROM documents WHERE organization_id = $1 AND id = $2",
            organization,
            id.uuid()
        )
        .fetch_optional(self.conn())
        .await?
        .flatten();
        let key = self.document_key(id).await?;
        let context = self.context(id);
        Ok(manifest.zip(key).map(|(manifest, key)| Stored {
            document,
            context,
            key,
            manifest,
        }))
    }

    /// Ends the arriving of bytes: the manifest says what they are, and quarantine begins.
    pub(crate) async fn complete_document(
        &mut self,
        id: DocumentId,
        manifest: &[u8],
        fingerprint: Fingerprint,
        parts: u32,
    ) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let fingerprint = self.seal(FINGERPRINT, id.uuid(), fingerprint.as_bytes());
        let done = sqlx::query!(
            "UPDATE documents SET state = $5, manifest = $3, fingerprint = $4, updated_at = clock_timestamp()
             WHERE organization_id = $1 AND id = $2 AND state = $6
               AND (SELECT count(*) FROM parts p WHERE p.organization_id = $1 AND p.document_id = $2) = $7",
            organization,
            id.uuid(),
            manifest,
            fingerprint,
            DocumentState::Quarantined.stored(),
            DocumentState::Uploading.stored(),
            i64::from(parts)
        )
        .execute(self.conn())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Ends quarantine; `false` if it had ended.
    pub(crate) async fn judge_document(
        &mut self,
        id: DocumentId,
        verdict: DocumentState,
        reason: &str,
    ) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let done = sqlx::query!(
            "UPDATE documents SET state = $3, reason = $4, updated_at = clock_timestamp()
             WHERE organization_id = $1 AND id = $2 AND state = $5",
            organization,
            id.uuid(),
            verdict.stored(),
            reason,
            DocumentState::Quarantined.stored()
        )
        .execute(self.conn())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Destroys the key of a document, and what the row says of its content; `false` if it was so.
    pub(crate) async fn shred_document(
        &mut self,
        id: DocumentId,
        reason: &str,
    ) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM document_keys WHERE organization_id = $1 AND document_id = $2",
            organization,
            id.uuid()
        )
        .execute(self.conn())
        .await?;
        let done = sqlx::query!(
            "UPDATE documents SET state = $3, reason = $4, file_name = NULL, fingerprint = NULL,
                 manifest = NULL, updated_at = clock_timestamp()
             WHERE organization_id = $1 AND id = $2 AND state <> $3",
            organization,
            id.uuid(),
            DocumentState::Shredded.stored(),
            reason
        )
        .execute(self.conn())
        .await?;
        self.forget_upload(id).await?;
        Ok(done.rows_affected() == 1)
    }
}
