//! SendTransactional.

use super::{Api, read, render};
use crate::dispatch::enqueue;
use crate::domain::{Account, Address, Channel, Clinic, Kind, Message, State};
use crate::error::Error;
use crate::store::{NewMessage, Tx};
use bitewing_core::{ClinicId, MessageId, PatientId, Sensitive};
use bitewing_proto::conversation as pb;
use bitewing_rpc::{Call, Fields, Violation, all, field};
use bitewing_runtime::audit;
use serde_json::json;
use time::OffsetDateTime;

const MAX_SECRET: usize = 500;

/// What a request asks for, the address aside: how that is read, the clinic tells.
struct Wanted {
    kind: Kind,
    channel: Channel,
    clinic: ClinicId,
    patient: Option<PatientId>,
    secret: Sensitive<String>,
    not_after: OffsetDateTime,
    request_id: String,
}

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::SendTransactionalRequest,
) -> Result<pb::SendTransactionalResponse, Error> {
    let wanted = read_request(api, &request)?;

    let mut tx = api.begin(call).await?;
    if let Some(id) = tx.message_of_request(&wanted.request_id).await? {
        return answer(tx, id).await;
    }
    let visible = call.caller.clinics.allow(wanted.clinic);
    let clinic = tx.clinic(wanted.clinic, false).await?.filter(|_| visible);
    let clinic = clinic.ok_or(Error::ClinicNotFound)?;
    let account = tx.account_for(wanted.channel).await?;
    tx.commit().await?;
    if account.is_none() && !api.sending.sandbox_fallback {
        return Err(Error::NoChannelAccount);
    }
    let address = Address::parse(wanted.channel, &request.address, &clinic.card.region)
        .map_err(|error| vec![Violation::new("address", error)])?;
    if wanted.channel == Channel::Sms && address.is_landline() {
        return Err(Error::PhoneIsLandline);
    }
    let occasion = (wanted.kind, wanted.channel);
    let mut variables = request.variables;
    render::known_variables(&mut variables, &clinic);
    let sender = (
        sender(account.as_ref(), &clinic, wanted.channel),
        clinic.card.display_name.clone(),
    );
    let letter = render::letter(api, call, occasion, request.language, variables, sender).await?;

    let now = api.base.clock.now();
    let message = Message {
        id: MessageId::from_uuid(api.base.ids.next()),
        clinic: wanted.clinic,
        patient: wanted.patient,
        channel: wanted.channel,
        account: account.map(|account| account.id),
        state: State::Queued,
        reason: String::new(),
        provider_code: String::new(),
        attempts: 0,
        not_after: wanted.not_after,
        accepted_at: None,
        sent_at: None,
        ended_at: None,
        created_at: now,
        updated_at: now,
    };
    let (secret, request_id) = (&wanted.secret, wanted.request_id.as_str());
    let new = NewMessage {
        message: &message,
        address: &address,
        letter: &letter,
        secret,
        request_id,
    };
    let mut tx = api.begin(call).await?;
    if !tx.insert_message(&new).await? {
        let first = tx
            .message_of_request(&wanted.request_id)
            .await?
            .ok_or(Error::Conflict)?;
        return answer(tx, first).await;
    }
    enqueue(&mut tx, message.id, &call.caller.clinics).await?;
    let details = json!({ "kind": wanted.kind.name(), "channel": wanted.channel.name() });
    let line = audit::entry(
        call,
        "message.queued",
        message.id,
        Some(message.clinic),
        details,
    );
    tx.audit(line).await?;
    tx.commit().await?;
    Ok(pb::SendTransactionalResponse {
        message: Some(message.into()),
    })
}

fn read_request(
    api: &Api,
    request: &pb::SendTransactionalRequest,
) -> Result<Wanted, Vec<Violation>> {
    let mut fields = Fields::new();
    let kind = fields.take("kind", read::kind(request.kind));
    let channel = fields.take("channel", read::channel(request.channel));
    let clinic = fields.take("clinic_id", field::id(&request.clinic_id));
    let patient = fields.take("patient_id", field::optional_id(&request.patient_id));
    let least = usize::from(kind.is_none_or(Kind::has_secret));
    let secret = fields.take("secret", field::text(&request.secret, least..=MAX_SECRET));
    let name = fields.take("request_id", field::text(&request.request_id, 1..=100));
    let not_after = request.not_after.map(field::timestamp).transpose();
    let not_after = fields.take("not_after", not_after).and_then(|not_after| {
        fields.take(
            "not_after",
            Message::parse_life(not_after, api.base.clock.now()),
        )
    });
    let (kind, channel, clinic, patient, secret, not_after, request_id) = all!(
        fields, kind, channel, clinic, patient, secret, not_after, name
    )?;
    Ok(Wanted {
        kind,
        channel,
        clinic,
        patient,
        secret: secret.into(),
        not_after,
        request_id,
    })
}

/// Who the message is from: the account's sender; on the sandbox, where none is given, the clinic.
pub(super) fn sender(account: Option<&Account>, clinic: &Clinic, channel: Channel) -> String {
    let given = account
        .map(|account| account.sender.clone())
        .filter(|sender| !sender.is_empty());
    given.unwrap_or_else(|| match channel {
        Channel::Sms | Channel::Voice => clinic.card.phone.clone(),
        Channel::Email => clinic.card.display_name.clone(),
    })
}

/// The message that a repeated request stands for.
async fn answer(mut tx: Tx, id: MessageId) -> Result<pb::SendTransactionalResponse, Error> {
    let message = tx
        .message(id, None, false)
        .await?
        .ok_or(Error::MessageNotFound)?;
    tx.commit().await?;
    Ok(pb::SendTransactionalResponse {
        message: Some(message.into()),
    })
}
