//! CheckConsent: to be asked at the moment of sending.

use super::super::Api;
use super::super::address::required;
use super::convert;
use super::judge::{Subject, heed, refused_by_record, silenced};
use super::subject::{Named, Parts};
use crate::domain::consent::{Ask, Decision, Purpose, decide};
use crate::domain::{Address, ContactChannel, Patient};
use crate::error::Error;
use crate::store::Tx;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, all};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::CheckConsentRequest,
) -> Result<pb::CheckConsentResponse, Error> {
    let mut fields = Fields::new();
    let named = Named::read(
        &mut fields,
        &Parts {
            patient: &request.patient_id,
            clinic: &request.clinic_id,
            address: &request.address,
            kind: request.address_kind,
            channel: request.channel,
        },
    );
    let purpose = fields.take("purpose", required::<Purpose>(request.purpose));
    let channel = fields.take("channel", required::<ContactChannel>(request.channel));
    let (named, purpose, channel) = all!(fields, named, purpose, channel)?;
    let found = named.find(api, call).await?;

    let mut tx = api.begin(call).await?;
    let question = Question {
        api,
        call,
        purpose,
        channel,
    };
    let decided = match (&found.patient, &found.address) {
        (Some(patient), address) => {
            question
                .of_patient(&mut tx, patient, address.as_ref())
                .await?
        }
        (None, Some(address)) => answer(question.of_address(&mut tx, address).await?),
        (None, None) => refused(pb::ConsentDecision::NoAddress),
    };
    tx.commit().await?;
    Ok(decided)
}

struct Question<'a> {
    api: &'a Api,
    call: &'a Call,
    purpose: Purpose,
    channel: ContactChannel,
}

impl Question<'_> {
    async fn of_patient(
        &self,
        tx: &mut Tx,
        patient: &Patient,
        address: Option<&Address>,
    ) -> Result<pb::CheckConsentResponse, Error> {
        if let Some(obstacle) = refused_by_record(patient, self.purpose, self.channel) {
            return Ok(refused(convert::refusal(obstacle)));
        }
        let subject = Subject::of(self.api, tx, self.call.organization(), patient).await?;
        let now = self.api.base.clock.now();
        let decision = match address {
            None => subject.decide(patient, self.purpose, self.channel, now),
            Some(address) => {
                let hash = self.api.hash_address(self.call.organization(), address);
                // An address that is not the patient's (yet) has statements of its own.
                let mut statements = tx.statements(&[], &[hash]).await?;
                statements.retain(|one| subject.statements.iter().all(|known| known.id != one.id));
                statements.extend(subject.statements.iter().cloned());
                let ask = subject.ask(Some(self.purpose), Some(self.channel), Some(hash), now);
                let silent = silenced(tx, &[hash]).await?.contains(&hash);
                Some(heed(decide(&statements, &ask), self.purpose, silent))
            }
        };
        Ok(decision.map_or_else(|| refused(pb::ConsentDecision::NoAddress), answer))
    }

    async fn of_address(&self, tx: &mut Tx, address: &Address) -> Result<Decision, Error> {
        let hash = self.api.hash_address(self.call.organization(), address);
        let statements = tx.statements(&[], &[hash]).await?;
        let ask = Ask {
            patients: &[],
            purpose: Some(self.purpose),
            channel: Some(self.channel),
            address: Some(hash),
            at: self.api.base.clock.now(),
        };
        let silent = silenced(tx, &[hash]).await?.contains(&hash);
        Ok(heed(decide(&statements, &ask), self.purpose, silent))
    }
}

fn answer(decision: Decision) -> pb::CheckConsentResponse {
    pb::CheckConsentResponse {
        allowed: decision.allowed(),
        decision: convert::decision(decision.why).into(),
        consent_id: decision
            .statement
            .map(|id| id.to_string())
            .unwrap_or_default(),
    }
}

fn refused(decision: pb::ConsentDecision) -> pb::CheckConsentResponse {
    pb::CheckConsentResponse {
        allowed: false,
        decision: decision.into(),
        consent_id: String::new(),
    }
}
