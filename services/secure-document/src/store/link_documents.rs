//! What links open, and what of it was sent.

use super::Tx;
use crate::domain::file_name::FileName;
use crate::domain::{DocumentState, LinkState};
use crate::error::Error;
use bitewing_core::{DocumentId, LinkId};
use std::ops::Range;
use uuid::Uuid;

/// A document as its recipient sees it.
pub(crate) struct RecipientFile {
    pub(crate) document: DocumentId,
    pub(crate) file_name: FileName,
    pub(crate) media_type: String,
    pub(crate) size: i64,
}

/// What was sent whole at least once.
pub(crate) struct Whole {
    /// The document became whole by these bytes.
    pub(crate) document: bool,
    /// Every document of the link is.
    pub(crate) link: bool,
}

impl Tx {
    /// Says what a new link opens, in this order.
    pub(crate) async fn insert_link_documents(
        &mut self,
        link: LinkId,
        documents: &[DocumentId],
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let documents: Vec<Uuid> = documents.iter().map(|document| document.uuid()).collect();
        sqlx::query!(
            "INSERT INTO link_documents (organization_id, link_id, position, document_id)
             SELECT $1, $2, d.position, d.id
             FROM unnest($3::uuid[]) WITH ORDINALITY AS d (id, position)",
            organization,
            link.uuid(),
            &documents
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// The documents a link opens.
    pub(crate) async fn files(&mut self, link: LinkId) -> Result<Vec<RecipientFile>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query!(
            r#"SELECT d.id, d.file_name AS "file_name!", d.media_type, d.size
               FROM link_documents x
               JOIN documents d ON d.organization_id = $1 AND d.id = x.document_id
               WHERE x.organization_id = $1 AND x.link_id = $2 AND d.state = $3
               ORDER BY x.position"#,
            organization,
            link.uuid(),
            DocumentState::Ready.stored()
        )
        .fetch_all(self.conn())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(RecipientFile {
                    document: DocumentId::from_uuid(row.id),
                    file_name: self.open_file_name(row.id, &row.file_name)?,
                    media_type: row.media_type,
                    size: row.size,
                })
            })
            .collect()
    }

    /// Whether a link opens a document.
    pub(crate) async fn opens(
        &mut self,
        link: LinkId,
        document: DocumentId,
    ) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let found = sqlx::query_scalar!(
            r#"SELECT 1 AS "one!" FROM link_documents
               WHERE organization_id = $1 AND link_id = $2 AND document_id = $3"#,
            organization,
            link.uuid(),
            document.uuid()
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(found.is_some())
    }

    /// Notes bytes that were sent; answers what is whole now.
    pub(crate) async fn note_sent(
        &mut self,
        link: LinkId,
        document: DocumentId,
        bytes: &Range<u64>,
    ) -> Result<Whole, Error> {
        let organization = self.organization_uuid();
        let document = sqlx::query_scalar!(
            r#"UPDATE link_documents x SET sent = was.sent + int8multirange(int8range($4, $5))
               FROM (SELECT y.sent, int8range(0, d.size) AS whole FROM link_documents y
                     JOIN documents d ON d.organization_id = $1 AND d.id = y.document_id
                     WHERE y.organization_id = $1 AND y.link_id = $2 AND y.document_id = $3
                     FOR UPDATE OF y) was
               WHERE x.organization_id = $1 AND x.link_id = $2 AND x.document_id = $3
               RETURNING (NOT was.sent @> was.whole AND x.sent @> was.whole) AS "became_whole!""#,
            organization,
            link.uuid(),
            document.uuid(),
            bytes.start as i64,
            bytes.end as i64
        )
        .fetch_optional(self.conn())
        .await?;
        let link = sqlx::query_scalar!(
            r#"SELECT NOT EXISTS (
                   SELECT FROM link_documents x
                   JOIN documents d ON d.organization_id = $1 AND d.id = x.document_id
                   WHERE x.organization_id = $1 AND x.link_id = $2
                     AND NOT x.sent @> int8range(0, d.size)) AS "whole!""#,
            organization,
            link.uuid()
        )
        .fetch_one(self.conn())
        .await?;
        Ok(Whole {
            document: document.unwrap_or(false),
            link,
        })
    }

    /// The links that still open a document.
    pub(crate) async fn open_links_of(
        &mut self,
        document: DocumentId,
    ) -> Result<Vec<LinkId>, Error> {
        let organization = self.organization_uuid();
        let opens: Vec<i16> = LinkState::ALL
            .iter()
            .filter(|state| state.opens())
            .map(|state| state.stored())
            .collect();
        let rows = sqlx::query_scalar!(
            "SELECT l.id FROM links l
             JOIN link_documents x ON x.organization_id = $1 AND x.link_id = l.id
             WHERE l.organization_id = $1 AND x.document_id = $2 AND l.state = ANY($3)
             ORDER BY l.id",
            organization,
            document.uuid(),
            &opens
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows.into_iter().map(LinkId::from_uuid).collect())
    }
}
