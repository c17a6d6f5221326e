//! What rests sealed in an account: one secret as it is, several as JSON.

use super::accounts::stored_provider;
use crate::domain::{Credential, ProviderKind, TwilioSecrets};
use bitewing_core::Sensitive;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

#[derive(Serialize, Deserialize)]
struct Twilio<'a> {
    auth_token: Cow<'a, str>,
    secondary_auth_token: Option<Cow<'a, str>>,
    api_key_secret: Option<Cow<'a, str>>,
}

fn borrowed(secret: Option<&Sensitive<String>>) -> Option<Cow<'_, str>> {
    secret.map(|secret| Cow::from(secret.expose()))
}

/// The bytes that are sealed.
pub(super) fn written(credential: &Credential) -> Sensitive<Vec<u8>> {
    match credential {
        Credential::Bearer(secret) | Credential::Password(secret) => {
            secret.expose().as_bytes().to_vec().into()
        }
        Credential::Twilio(secrets) => {
            let written = Twilio {
                auth_token: secrets.auth_token.expose().into(),
                secondary_auth_token: borrowed(secrets.secondary_auth_token.as_ref()),
                api_key_secret: borrowed(secrets.api_key_secret.as_ref()),
            };
            serde_json::to_vec(&written)
                .expect("texts serialize")
                .into()
        }
    }
}

/// Reads what was sealed for a provider.
pub(super) fn read_credential(provider: i16, opened: &Sensitive<Vec<u8>>) -> Option<Credential> {
    let text = std::str::from_utf8(opened.expose()).ok()?;
    let secret = |text: &str| Sensitive::new(text.to_owned());
    const HTTP: i16 = stored_provider(ProviderKind::Http);
    const SMTP: i16 = stored_provider(ProviderKind::Smtp);
    const TWILIO: i16 = stored_provider(ProviderKind::Twilio);
    match provider {
        HTTP => Some(Credential::Bearer(secret(text))),
        SMTP => Some(Credential::Password(secret(text))),
        TWILIO => {
            let read: Twilio<'_> = serde_json::from_str(text).ok()?;
            let owned = |text: Cow<'_, str>| Sensitive::new(text.into_owned());
            Some(Credential::Twilio(TwilioSecrets {
                auth_token: owned(read.auth_token),
                secondary_auth_token: read.secondary_auth_token.map(owned),
                api_key_secret: read.api_key_secret.map(owned),
            }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back(provider: ProviderKind, credential: &Credential) -> Option<Credential> {
        read_credential(stored_provider(provider), &written(credential))
    }

    #[test]
    fn every_credential_reads_back() {
        let secret = |text: &str| Sensitive::new(text.to_owned());
        let bearer = Credential::Bearer(secret("a\"b\\c"));
        assert_eq!(read_back(ProviderKind::Http, &bearer), Some(bearer));
        let password = Credential::Password(secret(" pass wörd "));
        assert_eq!(read_back(ProviderKind::Smtp, &password), Some(password));
        for second in [None, Some(secret("!\"#$%&'()*+,-./\\~"))] {
            let twilio = Credential::Twilio(TwilioSecrets {
                auth_token: secret("0123"),
                secondary_auth_token: second.clone(),
                api_key_secret: second,
            });
            assert_eq!(read_back(ProviderKind::Twilio, &twilio), Some(twilio));
        }
        assert_eq!(read_credential(1, &b"x".to_vec().into()), None);
    }
}
