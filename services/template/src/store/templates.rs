//! Organizations' own wordings.

use super::Tx;
use crate::domain::{Channel, Kind, Slot, Template, Wording};
use crate::error::Error;
use bitewing_core::TemplateId;
use bitewing_store::StoreError;
use time::OffsetDateTime;
use uuid::Uuid;

struct Row {
    id: Uuid,
    kind: i16,
    language: String,
    channel: i16,
    subject: String,
    body: String,
    version: i32,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

const fn stored_kind(kind: Kind) -> i16 {
    match kind {
        Kind::DocumentLink => 1,
        Kind::DocumentCode => 2,
        Kind::DocumentLocked => 3,
        Kind::DocumentReplaced => 4,
    }
}

const fn stored_channel(channel: Channel) -> i16 {
    match channel {
        Channel::Sms => 1,
        Channel::Email => 2,
        Channel::Voice => 3,
    }
}

impl TryFrom<Row> for Template {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |column| StoreError::Inconsistent {
            table: "templates",
            column,
            id: row.id,
        };
        let kind = match row.kind {
            1 => Kind::DocumentLink,
            2 => Kind::DocumentCode,
            3 => Kind::DocumentLocked,
            4 => Kind::DocumentReplaced,
            _ => return Err(broken("kind")),
        };
        let channel = match row.channel {
            1 => Channel::Sms,
            2 => Channel::Email,
            3 => Channel::Voice,
            _ => return Err(broken("channel")),
        };
        let language = row.language.parse().map_err(|_| broken("language"))?;
        let slot = Slot::new(kind, language, channel).map_err(|_| broken("channel"))?;
        let wording = Wording::written(row.subject, row.body);
        Ok(Self {
            id: TemplateId::from_uuid(row.id),
            slot,
            wording,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

impl Tx {
    /// One template; `lock` keeps others from changing it meanwhile.
    pub(crate) async fn template(
        &mut self,
        id: TemplateId,
        lock: bool,
    ) -> Result<Option<Template>, Error> {
        let organization = self.organization_uuid();
        if lock {
            sqlx::query!(
                "SELECT id FROM templates WHERE organization_id = $1 AND id = $2 FOR UPDATE",
                organization,
                id.uuid()
            )
            .fetch_optional(self.conn())
            .await?;
        }
        let row = sqlx::query_as!(
            Row,
            "SELECT id, kind, language, channel, subject, body, version, created_at, updated_at
             FROM templates WHERE organization_id = $1 AND id = $2",
            organization,
            id.uuid()
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Template::try_from).transpose()?)
    }

    /// The organization's own wording of a slot.
    pub(crate) async fn template_of(&mut self, slot: Slot) -> Result<Option<Template>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query_as!(
            Row,
            "SELECT id, kind, language, channel, subject, body, version, created_at, updated_at
             FROM templates
             WHERE organization_id = $1 AND kind = $2 AND language = $3 AND channel = $4",
            organization,
            stored_kind(slot.kind),
            slot.language.tag(),
            stored_channel(slot.channel)
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Template::try_from).transpose()?)
    }

    /// Every own wording: no more than there are slots.
    pub(crate) async fn templates(&mut self) -> Result<Vec<Template>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, kind, language, channel, subject, body, version, created_at, updated_at
             FROM templates WHERE organization_id = $1",
            organization
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(Template::try_from)
            .collect::<Result<_, _>>()?)
    }

    /// Writes a new template.
    pub(crate) async fn insert_template(&mut self, template: &Template) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO templates (organization_id, id, kind, language, channel, subject, body,
                                    version, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            organization,
            template.id.uuid(),
            stored_kind(template.slot.kind),
            template.slot.language.tag(),
            stored_channel(template.slot.channel),
            template.wording.subject(),
            template.wording.body(),
            template.version,
            template.created_at,
            template.updated_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Writes a changed template over the version it was read at.
    pub(crate) async fn update_template(&mut self, template: &Template) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let written = sqlx::query!(
            "UPDATE templates SET subject = $3, body = $4, version = $5, updated_at = $6
             WHERE organization_id = $1 AND id = $2 AND version = $5 - 1",
            organization,
            template.id.uuid(),
            template.wording.subject(),
            template.wording.body(),
            template.version,
            template.updated_at
        )
        .execute(self.conn())
        .await?;
        if written.rows_affected() == 1 {
            Ok(())
        } else {
            Err(Error::Conflict)
        }
    }

    /// Deletes a template.
    pub(crate) async fn delete_template(&mut self, id: TemplateId) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM templates WHERE organization_id = $1 AND id = $2",
            organization,
            id.uuid()
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
