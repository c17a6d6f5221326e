//! The secrets a development installation makes for itself, kept in its data directory so that the
//! next start can read what this one sealed.

use crate::Environment;
use crate::config::prefix;
use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bitewing_auth::{Service, SigningKey};
use bitewing_core::{Entropy, random};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Fills in every secret that is not set, making and keeping them on the first start.
pub fn develop(
    env: &mut Environment,
    data_dir: &Path,
    entropy: &dyn Entropy,
) -> anyhow::Result<()> {
    let file = data_dir.join("secrets.json");
    let secrets: BTreeMap<String, String> = if file.exists() {
        let text = std::fs::read_to_string(&file).context("reading the development secrets")?;
        serde_json::from_str(&text).context("reading the development secrets")?
    } else {
        let made = make(entropy);
        std::fs::create_dir_all(data_dir).context("making the data directory")?;
        let mut kept = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&file)
            .context("keeping the development secrets")?;
        kept.write_all(serde_json::to_string_pretty(&made)?.as_bytes())?;
        made
    };
    for (name, value) in secrets {
        env.set_default(&name, value);
    }
    Ok(())
}

fn make(entropy: &dyn Entropy) -> BTreeMap<String, String> {
    let random = || STANDARD.encode(random::bytes::<32>(entropy));
    let mut secrets = BTreeMap::from([
        ("BITEWING_KEYRING".to_owned(), format!("1:{}", random())),
        ("BITEWING_PEPPER".to_owned(), random()),
        (
            "GATEWAY_TOKEN_KEY".to_owned(),
            SigningKey::generate().reveal().expose().clone(),
        ),
        // Travels in a form and a Basic header: no character of it may mean something there.
        (
            "GATEWAY_OPERATOR_SECRET".to_owned(),
            URL_SAFE_NO_PAD.encode(random::bytes::<32>(entropy)),
        ),
    ]);
    let mut public = BTreeMap::new();
    for service in Service::ALL {
        let key = SigningKey::generate();
        public.insert(service, vec![key.public()]);
        secrets.insert(
            format!("{}_WORKLOAD_KEY", prefix(service)),
            key.reveal().expose().clone(),
        );
    }
    let keys = serde_json::to_string(&public).expect("names and texts serialize");
    secrets.insert("BITEWING_WORKLOAD_KEYS".to_owned(), keys);
    secrets
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_core::SystemEntropy;

    #[test]
    fn makes_once_and_keeps() {
        let folder = std::env::temp_dir().join(format!("bitewing-secrets-{}", std::process::id()));
        let (mut first, mut second) = (Environment::default(), Environment::default());
        develop(&mut first, &folder, &SystemEntropy).unwrap();
        develop(&mut second, &folder, &SystemEntropy).unwrap();
        for name in [
            "BITEWING_PEPPER",
            "TEMPLATE_WORKLOAD_KEY",
            "GATEWAY_TOKEN_KEY",
        ] {
            assert_eq!(first.secret(name), second.secret(name));
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}
