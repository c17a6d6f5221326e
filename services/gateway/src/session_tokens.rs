//! The tokens of a session, for `SignIn`, `RefreshSession`, `SignOut` and `/oauth2/token` alike.

use crate::access_token::{AccessTokens, Denied, LIFE};
use crate::domain::{Session, User, UserState};
use crate::error::Error;
use crate::store::{Store, Tx};
use bitewing_auth::{Actor, ActorKind, Caller, Clinics, Scope};
use bitewing_core::{CapabilityToken, OrganizationId, Sensitive};
use bitewing_runtime::Base;
use bitewing_store::audit::Entry;
use serde_json::json;

/// What a user is given.
pub(crate) struct SessionTokens {
    pub(crate) access: String,
    pub(crate) expires_in: i64,
    pub(crate) refresh: Sensitive<String>,
}

/// Begins, continues and ends sessions.
#[derive(Debug, Clone)]
pub(crate) struct Sessions {
    base: Base,
    store: Store,
    tokens: AccessTokens,
    denied: Denied,
}

impl Sessions {
    pub(crate) const fn new(
        base: Base,
        store: Store,
        tokens: AccessTokens,
        denied: Denied,
    ) -> Self {
        Self {
            base,
            store,
            tokens,
            denied,
        }
    }

    /// Begins a session of a user whose password was right.
    pub(crate) async fn begin(
        &self,
        mut tx: Tx,
        user: &User,
        request_id: String,
    ) -> Result<SessionTokens, Error> {
        let session = Session::begin(self.base.ids.next(), user.id, self.base.clock.now());
        tx.insert_session(&session).await?;
        let refresh = self.refresh_token(&mut tx, &session).await?;
        note(&mut tx, user.id.to_string(), "session.begun", request_id).await?;
        let organization = tx.organization();
        tx.commit().await?;
        Ok(self.tokens(organization, user, &session, refresh))
    }

    /// Gives new tokens for a refresh token. One that was used before is in two hands, of which one is
    /// a thief's: the session ends for both (RFC 9700 4.14.2).
    pub(crate) async fn refresh(
        &self,
        token: &str,
        request_id: String,
    ) -> Result<SessionTokens, Error> {
        let token = CapabilityToken::parse(token).map_err(|_| Error::SessionInvalid)?;
        let now = self.base.clock.now();
        let mut tx = self.store.begin(&Scope::of_capability(&token)).await?;
        let shown = tx
            .refresh_token(&token.hash())
            .await?
            .ok_or(Error::SessionInvalid)?;
        let session = tx
            .session(shown.session)
            .await?
            .ok_or(Error::SessionInvalid)?;
        if shown.used {
            self.end(tx, &session, "session.refresh_token_reused", request_id)
                .await?;
            return Err(Error::SessionInvalid);
        }
        let user = tx.user(session.user, &Clinics::All).await?;
        let user = user.filter(|user| user.state == UserState::Active);
        let user = user.ok_or(Error::SessionInvalid)?;
        if !session.takes(shown.created_at, now) {
            return Err(Error::SessionInvalid);
        }
        tx.use_refresh_token(&token.hash(), now).await?;
        let refresh = self.refresh_token(&mut tx, &session).await?;
        let organization = tx.organization();
        tx.commit().await?;
        Ok(self.tokens(organization, &user, &session, refresh))
    }

    /// Ends the session of a refresh token; one that is unknown has none.
    pub(crate) async fn sign_out(&self, token: &str, request_id: String) -> Result<(), Error> {
        let Ok(token) = CapabilityToken::parse(token) else {
            return Ok(());
        };
        let mut tx = self.store.begin(&Scope::of_capability(&token)).await?;
        let Some(shown) = tx.refresh_token(&token.hash()).await? else {
            return Ok(());
        };
        let session = tx
            .session(shown.session)
            .await?
            .ok_or(Error::SessionInvalid)?;
        self.end(tx, &session, "session.ended", request_id).await
    }

    async fn end(
        &self,
        mut tx: Tx,
        session: &Session,
        action: &'static str,
        request_id: String,
    ) -> Result<(), Error> {
        let now = self.base.clock.now();
        if !tx.end_session(session.id, now).await? {
            return Ok(());
        }
        tx.revoke(session.id, now).await?;
        note(&mut tx, session.user.to_string(), action, request_id).await?;
        tx.commit().await?;
        self.denied.hasten().await;
        Ok(())
    }

    async fn refresh_token(
        &self,
        tx: &mut Tx,
        session: &Session,
    ) -> Result<CapabilityToken, Error> {
        let token = CapabilityToken::mint(tx.organization(), &*self.base.entropy);
        tx.insert_refresh_token(&token.hash(), session.id, self.base.clock.now())
            .await?;
        Ok(token)
    }

    fn tokens(
        &self,
        organization: OrganizationId,
        user: &User,
        session: &Session,
        refresh: CapabilityToken,
    ) -> SessionTokens {
        let actor = Actor {
            kind: ActorKind::User,
            id: user.id.to_string(),
        };
        let caller = Caller::verified(
            organization,
            actor,
            user.clinics.clone(),
            user.roles.clone(),
            Vec::new(),
        );
        SessionTokens {
            access: self.tokens.issue(&caller, Some(session.id)),
            expires_in: LIFE,
            refresh: refresh.reveal(),
        }
    }
}

/// A line about a user's own session.
async fn note(
    tx: &mut Tx,
    user: String,
    action: &'static str,
    request_id: String,
) -> Result<(), Error> {
    let actor = Actor {
        kind: ActorKind::User,
        id: user.clone(),
    };
    let entry = Entry {
        actor: &actor,
        action,
        resource: user,
        clinic: None,
        details: json!({}),
        request_id,
    };
    Ok(tx.audit(entry).await?)
}
