//! The decision about a guess.
//!
//! One conditional UPDATE lets a guess through to the comparison and counts it there and then
//! ([`Tx::guess`](crate::store::Tx::guess)); everything that follows happens in the same transaction.
//! A link that is not there takes the same statements and the same comparison.

use super::{Visitor, link_token};
use crate::domain::code::{CHECKS_PER_ADDRESS, GUESSES_PER_CODE, WRONG_CODES_PER_LINK};
use crate::domain::receipt::{Happened, ReceiptKind};
use crate::domain::{Arrow, Code, CodeChannel};
use crate::error::Error;
use crate::jobs;
use crate::store::challenges::Guess;
use crate::store::{Author, LinkRef, RecipientFile, Tx, trail};
use crate::vault::Vault;
use bitewing_auth::Scope;
use bitewing_core::{CapabilityToken, LinkId};
use serde_json::json;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

/// An unlocked link.
pub(crate) struct Unlocked {
    /// The session's token.
    pub(crate) session: CapabilityToken,
    pub(crate) files: Vec<RecipientFile>,
}

pub(crate) async fn run(
    vault: &Vault,
    visitor: &Visitor,
    token: &str,
    holder: &str,
    typed: &str,
) -> Result<Unlocked, Error> {
    let token = link_token(token)?;
    let scope = Scope::of_capability(&token);
    let address = visitor.address.key(&vault.base.pepper);
    let holder_hash = CapabilityToken::parse(holder).map_or([0; 32], |holder| holder.hash());

    // By itself, so that it counts whatever happens next.
    let mut tx = vault.store.begin(&scope).await?;
    let wait = tx.spend(&address, &CHECKS_PER_ADDRESS).await?;
    tx.commit().await?;
    if wait.is_some() {
        return Err(Error::CodeLimitReached(wait));
    }

    let mut tx = vault.store.begin(&scope).await?;
    let link = tx.open_link(&token.hash()).await?.map(|open| open.link);
    let id = link.map_or(LinkId::from_uuid(Uuid::nil()), |link| link.id);
    if link.is_some() {
        tx.count_guess(id, &address).await?;
    }
    let guess = tx.guess(id, &holder_hash).await?;
    let right = is_right(vault, id, guess.as_ref(), Code::typed(typed).as_ref());
    let Some(link) = link else {
        return Err(Error::LinkGone);
    };
    let author = Author::recipient(link.id, &visitor.request_id);
    if right {
        return unlock(vault, tx, &author, visitor, link, token, &address).await;
    }
    let error = match &guess {
        Some(guess) => {
            count_wrong(&mut tx, &author, visitor, link, guess).await?;
            Error::CodeWrong
        }
        None if tx.is_spent(link.id, &holder_hash).await? => Error::CodeExpired,
        None => Error::CodeWrong,
    };
    tx.commit().await?;
    Err(error)
}

/// Compares in constant time; where nothing was let through, a code with nothing.
fn is_right(vault: &Vault, link: LinkId, guess: Option<&Guess>, code: Option<&Code>) -> bool {
    let nothing = Guess {
        challenge: Uuid::nil(),
        mac: vec![0; 32],
        channel: CodeChannel::Sms,
        attempts: 0,
        wrong_codes: 0,
    };
    let against = guess.unwrap_or(&nothing);
    let zeros = Code::typed("000000").expect("six digits are a code");
    let mac =
        code.unwrap_or(&zeros)
            .mac(&vault.base.pepper, against.challenge, link, against.channel);
    bool::from(mac.ct_eq(against.mac.as_slice())) & guess.is_some() & code.is_some()
}

async fn unlock(
    vault: &Vault,
    mut tx: Tx,
    author: &Author,
    visitor: &Visitor,
    link: LinkRef,
    token: CapabilityToken,
    address: &[u8; 32],
) -> Result<Unlocked, Error> {
    tx.consume_code(link.id).await?;
    tx.move_link(link.id, Arrow::Unlock, "")
        .await?
        .ok_or(Error::LinkGone)?;
    tx.forgive(link.id, address).await?;
    let session = CapabilityToken::mint(token.organization(), &*vault.base.entropy);
    let id = vault.base.ids.next();
    tx.insert_session(id, link.id, &session.hash()).await?;
    let files = tx.files(link.id).await?;
    let network = visitor.address.network();
    let details = json!({ "network": network });
    let happened = Happened::new(ReceiptKind::Unlocked).about(id).from(network);
    trail::link(&mut tx, author, link, &happened, details).await?;
    tx.commit().await?;
    Ok(Unlocked { session, files })
}

async fn count_wrong(
    tx: &mut Tx,
    author: &Author,
    visitor: &Visitor,
    link: LinkRef,
    guess: &Guess,
) -> Result<(), Error> {
    let details = json!({
        "network": visitor.address.network(),
        "attempts": guess.attempts,
        "wrong_codes": guess.wrong_codes,
    });
    let happened = Happened::new(ReceiptKind::CodeWrong).from(visitor.address.network());
    trail::link(tx, author, link, &happened, details).await?;
    if guess.wrong_codes >= WRONG_CODES_PER_LINK {
        let reason = "TOO_MANY_WRONG_CODES";
        if tx.end_link(link.id, Arrow::Lock, reason).await?.is_some() {
            let details = json!({ "reason": reason });
            let happened = Happened::new(ReceiptKind::Locked).because(reason);
            trail::link(tx, author, link, &happened, details).await?;
            tx.enqueue(jobs::tell_locked(link)).await?;
        }
    } else if guess.attempts >= GUESSES_PER_CODE {
        tx.move_link(link.id, Arrow::CodeDied, "").await?;
    }
    Ok(())
}
