//! Says who waits with what. It changes nothing: mail scanners open links, and run their scripts.

use super::link_token;
use crate::domain::CodeChannel;
use crate::error::Error;
use crate::vault::Vault;
use bitewing_auth::Scope;
use bitewing_core::Language;
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

pub(crate) async fn run(vault: &Vault, token: &str) -> Result<Invitation, Error> {
    let token = link_token(token)?;
    let mut tx = vault.store.begin(&Scope::of_capability(&token)).await?;
    let open = tx.open_link(&token.hash()).await?.ok_or(Error::LinkGone)?;
    let settings = tx.settings().await?;
    let clinic = tx.clinic(open.link.clinic).await?.ok_or(Error::LinkGone)?;
    tx.commit().await?;
    Ok(Invitation {
        organization_name: settings.display_name,
        clinic_name: clinic.display_name,
        clinic_phone: clinic.phone,
        language: open.language,
        phone_hint: open.recipient.phone.hint().to_owned(),
        channels: channels(open.voice_only),
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
