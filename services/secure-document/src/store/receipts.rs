//! What became of links, for their clinics.

use super::Tx;
use crate::domain::CodeChannel;
use crate::domain::receipt::{Happened, LinkReceipt, ReceiptKind};
use crate::error::Error;
use bitewing_core::{DocumentId, LinkId};
use bitewing_store::StoreError;
use uuid::Uuid;

/// The most receipts a link shows; the limits on codes keep it far below.
const MOST: i64 = 100;
/// The most a receipt counts to.
const MAX_TIMES: i32 = 1_000_000;

/// Notes what happened; answers whether it is the first of its kind and subject. What may be repeated
/// by anybody is counted once a minute.
pub(crate) async fn write(
    tx: &mut bitewing_store::Tx,
    link: LinkId,
    happened: &Happened,
) -> Result<bool, StoreError> {
    let organization = tx.organization().uuid();
    let first = sqlx::query_scalar!(
        r#"INSERT INTO receipts AS r (organization_id, link_id, kind, subject, first_at, last_at, times,
                                      channel, document_id, reason, network)
           VALUES ($1, $2, $3, $4, clock_timestamp(), clock_timestamp(), 1, $5, $6, $7, $8)
           ON CONFLICT (organization_id, link_id, kind, subject) DO UPDATE SET
               last_at = clock_timestamp(), times = least(r.times + 1, $9),
               reason = EXCLUDED.reason, network = EXCLUDED.network
           WHERE NOT $10 OR r.last_at <= clock_timestamp() - interval '1 minute'
           RETURNING times = 1 AS "first!""#,
        organization,
        link.uuid(),
        happened.kind.stored(),
        happened.subject,
        happened.channel.map(CodeChannel::stored),
        happened.document.map(DocumentId::uuid),
        happened.reason,
        happened.network,
        MAX_TIMES,
        happened.kind.is_noisy()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(first.unwrap_or(false))
}

impl Tx {
    /// What became of a link, oldest first.
    pub(crate) async fn receipts(&mut self, link: LinkId) -> Result<Vec<LinkReceipt>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query!(
            "SELECT kind, first_at, last_at, times, channel, document_id, reason, network FROM receipts
             WHERE organization_id = $1 AND link_id = $2
             ORDER BY first_at, kind LIMIT $3",
            organization,
            link.uuid(),
            MOST
        )
        .fetch_all(self.conn())
        .await?;
        rows.into_iter()
            .map(|row| {
                let broken = StoreError::Inconsistent {
                    table: "receipts",
                    column: "kind",
                    id: link.uuid(),
                };
                Ok(LinkReceipt {
                    kind: ReceiptKind::read(row.kind).ok_or(broken)?,
                    first_at: row.first_at,
                    last_at: row.last_at,
                    times: row.times,
                    channel: row.channel.and_then(CodeChannel::read),
                    document: row.document_id.map(DocumentId::from_uuid),
                    reason: row.reason,
                    network: row.network,
                })
            })
            .collect()
    }
}

/// Notes which message carries a code.
pub(crate) async fn carry_code(
    tx: &mut bitewing_store::Tx,
    link: LinkId,
    message: Uuid,
    challenge: Uuid,
    channel: CodeChannel,
) -> Result<(), StoreError> {
    let organization = tx.organization().uuid();
    sqlx::query!(
        "INSERT INTO code_messages (organization_id, message_id, link_id, challenge_id, channel)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        organization,
        message,
        link.uuid(),
        challenge,
        channel.stored()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether it is known already what became of a code.
pub(crate) async fn has_settled(
    tx: &mut bitewing_store::Tx,
    link: LinkId,
    challenge: Uuid,
) -> Result<bool, StoreError> {
    let organization = tx.organization().uuid();
    let ends = [
        ReceiptKind::CodeDelivered.stored(),
        ReceiptKind::CodeFailed.stored(),
    ];
    let found = sqlx::query_scalar!(
        r#"SELECT 1 AS "one!" FROM receipts
           WHERE organization_id = $1 AND link_id = $2 AND kind = ANY($3) AND subject = $4"#,
        organization,
        link.uuid(),
        &ends,
        challenge.to_string()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.is_some())
}
