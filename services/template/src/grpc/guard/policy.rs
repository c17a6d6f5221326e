//! The policy that applies: chain and clinic over the base, merged once per change.

use super::GuardApi;
use crate::error::Error;
use crate::store::Tx;
use bitewing_core::ClinicId;
use bitewing_guard::policy::Policy;
use bitewing_guard_desk::{Layers, PolicyKey};
use bitewing_rpc::Call;
use std::sync::Arc;

/// The policy of a clinic, or what the chain says where none is named.
pub(super) async fn of(
    guard: &GuardApi,
    call: &Call,
    clinic: Option<ClinicId>,
) -> Result<Arc<Policy>, Error> {
    let mut tx = guard.api.begin(call).await?;
    let policy = within(guard, &mut tx, clinic).await?;
    tx.commit().await?;
    Ok(policy)
}

/// The same within a transaction.
pub(super) async fn within(
    guard: &GuardApi,
    tx: &mut Tx,
    clinic: Option<ClinicId>,
) -> Result<Arc<Policy>, Error> {
    let (chain_version, clinic_version) = tx.guard_versions(clinic).await?;
    let key = PolicyKey {
        organization: tx.organization(),
        clinic,
        chain_version,
        clinic_version,
    };
    if let Some(policy) = guard.policies.find(&key) {
        return Ok(policy);
    }
    let layers = layers(tx, clinic).await?;
    // Both may have changed meanwhile: they are kept under the versions they came with.
    let key = PolicyKey {
        chain_version: layers.0,
        clinic_version: layers.1,
        ..key
    };
    Ok(guard.policies.keep(key, &layers.2))
}

/// The present layers with their versions.
async fn layers(tx: &mut Tx, clinic: Option<ClinicId>) -> Result<(i32, i32, Layers), Error> {
    let chain = tx.guard_layer(None).await?;
    let own = match clinic {
        Some(_) => tx.guard_layer(clinic).await?,
        None => None,
    };
    let (chain_version, chain) = chain.map_or((0, String::new()), |it| (it.version, it.toml));
    let (clinic_version, clinic) = own.map_or((0, String::new()), |it| (it.version, it.toml));
    Ok((chain_version, clinic_version, Layers { chain, clinic }))
}
