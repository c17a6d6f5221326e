use super::*;
use crate::domain::ClientId;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bitewing_auth::{Actor, ActorKind, Clinics, Role, SigningKey};
use bitewing_core::{ApiClientId, ClinicId, OrganizationId, SystemIds, UserId};
use bitewing_testkit::FakeClock;
use jsonwebtoken::EncodingKey;
use serde_json::json;
use time::{Duration, OffsetDateTime};

const ISSUER: &str = "https://api.example.org";

struct Bench {
    clock: Arc<FakeClock>,
    key: SigningKey,
    tokens: AccessTokens,
}

fn bench() -> Bench {
    let clock = Arc::new(FakeClock::at(
        OffsetDateTime::UNIX_EPOCH + Duration::days(20_000),
    ));
    let key = SigningKey::generate();
    let now = Arc::<FakeClock>::clone(&clock);
    let keys = TokenKeys::new(key.clone());
    let tokens = AccessTokens::new(ISSUER, keys, now, Arc::new(SystemIds));
    Bench { clock, key, tokens }
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn client() -> Caller {
    let organization = OrganizationId::from_uuid(id(1));
    let client = ClientId {
        organization,
        id: ApiClientId::from_uuid(id(2)),
    };
    let actor = Actor {
        kind: ActorKind::ApiClient,
        id: client.to_string(),
    };
    let clinics = Clinics::Only(vec![ClinicId::from_uuid(id(3))]);
    Caller::verified(
        organization,
        actor,
        clinics,
        vec![],
        vec!["a.read".into(), "b.write".into()],
    )
}

fn user() -> Caller {
    let actor = Actor {
        kind: ActorKind::User,
        id: UserId::from_uuid(id(4)).to_string(),
    };
    let organization = OrganizationId::from_uuid(id(1));
    Caller::verified(
        organization,
        actor,
        Clinics::All,
        vec![Role::Owner, Role::Dentist],
        vec![],
    )
}

impl Bench {
    /// The claims of a good token, to be spoiled.
    fn claims(&self) -> Value {
        let token = self.tokens.issue(&client(), None);
        let payload = token.split('.').nth(1).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
    }

    fn header(&self) -> Header {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.key.kid().to_owned());
        header
    }

    fn sign(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, self.key.encoding()).unwrap()
    }

    fn refuses(&self, token: &str) -> bool {
        self.tokens.verify(token) == Err(InvalidToken)
    }
}

#[test]
fn callers_read_back() {
    let bench = bench();
    for (caller, session) in [(client(), None), (user(), Some(id(9)))] {
        let token = bench.tokens.issue(&caller, session);
        let verified = bench.tokens.verify(&token).unwrap();
        assert_eq!((&verified.caller, verified.session), (&caller, session));
        assert_eq!(verified.expires - verified.issued, LIFE);
    }
}

#[test]
fn what_can_be_revoked_is_the_token_its_session_and_its_subject() {
    let bench = bench();
    let verified = bench
        .tokens
        .verify(&bench.tokens.issue(&user(), Some(id(9))))
        .unwrap();
    let revocable: Vec<_> = verified.revocable().collect();
    assert_eq!(revocable, [verified.id, id(9), id(4)]);
}

#[test]
fn expires_even_when_it_is_remembered() {
    let bench = bench();
    let token = bench.tokens.issue(&client(), None);
    bench.clock.advance(Duration::seconds(LIFE - 1));
    assert!(!bench.refuses(&token));
    bench.clock.advance(Duration::seconds(1));
    assert!(bench.refuses(&token));
    assert!(bench.refuses(&token));
}

#[test]
fn refuses_wrong_claims() {
    let bench = bench();
    assert!(!bench.refuses(&bench.sign(&bench.header(), &bench.claims())));
    let now = bench.clock.now().unix_timestamp();
    let other = OrganizationId::from_uuid(id(7)).to_string();
    for (claim, value) in [
        ("aud", json!("https://other.example.org")),
        ("aud", Value::Null),
        ("iss", json!("https://other.example.org")),
        ("exp", json!(now + LIFE + 1)),
        ("exp", json!(now)),
        ("iat", json!(now + 60)),
        ("sub", json!("cli_x")),
        ("org", json!(other)),
        ("knd", json!("service")),
        ("knd", json!("operator")),
        ("roles", json!(["root"])),
        ("cln", json!(["cln_x"])),
    ] {
        let mut claims = bench.claims();
        claims[claim] = value.clone();
        assert!(
            bench.refuses(&bench.sign(&bench.header(), &claims)),
            "{claim} {value}"
        );
    }
}

#[test]
fn refuses_other_types_and_unknown_keys() {
    let bench = bench();
    let claims = bench.claims();
    for kid in [None, Some("unknown".to_owned()), Some(String::new())] {
        assert!(bench.refuses(&bench.sign(
            &Header {
                kid,
                ..bench.header()
            },
            &claims
        )));
    }
    for typ in [None, Some("JWT".to_owned())] {
        assert!(bench.refuses(&bench.sign(
            &Header {
                typ,
                ..bench.header()
            },
            &claims
        )));
    }
    let crit = Some(vec!["exp".to_owned()]);
    assert!(bench.refuses(&bench.sign(
        &Header {
            crit,
            ..bench.header()
        },
        &claims
    )));
    let stranger = SigningKey::generate();
    let forged = jsonwebtoken::encode(&bench.header(), &claims, stranger.encoding()).unwrap();
    assert!(bench.refuses(&forged));
}

#[test]
fn refuses_tokens_without_a_signature_and_with_the_public_key_as_a_secret() {
    let bench = bench();
    let token = bench.tokens.issue(&client(), None);
    let parts: Vec<_> = token.split('.').collect();
    let none = URL_SAFE_NO_PAD.encode(
        json!({
            "alg": "none", "typ": TYPE, "kid": bench.key.kid()
        })
        .to_string(),
    );
    for signature in ["", parts[2]] {
        assert!(bench.refuses(&format!("{none}.{}.{signature}", parts[1])));
    }
    let secret = URL_SAFE_NO_PAD.decode(bench.key.public()).unwrap();
    let header = Header {
        alg: Algorithm::HS256,
        ..bench.header()
    };
    let confused =
        jsonwebtoken::encode(&header, &bench.claims(), &EncodingKey::from_secret(&secret)).unwrap();
    assert!(bench.refuses(&confused));
}

#[test]
fn refuses_tampered_and_malformed_texts() {
    let bench = bench();
    let token = bench.tokens.issue(&client(), None);
    let parts: Vec<_> = token.split('.').collect();
    let mut claims = bench.claims();
    claims["scope"] = json!("users.write");
    let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
    assert!(bench.refuses(&format!("{}.{payload}.{}", parts[0], parts[2])));
    let long = "a".repeat(LONGEST + 1);
    for text in [
        "",
        ".",
        "..",
        "a.b.c",
        &token[..token.len() - 2],
        &format!("{token}."),
        &long,
    ] {
        assert!(bench.refuses(text), "{text}");
    }
}

#[test]
fn a_retired_key_is_still_believed() {
    let bench = bench();
    let token = bench.tokens.issue(&client(), None);
    let keys = TokenKeys::new(SigningKey::generate())
        .with_retired(&bench.key.public())
        .unwrap();
    let clock = Arc::<FakeClock>::clone(&bench.clock);
    let rotated = AccessTokens::new(ISSUER, keys, clock, Arc::new(SystemIds));
    assert!(rotated.verify(&token).is_ok());
    assert!(bench.refuses(&rotated.issue(&client(), None)));
    assert_eq!(rotated.jwks()["keys"].as_array().unwrap().len(), 2);
}
