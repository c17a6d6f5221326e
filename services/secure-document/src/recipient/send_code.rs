//! Sends a code by text or call.
//!
//! The pause after the last code and the pause of an address that guessed too often are checked before
//! the live code is replaced: whoever else holds the link cannot keep overwriting the patient's code.

use super::open::channels;
use super::{Visitor, link_token};
use crate::domain::code::{self, NotNow};
use crate::domain::{Arrow, Code, CodeChannel};
use crate::error::Error;
use crate::jobs;
use crate::store::challenges::NewChallenge;
use crate::store::{Author, trail};
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
    let (mut sent_at, now) = tx.lock_sends(link.id).await?.ok_or(Error::LinkGone)?;
    code::may_send(&sent_at, now).map_err(refusal)?;
    let phone = open.recipient.phone.e164();
    let subject = base
        .pepper
        .mac("phone-v1", &[channel.name().as_bytes(), phone.as_bytes()]);
    tx.spend(&subject, &channel.phone_limits()).await?;

    let code = Code::draw(&*base.entropy);
    let holder = CapabilityToken::mint(token.organization(), &*base.entropy);
    let id = base.ids.next();
    let new = NewChallenge {
        id,
        mac: code.mac(&base.pepper, id, link.id, channel),
        channel,
        holder_hash: holder.hash(),
        now,
    };
    let expires_at = tx.challenge(link.id, &new).await?;
    tx.move_link(link.id, Arrow::Challenge, "")
        .await?
        .ok_or(Error::LinkGone)?;
    let author = Author::recipient(link.id, &visitor.request_id);
    let details = json!({
        "channel": channel.name(),
        "phone_hint": open.recipient.phone.hint(),
        "network": visitor.address.network(),
    });
    trail::link(&mut tx, &author, "link.code_sent", link, details).await?;
    tx.enqueue(jobs::send_code(link, id, channel, &code, expires_at))
        .await?;
    tx.enqueue(jobs::expire_code(link.id, id, expires_at))
        .await?;
    tx.commit().await?;

    sent_at.push(now);
    let next = code::next_send(&sent_at).unwrap_or(now);
    Ok(Sent {
        holder,
        resend_after: seconds(next - now),
    })
}

fn refusal(not_now: NotNow) -> Error {
    match not_now {
        NotNow::TooSoon(wait) => Error::CodeTooSoon(seconds(wait)),
        NotNow::Hour(wait) => Error::CodeLimitReached(Some(seconds(wait))),
        NotNow::Life => Error::CodeLimitReached(None),
    }
}

/// Whole seconds, none too few.
fn seconds(wait: time::Duration) -> Duration {
    Duration::from_secs_f64(wait.as_seconds_f64().ceil().max(0.0))
}
