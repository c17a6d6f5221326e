//! Sends a code by text or call.
//!
//! The pause after the last code and the pause of an address that guessed too often are checked before
//! the live code is replaced: whoever else holds the link cannot keep overwriting the patient's code.

use super::allowance::{self, seconds};
use super::open::channels;
use super::{Visitor, link_token};
use crate::domain::code::{self};
use crate::domain::receipt::{Happened, ReceiptKind};
use crate::domain::{Arrow, Code, CodeChannel};
use crate::error::Error;
use crate::jobs;
use crate::store::challenges::NewChallenge;
use crate::store::{Author, LinkRef, Tx, trail};
use crate::vault::Vault;
use bitewing_auth::Scope;
use bitewing_core::CapabilityToken;
use bitewing_rpc::Violation;
use serde_json::json;
use std::time::Duration;

/// A code is on its way.
pub(crate) struct Sent {
    /// Binds the code to who asked for it.
    pub(crate) holder: CapabilityToken,
    /// Until another can be asked for.
    pub(crate) resend_after: Duration,
}

pub(crate) async fn run(
    vault: &Vault,
    visitor: &Visitor,
    token: &str,
    channel: CodeChannel,
) -> Result<Sent, Error> {
    let base = &vault.base;
    let token = link_token(token)?;
    let mut tx = vault.store.begin(&Scope::of_capability(&token)).await?;
    let open = tx.open_link(&token.hash()).await?.ok_or(Error::LinkGone)?;
    let link = open.link;
    if !channels(open.voice_only).contains(&channel) {
        return Err(vec![Violation::new(
            "channel",
            "must be one of those OpenLink answers",
        )]
        .into());
    }
    tx.check_pause(link.id, &visitor.address.key(&base.pepper))
        .await?;
    let mut sends = tx.lock_sends(link.id).await?.ok_or(Error::LinkGone)?;
    let allowed = allowance::spend(vault, &mut tx, visitor, &open, &sends, channel).await?;
    if let Err(not_sent) = allowed {
        if let Some(refused) = not_sent.refused {
            note_refusal(tx, visitor, link, channel, refused.name()).await?;
        }
        return Err(not_sent.error);
    }

    let code = Code::draw(&*base.entropy);
    let holder = CapabilityToken::mint(token.organization(), &*base.entropy);
    let id = base.ids.next();
    let new = NewChallenge {
        id,
        mac: code.mac(&base.pepper, id, link.id, channel),
        channel,
        holder_hash: holder.hash(),
        now: sends.now,
    };
    let expires_at = tx.challenge(link.id, &new).await?;
    tx.move_link(link.id, Arrow::Challenge, "")
        .await?
        .ok_or(Error::LinkGone)?;
    let author = Author::recipient(link.id, &visitor.request_id);
    let network = visitor.address.network();
    let details = json!({
        "channel": channel.name(),
        "phone_hint": open.recipient.phone.hint(),
        "network": network,
    });
    let happened = Happened::new(ReceiptKind::CodeSent)
        .about(id)
        .by(channel)
        .from(network);
    trail::link(&mut tx, &author, link, &happened, details).await?;
    tx.enqueue(jobs::send_code(link, id, channel, &code, expires_at))
        .await?;
    tx.enqueue(jobs::expire_code(link.id, id, expires_at))
        .await?;
    tx.commit().await?;

    sends.sent_at.push(sends.now);
    let next = code::next_send(&sends.sent_at).unwrap_or(sends.now);
    Ok(Sent {
        holder,
        resend_after: seconds(next - sends.now),
    })
}

/// Tells the clinic why its patient got no code.
async fn note_refusal(
    mut tx: Tx,
    visitor: &Visitor,
    link: LinkRef,
    channel: CodeChannel,
    reason: &'static str,
) -> Result<(), Error> {
    let network = visitor.address.network();
    let details = json!({ "channel": channel.name(), "reason": reason, "network": network });
    let happened = Happened::new(ReceiptKind::CodeRefused)
        .about(reason)
        .by(channel)
        .because(reason)
        .from(network);
    let author = Author::recipient(link.id, &visitor.request_id);
    trail::link(&mut tx, &author, link, &happened, details).await?;
    tx.commit().await
}
