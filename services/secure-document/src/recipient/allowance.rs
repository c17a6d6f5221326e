//! Whether a code may go out: every limit, all of them in the database, so that instances share them.
//!
//! A patient whose code is refused by anything but the pauses of the own link is told to call the clinic,
//! and not which limit it was: how often others wrote to a phone is nobody's business. The clinic is told.

use super::Visitor;
use crate::domain::CodeChannel;
use crate::domain::code::{self, NotNow, SENDS_PER_ADDRESS};
use crate::domain::code_policy::{CodePolicy, Reach, Refused, is_unusual};
use crate::error::Error;
use crate::store::challenges::Sends;
use crate::store::links::OpenLink;
use crate::store::{Author, Tx, trail};
use crate::vault::Vault;
use serde_json::json;
use std::time::Duration;

/// A code is not sent.
pub(super) struct NotSent {
    /// What the patient is told.
    pub(super) error: Error,
    /// What the clinic is told, where that is worth a word.
    pub(super) refused: Option<Refused>,
}

impl NotSent {
    const fn silently(refused: Refused) -> Self {
        Self {
            error: Error::CodeLimitReached(None),
            refused: Some(refused),
        }
    }
}

/// Spends one code of every budget, or says which has none. Rows are locked in one order: the link's
/// codes, the organization's day, the address, the phone.
pub(super) async fn spend(
    vault: &Vault,
    tx: &mut Tx,
    visitor: &Visitor,
    open: &OpenLink,
    sends: &Sends,
    channel: CodeChannel,
) -> Result<Result<(), NotSent>, Error> {
    if let Err(not_now) = code::may_send(&sends.sent_at, sends.now) {
        return Ok(Err(pause(not_now)));
    }
    let (settings, policy) = (tx.settings().await?, tx.code_policy().await?);
    let reach = Reach {
        allowed_regions: &settings.allowed_regions,
        stops: &policy.stops,
        operator_stops: &vault.operator_stops,
    };
    let phone = &open.recipient.phone;
    if let Err(refused) = reach.check(channel, phone.region()) {
        return Ok(Err(NotSent::silently(refused)));
    }
    let mut day = tx.lock_code_day().await?;
    if day.sent >= policy.daily_budget {
        if !day.told_spent {
            day.told_spent = true;
            tx.write_code_day(day).await?;
            tell(tx, "codes.budget_spent", &policy, day.sent, None).await?;
        }
        return Ok(Err(NotSent::silently(Refused::BudgetSpent)));
    }
    let pepper = &vault.base.pepper;
    let address = pepper.mac("sends-v1", &[&visitor.address.key(pepper)]);
    if tx.spend(&address, &SENDS_PER_ADDRESS).await?.is_some() {
        return Ok(Err(NotSent::silently(Refused::AddressLimit)));
    }
    let subject = pepper.mac(
        "phone-v1",
        &[channel.name().as_bytes(), phone.e164().as_bytes()],
    );
    if tx.spend(&subject, &channel.phone_limits()).await?.is_some() {
        return Ok(Err(NotSent::silently(Refused::PhoneLimit)));
    }
    day.sent += 1;
    let (_, usual) = tx.codes_lately().await?;
    let alarm = !day.told_unusual && is_unusual(day.sent, usual);
    day.told_unusual |= alarm;
    tx.write_code_day(day).await?;
    if alarm {
        tell(tx, "codes.unusual", &policy, day.sent, Some(usual)).await?;
        tx.forget_code_days().await?;
    }
    Ok(Ok(()))
}

/// Tells the organization that something is wrong with its codes: once a day, in numbers alone.
async fn tell(
    tx: &mut Tx,
    happened: &'static str,
    policy: &CodePolicy,
    sent: i32,
    usual: Option<i32>,
) -> Result<(), Error> {
    tracing::warn!(happened, sent, "codes of an organization");
    let mut payload = json!({ "sent": sent, "daily_budget": policy.daily_budget });
    if let Some(usual) = usual {
        payload["usual"] = json!(usual);
    }
    Ok(trail::organization(tx, &Author::service("codes"), happened, payload).await?)
}

/// The pauses of the own link tell how long they are: whoever holds it knows when it was used.
fn pause(not_now: NotNow) -> NotSent {
    let (error, refused) = match not_now {
        NotNow::TooSoon(wait) => (Error::CodeTooSoon(seconds(wait)), None),
        NotNow::Hour(wait) => (
            Error::CodeLimitReached(Some(seconds(wait))),
            Some(Refused::LinkHour),
        ),
        NotNow::Life => (Error::CodeLimitReached(None), Some(Refused::LinkLife)),
    };
    NotSent { error, refused }
}

/// Whole seconds, none too few.
pub(super) fn seconds(wait: time::Duration) -> Duration {
    Duration::from_secs_f64(wait.as_seconds_f64().ceil().max(0.0))
}
