//! SendMessage.

use super::guard::{Judged, stored_action};
use super::send_transactional::sender;
use super::{Api, patient, read};
use crate::dispatch::{enqueue, enqueue_at, tell};
use crate::domain::{
    Account, Address, Channel, Clinic, Insistence, Letter, Message, State, Step, decide,
};
use crate::error::Error;
use crate::store::{NewMessage, Tx};
use bitewing_core::{ClinicId, Language, MessageId, PatientId, Sensitive};
use bitewing_guard::message::Outbound;
use bitewing_guard::verdict::Outcome;
use bitewing_guard_desk::{read as guard_read, writer};
use bitewing_proto::conversation as pb;
use bitewing_rpc::{Call, Fields, Violation, all, field};
use bitewing_runtime::{Once, audit};
use bitewing_store::Event;
use serde_json::json;
use time::OffsetDateTime;

/// The longest text message: ten segments of GSM letters.
const MAX_SMS: usize = 1_600;
/// A reason says something.
const REASON: std::ops::RangeInclusive<usize> = 10..=500;

/// What a request asks for, the address aside: how that is read, the clinic tells.
struct Wanted {
    clinic: ClinicId,
    patient: Option<PatientId>,
    channel: Channel,
    subject: String,
    text: String,
    context: Outbound,
    not_after: OffsetDateTime,
    reason: Option<String>,
    explain_in: Language,
}

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::SendMessageRequest,
) -> Result<pb::SendMessageResponse, Error> {
    let id = field::request_id(&request.request_id)
        .map_err(|error| vec![Violation::new("request_id", error)])?;
    let once = Once::new(call, "SendMessage", id, &request);
    let mut wanted = read_request(api, &request)?;

    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        tx.commit().await?;
        return Ok(answer);
    }
    let visible = call.caller.clinics.allow(wanted.clinic);
    let clinic = tx.clinic(wanted.clinic, false).await?.filter(|_| visible);
    let clinic = clinic.ok_or(Error::ClinicNotFound)?;
    let policy = api.guard.policy(&mut tx, wanted.clinic).await?;
    let account = tx.account_for(wanted.channel).await?;
    // Nothing was written but a claim on the request id, which is made again below: the guard may take its time.
    drop(tx);
    patient::fill(api, call, wanted.patient, &mut wanted.context).await?;
    let said = match wanted.subject.as_str() {
        "" => wanted.text.clone(),
        subject => format!("{subject}\n{}", wanted.text),
    };
    let judged = api
        .guard
        .judge(call, &clinic, (said, wanted.context.clone()), policy)
        .await?;
    let verdict = judged.told(wanted.explain_in);
    if request.validate_only {
        return Ok(pb::SendMessageResponse {
            message: None,
            verdict: Some(verdict),
        });
    }
    let insistence = Insistence {
        given: wanted.reason.is_some(),
        may: writer::may_override(&call.caller),
        all_overridable: judged.all_overridable(),
    };
    let step = decide(&judged.verdict, insistence);
    if matches!(step, Step::Block | Step::RefuseOverride) {
        note_block(api, call, &wanted, &judged).await?;
        return Err(match step {
            Step::RefuseOverride => Error::GuardOverrideRefused,
            _ => judged.refusal(wanted.explain_in),
        });
    }
    if account.is_none() && !api.sending.sandbox_fallback {
        return Err(Error::NoChannelAccount);
    }
    let address = Address::parse(wanted.channel, &request.address, &clinic.card.region)
        .map_err(|error| vec![Violation::new("address", error)])?;
    if wanted.channel == Channel::Sms && address.is_landline() {
        return Err(Error::PhoneIsLandline);
    }
    let message = begin(api, &wanted, account.as_ref(), step);
    let letter = letter(&wanted, &judged, account.as_ref(), &clinic);

    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        tx.commit().await?;
        return Ok(answer);
    }
    write(&mut tx, call, &message, &address, &letter).await?;
    let reason = Sensitive::new(wanted.reason.unwrap_or_default());
    let check = judged.check(call, step, reason, message.created_at);
    let action = stored_action(judged.verdict.action);
    tx.insert_check(message.id, action, &check, message.created_at)
        .await?;
    told(&mut tx, call, &message, &judged, step).await?;
    let answer = pb::SendMessageResponse {
        message: Some(message.into()),
        verdict: Some(verdict),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}

fn read_request(api: &Api, request: &pb::SendMessageRequest) -> Result<Wanted, Vec<Violation>> {
    let mut fields = Fields::new();
    let clinic = fields.take("clinic_id", field::id(&request.clinic_id));
    let patient = fields.take("patient_id", field::optional_id(&request.patient_id));
    let channel = fields.take("channel", read::channel(request.channel));
    if channel == Some(Channel::Voice) {
        fields.note("channel", "must be a text message or an e-mail");
    }
    let email = channel == Some(Channel::Email);
    let subject = field::text(
        &request.subject,
        usize::from(email)..=if email { 200 } else { 0 },
    );
    let subject = fields.take("subject", subject);
    let longest = if email { guard_read::MAX_TEXT } else { MAX_SMS };
    let text = fields.take("text", guard_read::sendable(&request.text, longest));
    let context = request.context.clone().unwrap_or_default();
    let context = guard_read::context(&mut fields, &context);
    let not_after = request.not_after.map(field::timestamp).transpose();
    let not_after = fields.take("not_after", not_after).and_then(|not_after| {
        let life = Message::parse_life(not_after, api.base.clock.now());
        fields.take("not_after", life)
    });
    let reason = match request.override_reason.as_str() {
        "" => Some(None),
        given => fields
            .take("override_reason", field::text(given, REASON))
            .map(Some),
    };
    let (clinic, patient, channel, subject, text, context, not_after, reason) = all!(
        fields, clinic, patient, channel, subject, text, context, not_after, reason
    )?;
    Ok(Wanted {
        clinic,
        patient,
        channel,
        subject,
        text,
        context,
        not_after,
        reason,
        explain_in: guard_read::explain_in(&request.explain_in),
    })
}

fn begin(api: &Api, wanted: &Wanted, account: Option<&Account>, step: Step) -> Message {
    let now = api.base.clock.now();
    let (state, reason) = match step {
        Step::Hold(approver) => (State::Held, approver.reason().name().to_owned()),
        _ => (State::Queued, String::new()),
    };
    Message {
        id: MessageId::from_uuid(api.base.ids.next()),
        clinic: wanted.clinic,
        patient: wanted.patient,
        channel: wanted.channel,
        account: account.map(|account| account.id),
        state,
        reason,
        provider_code: String::new(),
        attempts: 0,
        not_after: wanted.not_after,
        accepted_at: None,
        sent_at: None,
        ended_at: None,
        created_at: now,
        updated_at: now,
    }
}

/// What leaves is what was judged: no secret, no marker.
fn letter(wanted: &Wanted, judged: &Judged, account: Option<&Account>, clinic: &Clinic) -> Letter {
    let language = wanted.context.language;
    Letter {
        sender: sender(account, clinic, wanted.channel),
        sender_name: clinic.card.display_name.clone(),
        subject: wanted.subject.clone(),
        text: wanted.text.clone(),
        html: String::new(),
        language: language
            .unwrap_or(judged.verdict.language.language)
            .tag()
            .to_owned(),
        marker: String::new(),
    }
}

async fn write(
    tx: &mut Tx,
    call: &Call,
    message: &Message,
    address: &Address,
    letter: &Letter,
) -> Result<(), Error> {
    let new = NewMessage {
        message,
        address,
        letter,
        secret: &Sensitive::new(String::new()),
        request_id: &format!("written/{}", message.id),
    };
    if !tx.insert_message(&new).await? {
        return Err(Error::Conflict);
    }
    let clinics = &call.caller.clinics;
    match message.state {
        State::Held => enqueue_at(tx, message.id, clinics, message.not_after).await,
        _ => enqueue(tx, message.id, clinics).await,
    }
}

/// Events and lines: that it waits, that a block was overridden, what has to happen besides.
async fn told(
    tx: &mut Tx,
    call: &Call,
    message: &Message,
    judged: &Judged,
    step: Step,
) -> Result<(), Error> {
    let (id, clinic) = (message.id, Some(message.clinic));
    let channel = message.channel.name();
    match step {
        Step::Hold(_) => tell(tx, call, message, State::Held, &message.reason).await?,
        Step::Override => {
            let details = json!({ "channel": channel, "rules": judged.blocking_rules() });
            tx.audit(audit::entry(
                call,
                "message.overridden",
                id,
                clinic,
                details,
            ))
            .await?;
        }
        _ => {}
    }
    if message.state == State::Queued {
        let details = json!({ "kind": "written", "channel": channel });
        tx.audit(audit::entry(call, "message.queued", id, clinic, details))
            .await?;
    }
    // R65: the patient told of a symptom, and this answers it.
    if judged.verdict.outcomes.contains(&Outcome::NotifyDentist) {
        let payload = json!({
            "clinic_id": message.clinic.to_string(),
            "patient_id": message.patient.as_ref().map(PatientId::to_string),
            "message_id": id.to_string(),
        });
        tx.emit(Event {
            event_type: "dentist.notified",
            resource: id.to_string(),
            payload,
        })
        .await?;
    }
    Ok(())
}

/// A block leaves a line: who wanted to send, and which rules said no; never what.
async fn note_block(api: &Api, call: &Call, wanted: &Wanted, judged: &Judged) -> Result<(), Error> {
    let mut tx = api.begin(call).await?;
    let details = json!({
        "channel": wanted.channel.name(),
        "rules": judged.blocking_rules(),
        "override_asked": wanted.reason.is_some(),
    });
    let clinic = wanted.clinic;
    tx.audit(audit::entry(
        call,
        "message.blocked",
        clinic,
        Some(clinic),
        details,
    ))
    .await?;
    tx.commit().await
}
