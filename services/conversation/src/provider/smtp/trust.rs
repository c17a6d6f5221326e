//! Whose certificates mail servers may show.

use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The public certificate authorities, and those of the operator's own relays.
#[derive(Clone)]
pub struct Trust(Arc<ClientConfig>);

/// The text holds no certificate, or something that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be certificates in PEM")]
pub struct NotCertificates;

impl Trust {
    /// The public ones, and these.
    fn with(own: &[CertificateDer<'static>]) -> Result<Self, NotCertificates> {
        let mut roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        for certificate in own {
            roots
                .add(certificate.clone())
                .map_err(|_| NotCertificates)?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has ciphers for TLS 1.2 and 1.3")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    pub(super) fn client(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.0)
    }
}

impl Default for Trust {
    /// The public ones.
    fn default() -> Self {
        Self::with(&[]).expect("no certificate is no wrong one")
    }
}

impl FromStr for Trust {
    type Err = NotCertificates;

    /// Adds the certificates of a PEM text, at least one.
    fn from_str(text: &str) -> Result<Self, NotCertificates> {
        let own = CertificateDer::pem_slice_iter(text.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| NotCertificates)?;
        if own.is_empty() {
            return Err(NotCertificates);
        }
        Self::with(&own)
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trust")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_certificates_are_trusted() {
        for text in [
            "",
            "nothing",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ] {
            assert_eq!(text.parse::<Trust>().err(), Some(NotCertificates), "{text}");
        }
    }
}
