//! The paths providers call back on: `/hooks/<token>/<what>/<message>`.
//!
//! The token is base64url(organization, 16 bytes; account, 16 bytes; MAC, 16 bytes) without padding.
//! The organization in clear routes a request to its tenant. The MAC is keyed with the
//! installation's pepper: paths nobody was given are told apart without a look at the database. It
//! is no credential: a request is believed for its provider's signature only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bitewing_auth::Scope;
use bitewing_core::{ChannelAccountId, MessageId, OrganizationId};
use bitewing_runtime::base::Pepper;
use url::Url;
use uuid::Uuid;

/// The first step of every path.
const PREFIX: &str = "/hooks/";
const LENGTH: usize = 48;
/// 128 bits: more than anyone can try (ASVS 5.0 7.2.3).
const MAC: usize = 16;

/// What a path is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hook {
    /// Where a text message has got to.
    Message(MessageId),
    /// Where a call has got to.
    Call(MessageId),
    /// A key was pressed in a call.
    Key(MessageId),
}

/// A path that was given to a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) scope: Scope,
    pub(crate) account: ChannelAccountId,
    pub(crate) hook: Hook,
}

/// Makes the paths, and reads them.
#[derive(Debug, Clone)]
pub(crate) struct Hooks {
    public: Url,
    pepper: Pepper,
}

impl Hooks {
    /// Below a URL that reaches the gateway's public port.
    pub(crate) const fn new(public: Url, pepper: Pepper) -> Self {
        Self { public, pepper }
    }

    /// The URL a provider is given.
    pub(crate) fn url(&self, scope: &Scope, account: ChannelAccountId, hook: Hook) -> Url {
        let (what, message) = match hook {
            Hook::Message(id) => ("message", id),
            Hook::Call(id) => ("call", id),
            Hook::Key(id) => ("key", id),
        };
        let token = self.token(scope.organization(), account);
        let mut url = self.public.clone();
        let base = url.path().trim_end_matches('/');
        let path = format!("{base}{PREFIX}{token}/{what}/{message}");
        url.set_path(&path);
        url
    }

    /// Reads a URL that was called; `None` where nobody was given it.
    pub(crate) fn read(&self, url: &str) -> Option<Known> {
        let url = Url::parse(url).ok()?;
        let (_, steps) = url.path().split_once(PREFIX)?;
        let mut steps = steps.split('/');
        let (token, what, message) = (steps.next()?, steps.next()?, steps.next()?);
        if steps.next().is_some() {
            return None;
        }
        let mut bytes = [0; LENGTH];
        if URL_SAFE_NO_PAD.decode_slice(token, &mut bytes) != Ok(LENGTH) {
            return None;
        }
        let uuid = |at: usize| Uuid::from_slice(&bytes[at..at + 16]).ok();
        let organization = OrganizationId::from_uuid(uuid(0)?);
        let account = ChannelAccountId::from_uuid(uuid(16)?);
        let mac = self.mac(organization, account);
        aws_lc_rs::constant_time::verify_slices_are_equal(&mac, &bytes[LENGTH - MAC..]).ok()?;
        let message = message.parse().ok()?;
        let hook = match what {
            "message" => Hook::Message(message),
            "call" => Hook::Call(message),
            "key" => Hook::Key(message),
            _ => return None,
        };
        Some(Known {
            scope: Scope::of_credential(organization),
            account,
            hook,
        })
    }

    fn token(&self, organization: OrganizationId, account: ChannelAccountId) -> String {
        let mut bytes = [0; LENGTH];
        bytes[..16].copy_from_slice(organization.uuid().as_bytes());
        bytes[16..32].copy_from_slice(account.uuid().as_bytes());
        bytes[32..].copy_from_slice(&self.mac(organization, account));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn mac(&self, organization: OrganizationId, account: ChannelAccountId) -> [u8; MAC] {
        let (organization, account) = (organization.uuid(), account.uuid());
        let fields = [organization.as_bytes().as_slice(), account.as_bytes()];
        let whole = self.pepper.mac("hook-v1", &fields);
        let mut mac = [0; MAC];
        mac.copy_from_slice(&whole[..MAC]);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hooks(public: &str, pepper: u8) -> Hooks {
        Hooks::new(Url::parse(public).unwrap(), Pepper::new(vec![pepper; 32]))
    }

    fn known(hook: Hook) -> Known {
        Known {
            scope: Scope::of_credential(OrganizationId::from_uuid(Uuid::from_u128(1))),
            account: ChannelAccountId::from_uuid(Uuid::from_u128(2)),
            hook,
        }
    }

    fn message() -> MessageId {
        MessageId::from_uuid(Uuid::from_u128(3))
    }

    #[test]
    fn what_a_provider_was_given_reads_back() {
        for public in ["https://clinic.example", "http://127.0.0.1:7000/api/"] {
            let hooks = hooks(public, 1);
            for hook in [
                Hook::Message(message()),
                Hook::Call(message()),
                Hook::Key(message()),
            ] {
                let known = known(hook);
                let url = hooks.url(&known.scope, known.account, hook);
                assert_eq!(hooks.read(url.as_str()), Some(known), "{url}");
                assert_eq!(hooks.read(&format!("{url}?x=1")), Some(known));
                assert_eq!(hooks.read(&format!("{url}/more")), None);
            }
        }
    }

    #[test]
    fn another_installation_gives_other_paths() {
        let known = known(Hook::Key(message()));
        let url = hooks("https://clinic.example", 1).url(&known.scope, known.account, known.hook);
        assert_eq!(hooks("https://clinic.example", 2).read(url.as_str()), None);
    }

    proptest! {
        #[test]
        fn a_path_with_one_other_byte_is_nobodys(at in 0_usize..LENGTH, bit in 0_u8..8) {
            let hooks = hooks("https://clinic.example", 1);
            let known = known(Hook::Key(message()));
            let token = hooks.token(known.scope.organization(), known.account);
            let mut bytes = URL_SAFE_NO_PAD.decode(token).unwrap();
            bytes[at] ^= 1 << bit;
            let other = URL_SAFE_NO_PAD.encode(bytes);
            let url = format!("https://clinic.example/hooks/{other}/key/{}", message());
            prop_assert_eq!(hooks.read(&url), None);
        }

        #[test]
        fn nothing_that_is_called_breaks_the_reading(url in "\\PC{0,200}") {
            let hooks = hooks("https://clinic.example", 1);
            prop_assert_eq!(hooks.read(&url), None);
            let below = format!("https://clinic.example/hooks/{url}");
            prop_assert_eq!(hooks.read(&below), None);
        }
    }
}
