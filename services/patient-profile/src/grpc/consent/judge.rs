//! Whether a patient may be written to, from everything that is known: the record, its addresses and the
//! statements about both. What CheckConsent and the guide share.

use super::super::Api;
use crate::domain::consent::{AddressHash, Ask, Decision, Purpose, Statement, Why, decide};
use crate::domain::guide::channels::{Obstacle, blocked_by_addresses, serves};
use crate::domain::{ContactChannel, KeptKey, Patient};
use crate::error::Error;
use crate::store::Tx;
use bitewing_core::{ConsentId, OrganizationId, PatientId};
use time::OffsetDateTime;

/// A patient with everything that was said about writing to them.
pub(crate) struct Subject {
    records: Vec<PatientId>,
    hashes: Vec<AddressHash>,
    silenced: Vec<AddressHash>,
    pub(crate) statements: Vec<Statement>,
}

impl Subject {
    /// Reads the statements about a patient and the patient's addresses.
    pub(crate) async fn of(
        api: &Api,
        tx: &mut Tx,
        organization: OrganizationId,
        patient: &Patient,
    ) -> Result<Self, Error> {
        let records = tx.records_of(patient.id).await?;
        let hashes: Vec<_> = patient
            .contact_points
            .iter()
            .map(|point| api.hash_address(organization, &point.address))
            .collect();
        let statements = tx.statements(&records, &hashes).await?;
        let silenced = silenced(tx, &hashes).await?;
        Ok(Self {
            records,
            hashes,
            silenced,
            statements,
        })
    }

    pub(crate) fn ask(
        &self,
        purpose: Option<Purpose>,
        channel: Option<ContactChannel>,
        address: Option<AddressHash>,
        at: OffsetDateTime,
    ) -> Ask<'_> {
        Ask {
            patients: &self.records,
            purpose,
            channel,
            address,
            at,
        }
    }

    /// The hashes of the addresses a channel may use, as many as there are.
    pub(crate) fn addresses_on(
        &self,
        patient: &Patient,
        channel: ContactChannel,
    ) -> Vec<AddressHash> {
        let points = patient.contact_points.iter().zip(&self.hashes);
        points
            .filter(|(point, _)| serves(point, channel))
            .map(|(_, hash)| *hash)
            .collect()
    }

    /// Decides over any of the addresses on a channel; none if there is no address there.
    pub(crate) fn decide(
        &self,
        patient: &Patient,
        purpose: Purpose,
        channel: ContactChannel,
        at: OffsetDateTime,
    ) -> Option<Decision> {
        let decisions: Vec<_> = self
            .addresses_on(patient, channel)
            .into_iter()
            .map(|hash| {
                let ask = self.ask(Some(purpose), Some(channel), Some(hash), at);
                heed(
                    decide(&self.statements, &ask),
                    purpose,
                    self.silenced.contains(&hash),
                )
            })
            .collect();
        let allowed = decisions.iter().find(|decision| decision.allowed());
        allowed.or(decisions.first()).copied()
    }

    /// What closes a channel for a purpose, and the statement that does.
    pub(crate) fn obstacle(
        &self,
        patient: &Patient,
        purpose: Purpose,
        channel: ContactChannel,
        at: OffsetDateTime,
    ) -> Option<(Obstacle, Option<ConsentId>)> {
        if let Some(obstacle) = refused_by_record(patient, purpose, channel) {
            return Some((obstacle, None));
        }
        if let Some(obstacle) = blocked_by_addresses(&patient.contact_points, channel) {
            return Some((obstacle, None));
        }
        let decision = self.decide(patient, purpose, channel, at)?;
        let obstacle = match decision.why {
            Why::Granted | Why::NotRequired => return None,
            Why::Revoked => Obstacle::Revoked,
            Why::AddressSuppressed => Obstacle::AddressSuppressed,
            Why::NoConsent => Obstacle::NoConsent,
        };
        Some((obstacle, decision.statement))
    }
}

/// What the record itself says against a message. Codes the patient asks for are no messages of ours.
pub(crate) fn refused_by_record(
    patient: &Patient,
    purpose: Purpose,
    channel: ContactChannel,
) -> Option<Obstacle> {
    let profile = &patient.profile;
    if profile.deceased {
        Some(Obstacle::Deceased)
    } else if purpose == Purpose::Security {
        None
    } else if profile.do_not_contact {
        Some(Obstacle::DoNotContact)
    } else if profile.refused_channels.contains(&channel) {
        Some(Obstacle::RefusedByPatient)
    } else {
        None
    }
}

/// The addresses among these at which somebody who was erased did not want to be written to: that
/// outlived the record as a keyed hash.
pub(super) async fn silenced(
    tx: &mut Tx,
    hashes: &[AddressHash],
) -> Result<Vec<AddressHash>, Error> {
    let asked: Vec<Vec<u8>> = hashes.iter().map(|hash| hash.to_vec()).collect();
    let kept = tx.kept_keys(KeptKey::Address, &asked).await?;
    let kept = kept.into_iter().filter_map(|hash| hash.try_into().ok());
    Ok(kept.collect())
}

/// What outlived a record holds for whoever the address comes back with, until they say otherwise.
pub(super) fn heed(decision: Decision, purpose: Purpose, silenced: bool) -> Decision {
    if silenced && purpose != Purpose::Security && decision.why == Why::NotRequired {
        return Decision {
            why: Why::AddressSuppressed,
            statement: None,
        };
    }
    decision
}
