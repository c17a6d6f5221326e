//! What ReissueLink and CorrectRecipient share: the old link ends, a new one with a new token is made, and
//! all of it is one transaction.

use super::make_link::{Reached, Wish, draft};
use crate::domain::receipt::{Happened, ReceiptKind};
use crate::domain::{Arrow, Link};
use crate::error::Error;
use crate::store::{Author, Tx, trail};
use crate::vault::Vault;
use bitewing_core::LinkId;
use bitewing_rpc::Call;
use serde_json::json;

/// The link to replace, among those the caller sees.
pub(super) async fn find(vault: &Vault, call: &Call, id: LinkId) -> Result<Link, Error> {
    let mut tx = vault.begin(call).await?;
    let link = tx.link(id, call.caller.clinics.filter()).await?;
    tx.commit().await?;
    link.ok_or(Error::LinkNotFound)
}

/// Ends the old link and whatever replaced it before, so that one link of a line opens at most; of two
/// calls at once the later one waits for the row of the old link's codes.
pub(super) async fn replace(
    vault: &Vault,
    call: &Call,
    tx: &mut Tx,
    wish: Wish,
    reached: Reached,
    reason: &'static str,
) -> Result<Link, Error> {
    let author = Author::caller(call);
    if let Some(old) = wish.reissued_from {
        tx.lock_sends(old).await?;
        let mut line = vec![old];
        line.extend(tx.open_successors(old).await?);
        for id in line {
            if let Some(ended) = tx.end_link(id, Arrow::Revoke, reason).await? {
                let happened = Happened::new(ReceiptKind::Revoked).because(reason);
                let details = json!({ "reason": reason });
                trail::link(tx, &author, ended, &happened, details).await?;
            }
        }
    }
    let draft = draft(vault, call, tx, wish, reached).await?;
    draft.make(vault, tx, &author).await
}
