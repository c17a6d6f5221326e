//! Where the e-mails of links have got to.

use super::{Author, LinkRef, trail};
use crate::domain::Delivery;
use bitewing_core::{ClinicId, LinkId, MessageId, PatientId};
use bitewing_store::{StoreError, Tx};
use serde_json::json;

/// The link a message carries, if it carries one.
pub(crate) async fn link_of(
    tx: &mut Tx,
    message: MessageId,
) -> Result<Option<LinkRef>, StoreError> {
    let organization = tx.organization().uuid();
    let row = sqlx::query!(
        "SELECT id, clinic_id, patient_id FROM links WHERE organization_id = $1 AND message_id = $2",
        organization,
        message.uuid()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| LinkRef {
        id: LinkId::from_uuid(row.id),
        clinic: ClinicId::from_uuid(row.clinic_id),
        patient: PatientId::from_uuid(row.patient_id),
    }))
}

/// Notes which message carries a link.
pub(crate) async fn carry(tx: &mut Tx, link: LinkId, message: MessageId) -> Result<(), StoreError> {
    let organization = tx.organization().uuid();
    sqlx::query!(
        "UPDATE links SET message_id = $3, updated_at = clock_timestamp()
         WHERE organization_id = $1 AND id = $2",
        organization,
        link.uuid(),
        message.uuid()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Notes how far the e-mail got: forward only, however late and often it is told. A mail that arrived
/// does not bounce.
pub(crate) async fn reach(
    tx: &mut Tx,
    link: LinkRef,
    reached: Delivery,
    reason: &str,
) -> Result<(), StoreError> {
    let organization = tx.organization().uuid();
    let before = match reached {
        Delivery::Bounced | Delivery::Delivered => Delivery::Delivered,
        Delivery::Accepted | Delivery::Queued => reached,
    };
    let moved = sqlx::query!(
        "UPDATE links SET delivery = $3, updated_at = clock_timestamp()
         WHERE organization_id = $1 AND id = $2 AND delivery < $4",
        organization,
        link.id.uuid(),
        reached.stored(),
        before.stored()
    )
    .execute(tx.conn())
    .await?;
    let happened = match reached {
        Delivery::Delivered => "link.delivered",
        Delivery::Bounced => "link.bounced",
        Delivery::Accepted | Delivery::Queued => return Ok(()),
    };
    if moved.rows_affected() == 1 {
        let author = Author::service("delivery");
        trail::link(tx, &author, happened, link, json!({ "reason": reason })).await?;
    }
    Ok(())
}
