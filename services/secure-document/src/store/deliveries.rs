//! Where the messages of links have got to: the e-mails that bring them, and the codes.

use super::{Author, LinkRef, receipts, trail};
use crate::domain::receipt::{Happened, ReceiptKind};
use crate::domain::{CodeChannel, Delivery};
use bitewing_core::{ClinicId, LinkId, MessageId, PatientId};
use bitewing_store::{StoreError, Tx};
use serde_json::json;
use uuid::Uuid;

/// What a message brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cargo {
    /// A link.
    Link(LinkRef),
    /// A code for one.
    Code {
        link: LinkRef,
        challenge: Uuid,
        channel: CodeChannel,
    },
}

/// What a message brings, if anything of ours.
pub(crate) async fn cargo_of(tx: &mut Tx, message: MessageId) -> Result<Option<Cargo>, StoreError> {
    let organization = tx.organization().uuid();
    let row = sqlx::query!(
        r#"SELECT l.id, l.clinic_id, l.patient_id, NULL::uuid AS challenge_id, NULL::smallint AS channel
           FROM links l WHERE l.organization_id = $1 AND l.message_id = $2
           UNION ALL
           SELECT l.id, l.clinic_id, l.patient_id, m.challenge_id, m.channel
           FROM code_messages m JOIN links l ON l.organization_id = $1 AND l.id = m.link_id
           WHERE m.organization_id = $1 AND m.message_id = $2
           LIMIT 1"#,
        organization,
        message.uuid()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.and_then(|row| {
        let link = LinkRef {
            id: LinkId::from_uuid(row.id?),
            clinic: ClinicId::from_uuid(row.clinic_id?),
            patient: PatientId::from_uuid(row.patient_id?),
        };
        Some(match (row.challenge_id, row.channel) {
            (Some(challenge), Some(channel)) => Cargo::Code {
                link,
                challenge,
                channel: CodeChannel::read(channel)?,
            },
            _ => Cargo::Link(link),
        })
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

/// Notes how far a message got.
pub(crate) async fn arrive(
    tx: &mut Tx,
    cargo: Cargo,
    reached: Delivery,
    reason: &str,
) -> Result<(), StoreError> {
    match cargo {
        Cargo::Link(link) => reach(tx, link, reached, reason).await,
        Cargo::Code {
            link,
            challenge,
            channel,
        } => code_reached(tx, link, challenge, channel, reached, reason).await,
    }
}

/// Notes how far the e-mail of a link got: forward only, however late and often it is told. A mail that
/// arrived does not bounce. What arrived was sent, whether or not that was told.
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
    let moved = sqlx::query_scalar!(
        r#"UPDATE links l SET delivery = $3, updated_at = clock_timestamp()
           FROM (SELECT delivery FROM links WHERE organization_id = $1 AND id = $2 FOR UPDATE) was
           WHERE l.organization_id = $1 AND l.id = $2 AND was.delivery < $4
           RETURNING was.delivery AS "was!""#,
        organization,
        link.id.uuid(),
        reached.stored(),
        before.stored()
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(was) = moved.and_then(Delivery::read) else {
        return Ok(());
    };
    let author = Author::service("delivery");
    if was == Delivery::Queued && matches!(reached, Delivery::Accepted | Delivery::Delivered) {
        let sent = Happened::new(ReceiptKind::Sent);
        trail::link(tx, &author, link, &sent, json!({})).await?;
    }
    let kind = match reached {
        Delivery::Delivered => ReceiptKind::Delivered,
        Delivery::Bounced => ReceiptKind::Bounced,
        Delivery::Accepted | Delivery::Queued => return Ok(()),
    };
    let happened = Happened::new(kind).because(reason);
    trail::link(tx, &author, link, &happened, json!({ "reason": reason })).await
}

/// Notes how far a code got; whatever is told late or twice is told once, and what arrived does not fail.
async fn code_reached(
    tx: &mut Tx,
    link: LinkRef,
    challenge: Uuid,
    channel: CodeChannel,
    reached: Delivery,
    reason: &str,
) -> Result<(), StoreError> {
    let kind = match reached {
        Delivery::Delivered => ReceiptKind::CodeDelivered,
        Delivery::Bounced => ReceiptKind::CodeFailed,
        Delivery::Accepted | Delivery::Queued => return Ok(()),
    };
    if receipts::has_settled(tx, link.id, challenge).await? {
        return Ok(());
    }
    let happened = Happened::new(kind)
        .about(challenge)
        .by(channel)
        .because(reason);
    let details = json!({ "channel": channel.name(), "reason": reason });
    trail::link(tx, &Author::service("delivery"), link, &happened, details).await
}
