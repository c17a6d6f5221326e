//! Links.

use super::{LinkRef, Place, Tx};
use crate::domain::{Arrow, CodeChannel, Delivery, Link, LinkState, Recipient};
use crate::error::Error;
use bitewing_core::{ClinicId, DocumentId, Language, LinkId, PageSize, PatientId};
use bitewing_store::StoreError;
use time::OffsetDateTime;
use uuid::Uuid;

const RECIPIENT: Place = Place {
    table: "links",
    column: "recipient",
};

/// A link to write.
pub(crate) struct NewLink<'a> {
    pub(crate) id: LinkId,
    pub(crate) clinic: ClinicId,
    pub(crate) patient: PatientId,
    pub(crate) token_hash: [u8; 32],
    pub(crate) recipient: &'a Recipient,
    pub(crate) language: Language,
    pub(crate) code_channel: CodeChannel,
    pub(crate) voice_only: bool,
    pub(crate) max_unlocks: i32,
    pub(crate) reissued_from: Option<LinkId>,
    pub(crate) expires_at: OffsetDateTime,
    pub(crate) now: OffsetDateTime,
}

/// Which links a list shows.
pub(crate) struct LinkFilter {
    /// Clinics whose links the caller sees; `None` is every clinic.
    pub(crate) visible: Option<Vec<Uuid>>,
    pub(crate) clinic: Option<ClinicId>,
    pub(crate) patient: Option<PatientId>,
    pub(crate) state: Option<LinkState>,
    pub(crate) delivery: Option<Delivery>,
    /// Only links made before this one.
    pub(crate) before: Option<Uuid>,
}

/// A link as the holder of its token finds it, which still opens.
pub(crate) struct OpenLink {
    pub(crate) link: LinkRef,
    pub(crate) recipient: Recipient,
    pub(crate) language: Language,
    pub(crate) voice_only: bool,
    pub(crate) expires_at: OffsetDateTime,
}

struct Row {
    id: Uuid,
    clinic_id: Uuid,
    patient_id: Uuid,
    state: i16,
    reason: String,
    recipient: Vec<u8>,
    language: String,
    code_channel: i16,
    max_unlocks: i32,
    unlocks: i32,
    delivery: i16,
    reissued_from: Option<Uuid>,
    expires_at: OffsetDateTime,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
    wrong_codes: i32,
    codes_sent: i32,
    document_ids: Vec<Uuid>,
}

impl Tx {
    /// Writes a new link.
    pub(crate) async fn insert_link(&mut self, new: &NewLink<'_>) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let recipient = self.seal(RECIPIENT, new.id.uuid(), &new.recipient.encode());
        sqlx::query!(
            "INSERT INTO links (organization_id, id, clinic_id, patient_id, state, reason, token_hash,
                 recipient, language, code_channel, voice_only, max_unlocks, delivery, reissued_from,
                 expires_at, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, '', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)",
            organization,
            new.id.uuid(),
            new.clinic.uuid(),
            new.patient.uuid(),
            LinkState::Issued.stored(),
            &new.token_hash,
            recipient,
            new.language.tag(),
            new.code_channel.stored(),
            new.voice_only,
            new.max_unlocks,
            Delivery::Queued.stored(),
            new.reissued_from.map(LinkId::uuid),
            new.expires_at,
            new.now
        )
        .execute(self.conn())
        .await?;
        self.insert_challenges(new.id).await
    }

    /// One link among those of the clinics the caller sees.
    pub(crate) async fn link(
        &mut self,
        id: LinkId,
        visible: Option<Vec<Uuid>>,
    ) -> Result<Option<Link>, Error> {
        let filter = LinkFilter {
            visible,
            clinic: None,
            patient: None,
            state: None,
            delivery: None,
            before: None,
        };
        Ok(self.select_links(&filter, Some(id), 1).await?.pop())
    }

    /// A page of links, newest first, and one more if there is a next page.
    pub(crate) async fn links(
        &mut self,
        filter: &LinkFilter,
        size: PageSize,
    ) -> Result<Vec<Link>, Error> {
        self.select_links(filter, None, size.probe()).await
    }

    async fn select_links(
        &mut self,
        filter: &LinkFilter,
        id: Option<LinkId>,
        limit: i64,
    ) -> Result<Vec<Link>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT l.id, l.clinic_id, l.patient_id, l.state, l.reason, l.recipient, l.language,
                      l.code_channel, l.max_unlocks, l.unlocks, l.delivery, l.reissued_from, l.expires_at,
                      l.created_at, l.updated_at, c.wrong_codes,
                      cardinality(c.sent_at) AS "codes_sent!",
                      ARRAY(SELECT d.document_id FROM link_documents d
                            WHERE d.organization_id = $1 AND d.link_id = l.id
                            ORDER BY d.position) AS "document_ids!"
               FROM links l
               JOIN challenges c ON c.organization_id = $1 AND c.link_id = l.id
               WHERE l.organization_id = $1
                 AND ($2::uuid IS NULL OR l.id = $2)
                 AND ($3::uuid[] IS NULL OR l.clinic_id = ANY($3))
                 AND ($4::uuid IS NULL OR l.clinic_id = $4)
                 AND ($5::uuid IS NULL OR l.patient_id = $5)
                 AND ($6::uuid IS NULL OR l.id < $6)
                 AND ($8::smallint IS NULL OR l.state = $8)
                 AND ($9::smallint IS NULL OR l.delivery = $9)
               ORDER BY l.id DESC
               LIMIT $7"#,
            organization,
            id.map(LinkId::uuid),
            filter.visible.as_deref(),
            filter.clinic.map(ClinicId::uuid),
            filter.patient.map(PatientId::uuid),
            filter.before,
            limit,
            filter.state.map(LinkState::stored),
            filter.delivery.map(Delivery::stored)
        )
        .fetch_all(self.conn())
        .await?;
        rows.into_iter().map(|row| self.read_link(row)).collect()
    }

    fn read_link(&self, row: Row) -> Result<Link, Error> {
        let broken = |column| StoreError::Inconsistent {
            table: "links",
            column,
            id: row.id,
        };
        Ok(Link {
            id: LinkId::from_uuid(row.id),
            clinic: ClinicId::from_uuid(row.clinic_id),
            patient: PatientId::from_uuid(row.patient_id),
            documents: row
                .document_ids
                .into_iter()
                .map(DocumentId::from_uuid)
                .collect(),
            state: LinkState::read(row.state).ok_or_else(|| broken("state"))?,
            reason: row.reason,
            recipient: self.open_recipient(row.id, &row.recipient)?,
            language: row.language.parse().unwrap_or_default(),
            code_channel: CodeChannel::read(row.code_channel)
                .ok_or_else(|| broken("code_channel"))?,
            max_unlocks: row.max_unlocks,
            unlocks: row.unlocks,
            wrong_codes: row.wrong_codes,
            codes_sent: row.codes_sent,
            delivery: Delivery::read(row.delivery).ok_or_else(|| broken("delivery"))?,
            reissued_from: row.reissued_from.map(LinkId::from_uuid),
            expires_at: row.expires_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }

    fn open_recipient(&self, id: Uuid, sealed: &[u8]) -> Result<Recipient, StoreError> {
        let opened = self.open(RECIPIENT, id, sealed)?;
        Recipient::decode(opened.expose()).ok_or(StoreError::Inconsistent {
            table: "links",
            column: "recipient",
            id,
        })
    }

    /// The link of a token while it opens: in such a state, in time, with an unlock left.
    pub(crate) async fn open_link(
        &mut self,
        token_hash: &[u8; 32],
    ) -> Result<Option<OpenLink>, Error> {
        let organization = self.organization_uuid();
        let opens: Vec<i16> = LinkState::ALL
            .iter()
            .filter(|state| state.opens())
            .map(|state| state.stored())
            .collect();
        let row = sqlx::query!(
            "SELECT id, clinic_id, patient_id, recipient, language, voice_only, expires_at FROM links
             WHERE organization_id = $1 AND token_hash = $2 AND state = ANY($3)
               AND expires_at > clock_timestamp() AND unlocks < max_unlocks",
            organization,
            token_hash,
            &opens
        )
        .fetch_optional(self.conn())
        .await?;
        row.map(|row| {
            Ok(OpenLink {
                link: LinkRef {
                    id: LinkId::from_uuid(row.id),
                    clinic: ClinicId::from_uuid(row.clinic_id),
                    patient: PatientId::from_uuid(row.patient_id),
                },
                recipient: self.open_recipient(row.id, &row.recipient)?,
                language: row.language.parse().unwrap_or_default(),
                voice_only: row.voice_only,
                expires_at: row.expires_at,
            })
        })
        .transpose()
    }

    /// Moves a link along an arrow in one conditional statement; `None` where it does not start.
    /// Unlocking also wants time and an unlock left, expiring that the time is over.
    pub(crate) async fn move_link(
        &mut self,
        id: LinkId,
        arrow: Arrow,
        reason: &str,
    ) -> Result<Option<LinkRef>, Error> {
        let organization = self.organization_uuid();
        let (from, to) = arrow.stored();
        let row = sqlx::query!(
            "UPDATE links
             SET state = ($4::smallint[])[array_position($3::smallint[], state)],
                 reason = $5,
                 unlocks = unlocks + CASE WHEN $6 THEN 1 ELSE 0 END,
                 updated_at = clock_timestamp()
             WHERE organization_id = $1 AND id = $2 AND state = ANY($3)
               AND (NOT $6 OR (expires_at > clock_timestamp() AND unlocks < max_unlocks))
               AND (NOT $7 OR expires_at <= clock_timestamp())
             RETURNING clinic_id, patient_id",
            organization,
            id.uuid(),
            &from,
            &to,
            reason,
            arrow == Arrow::Unlock,
            arrow == Arrow::Expire
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(|row| LinkRef {
            id,
            clinic: ClinicId::from_uuid(row.clinic_id),
            patient: PatientId::from_uuid(row.patient_id),
        }))
    }

    /// The links that replaced a link, and those that replaced them, while they open.
    pub(crate) async fn open_successors(&mut self, id: LinkId) -> Result<Vec<LinkId>, Error> {
        let organization = self.organization_uuid();
        let opens: Vec<i16> = LinkState::ALL
            .iter()
            .filter(|state| state.opens())
            .map(|state| state.stored())
            .collect();
        let rows = sqlx::query_scalar!(
            r#"WITH RECURSIVE line AS (
                   SELECT id, state FROM links WHERE organization_id = $1 AND reissued_from = $2
                   UNION
                   SELECT l.id, l.state FROM links l
                   JOIN line ON l.organization_id = $1 AND l.reissued_from = line.id)
               SELECT id AS "id!" FROM line WHERE state = ANY($3) ORDER BY id"#,
            organization,
            id.uuid(),
            &opens
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows.into_iter().map(LinkId::from_uuid).collect())
    }

    /// Ends a link along an arrow with everything that hangs on it: its code, its sessions. `None`
    /// where it had ended before.
    pub(crate) async fn end_link(
        &mut self,
        id: LinkId,
        arrow: Arrow,
        reason: &str,
    ) -> Result<Option<LinkRef>, Error> {
        // The codes' row is locked before the link's, here as everywhere.
        self.lock_sends(id).await?;
        let ended = self.move_link(id, arrow, reason).await?;
        if ended.is_some() {
            self.end_code(id).await?;
            self.end_sessions(id).await?;
        }
        Ok(ended)
    }
}
