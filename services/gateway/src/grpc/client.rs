//! What the RPCs about one API client share.

use crate::domain::{ApiClient, ClientId, scopes, user};
use crate::error::Error;
use crate::store::Tx;
use bitewing_rpc::{Call, Violation};

/// Reads a client id.
pub(super) fn read(text: &str) -> Result<ClientId, Error> {
    text.parse()
        .map_err(|error| vec![Violation::new("client_id", error)].into())
}

/// Finds a client of the caller's organization and clinics.
pub(super) async fn find(tx: &mut Tx, call: &Call, id: ClientId) -> Result<ApiClient, Error> {
    if id.organization != call.organization() {
        return Err(Error::ApiClientNotFound);
    }
    tx.api_client(id.id, &call.caller.clinics)
        .await?
        .ok_or(Error::ApiClientNotFound)
}

/// Finds a client the caller could have made: who holds its secret must not get more than the caller
/// has.
pub(super) async fn find_own(tx: &mut Tx, call: &Call, id: ClientId) -> Result<ApiClient, Error> {
    let client = find(tx, call, id).await?;
    let giveable = client.scopes.iter().all(|scope| {
        // A scope that no method asks for any more gives nothing.
        !matches!(
            scopes::give(&call.caller, scope),
            Err(scopes::ScopeError::NotHeld)
        )
    });
    if giveable && user::within(&call.caller, &client.clinics) {
        Ok(client)
    } else {
        Err(Error::BeyondCaller)
    }
}
