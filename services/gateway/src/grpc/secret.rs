//! Secrets of API clients.

use super::Api;
use crate::store::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bitewing_auth::password;
use bitewing_core::{Sensitive, random};

/// Draws a secret of 256 bits and hashes it: what its holder is shown once, and what is stored.
pub(super) async fn draw(api: &Api) -> (Sensitive<String>, Secret) {
    let bytes: [u8; 32] = random::bytes(&*api.base.entropy);
    // The prefix lets scanners of leaked secrets recognise it.
    let text = Sensitive::new(format!("bws_{}", URL_SAFE_NO_PAD.encode(bytes)));
    let secret = Secret {
        id: api.base.ids.next(),
        hash: password::hash(text.clone()).await,
        created_at: api.base.clock.now(),
    };
    (text, secret)
}
