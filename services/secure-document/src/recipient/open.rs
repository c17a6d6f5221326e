//! Says who waits with what. It moves nothing: mail scanners open links, and run their scripts. That it
//! was opened is counted for the clinic, once a minute at most.

use super::{Visitor, link_token};
use crate::domain::CodeChannel;
use crate::domain::code_policy::Reach;
use crate::domain::receipt::{Happened, ReceiptKind};
use crate::error::Error;
use crate::store::{Author, trail};
use crate::vault::Vault;
use bitewing_auth::Scope;
use bitewing_core::Language;
use serde_json::json;
use time::OffsetDateTime;

/// What a holder of the link may know before a code.
pub(crate) struct Invitation {
    pub(crate) organization_name: String,
    pub(crate) clinic_name: String,
    pub(crate) clinic_phone: String,
    pub(crate) language: Language,
    /// The last two digits of the phone.
    pub(crate) phone_hint: String,
    pub(crate) channels: Vec<CodeChannel>,
    pub(crate) expires_at: OffsetDateTime,
}

pub(crate) async fn run(
    vault: &Vault,
    visitor: &Visitor,
    token: &str,
) -> Result<Invitation, Error> {
    let token = link_token(token)?;
    let mut tx = vault.store.begin(&Scope::of_capability(&token)).await?;
    let open = tx.open_link(&token.hash()).await?.ok_or(Error::LinkGone)?;
    let settings = tx.settings().await?;
    let policy = tx.code_policy().await?;
    let clinic = tx.clinic(open.link.clinic).await?.ok_or(Error::LinkGone)?;
    let author = Author::recipient(open.link.id, &visitor.request_id);
    let network = visitor.address.network();
    let happened = Happened::new(ReceiptKind::Opened).from(network.clone());
    let details = json!({ "network": network });
    trail::link(&mut tx, &author, open.link, &happened, details).await?;
    tx.commit().await?;

    let reach = Reach {
        allowed_regions: &settings.allowed_regions,
        stops: &policy.stops,
        operator_stops: &vault.operator_stops,
    };
    let (all, region) = (channels(open.voice_only), open.recipient.phone.region());
    let going = |channel: &CodeChannel| reach.check(*channel, region).is_ok();
    let going: Vec<_> = all.iter().copied().filter(going).collect();
    Ok(Invitation {
        organization_name: settings.display_name,
        clinic_name: clinic.display_name,
        clinic_phone: clinic.phone,
        language: open.language,
        phone_hint: open.recipient.phone.hint().to_owned(),
        // Where none goes, asking for one says whom to call instead.
        channels: if going.is_empty() { all } else { going },
        expires_at: open.expires_at,
    })
}

/// How a code can go: whoever can be sent a text can be called.
pub(super) fn channels(voice_only: bool) -> Vec<CodeChannel> {
    if voice_only {
        vec![CodeChannel::Voice]
    } else {
        vec![CodeChannel::Sms, CodeChannel::Voice]
    }
}
