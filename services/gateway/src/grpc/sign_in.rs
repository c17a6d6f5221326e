//! SignIn.

use super::Api;
use crate::domain::{RESERVED, Slug, User, UserState, password};
use crate::error::Error;
use bitewing_auth::Scope;
use bitewing_core::EmailAddress;
use bitewing_proto::identity as pb;

/// Every refusal looks the same and takes the same work, so that nobody learns which organizations
/// and which users there are.
pub(super) async fn run(
    api: &Api,
    request_id: String,
    request: pb::SignInRequest,
) -> Result<pb::SignInResponse, Error> {
    let password = password::normalized(&request.password);
    let found = find(api, &request).await?;
    let hashes = found
        .iter()
        .filter_map(|found| found.hash.clone())
        .collect();
    let right = bitewing_auth::password::verify(password, hashes).await;
    let Some(Found { scope, user, .. }) = found.filter(|_| right) else {
        return Err(Error::SignInFailed);
    };

    let mut tx = api.store.begin(&scope).await?;
    let user = tx.user_of_email(&user.email).await?;
    // Deactivated while the password was hashed.
    let user = user
        .filter(|user| user.state == UserState::Active)
        .ok_or(Error::SignInFailed)?;
    tx.forget_tries(user.id, api.base.clock.now()).await?;
    let tokens = api.sessions.begin(tx, &user, request_id).await?;
    Ok(pb::SignInResponse {
        access_token: tokens.access,
        expires_in: i32::try_from(tokens.expires_in).unwrap_or_default(),
        refresh_token: tokens.refresh.expose().clone(),
    })
}

struct Found {
    scope: Scope,
    user: User,
    hash: Option<String>,
}

/// The user who may try a password now.
async fn find(api: &Api, request: &pb::SignInRequest) -> Result<Option<Found>, Error> {
    let slug = Slug::parse(&request.organization);
    let email = EmailAddress::parse(&request.email);
    let (Ok(slug), Ok(email)) = (slug, email) else {
        return Ok(None);
    };
    let mut tx = api.store.begin(&Scope::of_credential(RESERVED)).await?;
    let organization = tx.organization_of_slug(&slug).await?;
    tx.commit().await?;
    let Some(organization) = organization else {
        return Ok(None);
    };

    let scope = Scope::of_credential(organization);
    let now = api.base.clock.now();
    let mut tx = api.store.begin(&scope).await?;
    let user = tx.user_of_email(&email).await?;
    let user = user.filter(|user| user.state == UserState::Active && user.tries.allow(now));
    let Some(user) = user else {
        return Ok(None);
    };
    tx.count_try(user.id, now).await?;
    let hash = tx.password_hash(user.id).await?;
    tx.commit().await?;
    Ok(Some(Found { scope, user, hash }))
}
