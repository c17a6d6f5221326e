//! What an access token says.

use crate::domain::{ClientId, RESERVED};
use bitewing_auth::{Actor, ActorKind, Caller, Clinics, Role};
use bitewing_core::{ClinicId, OrganizationId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The client staff sign in through: the API itself.
const STAFF: &str = "staff";

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) aud: String,
    pub(super) sub: String,
    pub(super) client_id: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) jti: Uuid,
    pub(super) scope: String,
    /// The session of a user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sid: Option<Uuid>,
    /// The organization.
    org: String,
    /// The kind of actor.
    knd: String,
    /// Roles of a user (RFC 9068 2.2.3.1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    roles: Vec<String>,
    /// The clinics the caller is restricted to.
    #[serde(skip_serializing_if = "Option::is_none")]
    cln: Option<Vec<String>>,
}

/// What stays the same for all tokens of an installation, or differs for each.
pub(super) struct Frame<'a> {
    pub(super) issuer: &'a str,
    pub(super) issued: i64,
    pub(super) expires: i64,
    pub(super) id: Uuid,
    pub(super) session: Option<Uuid>,
}

impl Claims {
    pub(super) fn new(caller: &Caller, frame: &Frame<'_>) -> Self {
        let subject = caller.actor.id.clone();
        Self {
            iss: frame.issuer.to_owned(),
            aud: frame.issuer.to_owned(),
            client_id: match caller.actor.kind {
                ActorKind::User => STAFF.to_owned(),
                _ => subject.clone(),
            },
            sub: subject,
            iat: frame.issued,
            exp: frame.expires,
            jti: frame.id,
            scope: caller.scopes.join(" "),
            sid: frame.session,
            org: caller.organization().to_string(),
            knd: caller.actor.kind.as_str().to_owned(),
            roles: caller
                .roles
                .iter()
                .map(|role| role.as_str().to_owned())
                .collect(),
            cln: match &caller.clinics {
                Clinics::All => None,
                Clinics::Only(clinics) => Some(clinics.iter().map(ToString::to_string).collect()),
            },
        }
    }

    /// The caller, and the identifier its subject can be revoked by; none if the claims do not fit
    /// together.
    pub(super) fn caller(&self) -> Option<(Caller, Option<Uuid>)> {
        let organization: OrganizationId = self.org.parse().ok()?;
        let kind = ActorKind::parse(&self.knd)?;
        let subject = match kind {
            ActorKind::ApiClient => {
                let client: ClientId = self.sub.parse().ok()?;
                (client.organization == organization).then(|| client.id.uuid())
            }
            ActorKind::User => Some(self.sub.parse::<UserId>().ok()?.uuid()),
            ActorKind::Operator => (organization == RESERVED).then_some(Uuid::nil()),
            ActorKind::Service | ActorKind::Recipient => None,
        }?;
        let clinics: Option<Vec<ClinicId>> = match &self.cln {
            None => None,
            Some(clinics) => Some(
                clinics
                    .iter()
                    .map(|clinic| clinic.parse())
                    .collect::<Result<_, _>>()
                    .ok()?,
            ),
        };
        let roles = self
            .roles
            .iter()
            .map(|role| Role::parse(role))
            .collect::<Option<_>>()?;
        let scopes = self.scope.split(' ').filter(|scope| !scope.is_empty());
        let caller = Caller::verified(
            organization,
            Actor {
                kind,
                id: self.sub.clone(),
            },
            clinics.map_or(Clinics::All, Clinics::Only),
            roles,
            scopes.map(str::to_owned).collect(),
        );
        Some((caller, Some(subject).filter(|subject| !subject.is_nil())))
    }
}
