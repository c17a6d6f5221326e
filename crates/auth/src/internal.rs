//! The tokens services show each other: 60 seconds, one audience, signed by the calling service.

use crate::{Actor, ActorKind, Caller, Clinics, KeySet, Role, Service, SigningKey};
use aws_lc_rs::digest;
use bitewing_core::{Clock, OrganizationId};
use jsonwebtoken::{Algorithm, Header, Validation};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// Seconds a token lives.
pub const LIFE: i64 = 60;
/// Seconds before its end at which a cached token is no longer handed out.
const MARGIN: i64 = 20;
/// Seconds two machines' clocks may differ by.
const LEEWAY: i64 = 5;

/// What a verified token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The service that signed it.
    pub service: Service,
    /// For whom it calls; `None` where nobody signed in (public methods).
    pub caller: Option<Caller>,
}

/// Why a token is refused. One message: the holder learns nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the internal token is not valid")]
pub struct TokenError;

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: Service,
    aud: Service,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    cal: Option<CallerClaims>,
}

#[derive(Serialize, Deserialize)]
struct CallerClaims {
    org: String,
    knd: String,
    sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cln: Option<Vec<String>>,
    rol: Vec<String>,
    scp: Vec<String>,
}

impl From<&Caller> for CallerClaims {
    fn from(caller: &Caller) -> Self {
        Self {
            org: caller.organization.to_string(),
            knd: caller.actor.kind.as_str().to_owned(),
            sub: caller.actor.id.clone(),
            cln: match &caller.clinics {
                Clinics::All => None,
                Clinics::Only(clinics) => Some(clinics.iter().map(ToString::to_string).collect()),
            },
            rol: caller
                .roles
                .iter()
                .map(|role| role.as_str().to_owned())
                .collect(),
            scp: caller.scopes.clone(),
        }
    }
}

impl TryFrom<CallerClaims> for Caller {
    type Error = TokenError;
    fn try_from(claims: CallerClaims) -> Result<Self, TokenError> {
        let organization: OrganizationId = claims.org.parse().map_err(|_| TokenError)?;
        let clinics = match claims.cln {
            None => Clinics::All,
            Some(list) => Clinics::Only(
                list.iter()
                    .map(|clinic| clinic.parse().map_err(|_| TokenError))
                    .collect::<Result<_, _>>()?,
            ),
        };
        Ok(Self {
            organization,
            actor: Actor {
                kind: ActorKind::parse(&claims.knd).ok_or(TokenError)?,
                id: claims.sub,
            },
            clinics,
            roles: claims
                .rol
                .iter()
                .map(|role| Role::parse(role).ok_or(TokenError))
                .collect::<Result<_, _>>()?,
            scopes: claims.scp,
        })
    }
}

/// Signs tokens of one service; a token is handed out again while it has 20 seconds left.
#[derive(Clone)]
pub struct Minter {
    service: Service,
    key: SigningKey,
    clock: Arc<dyn Clock>,
    minted: Cache<(Option<Caller>, Service), (Arc<str>, i64)>,
}

impl Minter {
    /// Signs for a service.
    pub fn new(service: Service, key: SigningKey, clock: Arc<dyn Clock>) -> Self {
        Self {
            service,
            key,
            clock,
            minted: Cache::new(10_000),
        }
    }

    /// The service that signs.
    pub const fn service(&self) -> Service {
        self.service
    }

    /// A token to call `audience` for `caller`, or for nobody.
    pub fn mint(&self, caller: Option<&Caller>, audience: Service) -> Arc<str> {
        let now = self.clock.now().unix_timestamp();
        let wanted = (caller.cloned(), audience);
        if let Some((token, end)) = self.minted.get(&wanted)
            && end > now + MARGIN
            && end <= now + LIFE
        {
            return token;
        }
        let claims = Claims {
            iss: self.service,
            aud: audience,
            iat: now,
            exp: now + LIFE,
            cal: caller.map(CallerClaims::from),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.key.kid().to_owned());
        let token: Arc<str> = jsonwebtoken::encode(&header, &claims, self.key.encoding())
            .expect("claims of strings and numbers serialize, and the key is Ed25519")
            .into();
        self.minted.insert(wanted, (Arc::clone(&token), claims.exp));
        token
    }
}

impl fmt::Debug for Minter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Minter({})", self.service)
    }
}

/// Verifies tokens made for one service; a verified token is remembered by its hash until it ends.
#[derive(Clone)]
pub struct Verifier {
    service: Service,
    keys: Arc<KeySet>,
    clock: Arc<dyn Clock>,
    verified: Cache<[u8; 32], (Arc<Identity>, i64)>,
}

impl Verifier {
    /// Verifies for a service.
    pub fn new(service: Service, keys: KeySet, clock: Arc<dyn Clock>) -> Self {
        Self {
            service,
            keys: Arc::new(keys),
            clock,
            verified: Cache::new(50_000),
        }
    }

    /// Reads a token: signature by a known service, this audience, not expired.
    pub fn verify(&self, token: &str) -> Result<Arc<Identity>, TokenError> {
        let now = self.clock.now().unix_timestamp();
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
        let (identity, end) = if let Some(known) = self.verified.get(&hash) {
            known
        } else {
            let fresh = self.read(token)?;
            if fresh.1 > now - LEEWAY {
                self.verified.insert(hash, fresh.clone());
            }
            fresh
        };
        if now > end + LEEWAY || now < end - LIFE - LEEWAY {
            return Err(TokenError);
        }
        Ok(identity)
    }

    fn read(&self, token: &str) -> Result<(Arc<Identity>, i64), TokenError> {
        let kid = jsonwebtoken::decode_header(token)
            .ok()
            .and_then(|header| header.kid)
            .ok_or(TokenError)?;
        let (service, key) = self.keys.find(&kid).ok_or(TokenError)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false; // checked against the injected clock by the caller
        validation.set_audience(&[self.service.name()]);
        validation.set_issuer(&[service.name()]);
        let claims = jsonwebtoken::decode::<Claims>(token, key, &validation)
            .map_err(|_| TokenError)?
            .claims;
        if claims.exp - claims.iat > LIFE {
            return Err(TokenError);
        }
        let identity = Identity {
            service: *service,
            caller: claims.cal.map(Caller::try_from).transpose()?,
        };
        Ok((Arc::new(identity), claims.exp))
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({})", self.service)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_core::ClinicId;
    use std::sync::atomic::{AtomicI64, Ordering};
    use time::OffsetDateTime;
    use uuid::Uuid;

    struct Ticks(AtomicI64);
    impl Clock for Ticks {
        fn now(&self) -> OffsetDateTime {
            OffsetDateTime::from_unix_timestamp(self.0.load(Ordering::SeqCst)).unwrap()
        }
    }

    struct Fixture {
        clock: Arc<Ticks>,
        minter: Minter,
        verifier: Verifier,
        other: Verifier,
    }

    fn fixture() -> Fixture {
        let clock = Arc::new(Ticks(AtomicI64::new(1_800_000_000)));
        let key = SigningKey::generate();
        let keys = KeySet::default()
            .with(Service::Gateway, &key.public())
            .unwrap();
        Fixture {
            minter: Minter::new(Service::Gateway, key, Arc::<Ticks>::clone(&clock)),
            verifier: Verifier::new(Service::Template, keys.clone(), Arc::<Ticks>::clone(&clock)),
            other: Verifier::new(Service::Conversation, keys, Arc::<Ticks>::clone(&clock)),
            clock,
        }
    }

    fn caller() -> Caller {
        Caller::verified(
            OrganizationId::from_uuid(Uuid::from_u128(1)),
            Actor {
                kind: ActorKind::User,
                id: "usr_1".to_owned(),
            },
            Clinics::Only(vec![ClinicId::from_uuid(Uuid::from_u128(2))]),
            vec![Role::Manager],
            vec!["patients.read".to_owned()],
        )
    }

    #[test]
    fn carries_the_caller_to_its_audience_only() {
        let f = fixture();
        let token = f.minter.mint(Some(&caller()), Service::Template);
        let identity = f.verifier.verify(&token).unwrap();
        assert_eq!(
            (identity.service, identity.caller.clone()),
            (Service::Gateway, Some(caller()))
        );
        assert_eq!(f.other.verify(&token), Err(TokenError));
    }

    #[test]
    fn ends_after_a_minute_even_when_remembered() {
        let f = fixture();
        let token = f.minter.mint(None, Service::Template);
        assert!(f.verifier.verify(&token).is_ok());
        f.clock.0.fetch_add(LIFE + LEEWAY + 1, Ordering::SeqCst);
        assert_eq!(f.verifier.verify(&token), Err(TokenError));
    }

    #[test]
    fn is_reused_while_it_has_time_left() {
        let f = fixture();
        let first = f.minter.mint(None, Service::Template);
        f.clock.0.fetch_add(LIFE - MARGIN - 1, Ordering::SeqCst);
        assert_eq!(first, f.minter.mint(None, Service::Template));
        f.clock.0.fetch_add(2, Ordering::SeqCst);
        assert_ne!(first, f.minter.mint(None, Service::Template));
    }

    #[test]
    fn forged_and_foreign_tokens_are_refused() {
        let f = fixture();
        let stranger = Minter::new(
            Service::Gateway,
            SigningKey::generate(),
            Arc::<Ticks>::clone(&f.clock),
        );
        let unsigned = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJnYXRld2F5In0.";
        for token in [
            "",
            "a.b.c",
            unsigned,
            &*stranger.mint(None, Service::Template),
        ] {
            assert_eq!(f.verifier.verify(token), Err(TokenError));
        }
        // A service cannot speak in another's name with its own key.
        let key = SigningKey::generate();
        let keys = KeySet::default()
            .with(Service::Conversation, &key.public())
            .unwrap();
        let verifier = Verifier::new(Service::Template, keys, Arc::<Ticks>::clone(&f.clock));
        let posing = Minter::new(Service::Gateway, key, Arc::<Ticks>::clone(&f.clock));
        assert_eq!(
            verifier.verify(&posing.mint(None, Service::Template)),
            Err(TokenError)
        );
    }
}
