//! Who sent the link: the clinic's card, for whoever holds the link or a session it opened.

use super::link_token;
use crate::error::Error;
use crate::store::clinic_logos::Logo;
use crate::vault::Vault;
use bitewing_auth::Scope;
use bitewing_core::{CapabilityToken, ClinicId};

/// What the top of the page shows.
pub(crate) struct Card {
    pub(crate) organization_name: String,
    pub(crate) clinic_name: String,
    pub(crate) clinic_phone: String,
    pub(crate) logo: Option<Logo>,
}

/// The card behind a link.
pub(crate) async fn of_link(vault: &Vault, token: &str) -> Result<Card, Error> {
    let token = link_token(token)?;
    let scope = Scope::of_capability(&token);
    let mut tx = vault.store.begin(&scope).await?;
    let open = tx.open_link(&token.hash()).await?.ok_or(Error::LinkGone)?;
    tx.commit().await?;
    read(vault, &scope, open.link.clinic).await
}

/// The card behind the first live session of these.
pub(crate) async fn of_sessions(vault: &Vault, tokens: &[CapabilityToken]) -> Result<Card, Error> {
    for token in tokens {
        let scope = Scope::of_capability(token);
        let mut tx = vault.store.begin(&scope).await?;
        let session = tx.session(&token.hash()).await?;
        tx.commit().await?;
        if let Some(session) = session {
            return read(vault, &scope, session.link.clinic).await;
        }
    }
    Err(Error::SessionEnded)
}

async fn read(vault: &Vault, scope: &Scope, clinic: ClinicId) -> Result<Card, Error> {
    let mut tx = vault.store.begin(scope).await?;
    let settings = tx.settings().await?;
    let card = tx.clinic(clinic).await?.ok_or(Error::LinkGone)?;
    let logo = tx.logo(clinic).await?;
    tx.commit().await?;
    Ok(Card {
        organization_name: settings.display_name,
        clinic_name: card.display_name,
        clinic_phone: card.phone,
        logo,
    })
}
