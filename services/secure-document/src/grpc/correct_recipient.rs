//! CorrectRecipient: another number is another authenticator (NIST SP 800-63B-4 3.1.3.3), so it is a new
//! link with a new token, and the addresses used so far are told (ASVS 5.0 6.3.7).

use super::convert;
use super::make_link::{End, Wish, reach_at};
use super::replace_link::{find, replace};
use crate::domain::code::NOTICES_PER_PHONE;
use crate::domain::code_policy::Reach;
use crate::domain::recipient::{Contact, Notice, Recipient};
use crate::domain::{CodeChannel, Delivery, Link};
use crate::error::Error;
use crate::jobs;
use crate::store::{Author, LinkRef, Tx, trail};
use crate::vault::Vault;
use bitewing_core::{EmailAddress, LinkId, Phone};
use bitewing_proto::document as pb;
use bitewing_rpc::field::FieldError;
use bitewing_rpc::{Call, Fields, Violation, all, field};
use bitewing_runtime::Once;
use serde_json::json;
use uuid::Uuid;

/// Why the old link ended.
const REASON: &str = "RECIPIENT_CORRECTED";

/// What was typed twice, the phone still as it was typed: its region is the clinic's.
struct Correction {
    link: LinkId,
    email: Option<EmailAddress>,
    phone: Option<String>,
    channel: Option<CodeChannel>,
    request_id: Option<Uuid>,
}

pub(super) async fn run(
    vault: &Vault,
    call: &Call,
    request: pb::CorrectRecipientRequest,
) -> Result<pb::CorrectRecipientResponse, Error> {
    let correction = read(&request)?;
    let once = Once::new(call, "CorrectRecipient", correction.request_id, &request);
    let old = find(vault, call, correction.link).await?;
    let (recipient, wanted) = corrected(vault, call, &old, &correction).await?;
    let wish = Wish {
        patient: old.patient,
        documents: old.documents.clone(),
        code_channel: wanted,
        end: End::After(old.expires_at - old.created_at),
        max_unlocks: old.max_unlocks,
        reissued_from: Some(old.id),
    };
    let contacts = [
        Contact::Email(recipient.email.clone()),
        Contact::Phone(recipient.phone.clone(), recipient.phone.line()),
    ];
    let reached = reach_at(vault, call, &wish, &contacts).await?;

    let mut tx = vault.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    let link = replace(vault, call, &mut tx, wish, reached, REASON).await?;
    tell(vault, call, &mut tx, &old, &link).await?;
    let answer = pb::CorrectRecipientResponse {
        link: Some(link.into()),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}

fn read(request: &pb::CorrectRecipientRequest) -> Result<Correction, Vec<Violation>> {
    let mut fields = Fields::new();
    let link = fields.take("link_id", field::id::<LinkId>(&request.link_id));
    let (email, phone) = (request.email.trim(), request.phone.trim());
    if email != request.email_again.trim() {
        fields.note("email_again", "must be the same as email");
    }
    if phone != request.phone_again.trim() {
        fields.note("phone_again", "must be the same as phone");
    }
    if email.is_empty() && phone.is_empty() {
        fields.note("email", FieldError::Required);
        fields.note("phone", FieldError::Required);
    }
    let email = (!email.is_empty()).then(|| EmailAddress::parse(email));
    let email = fields.take("email", email.transpose());
    let phone = fields.take("phone", field::optional_text(phone, 64));
    let channel = field::optional_one_of::<pb::CodeChannel>(request.code_channel);
    let channel = fields.take("code_channel", channel);
    let request_id = fields.take("request_id", field::request_id(&request.request_id));
    let (link, email, phone, channel, request_id) =
        all!(fields, link, email, phone, channel, request_id)?;
    Ok(Correction {
        link,
        email,
        phone,
        channel: channel.and_then(convert::channel),
        request_id,
    })
}

/// Whom the new link is for, and how the code goes: where the phone stays, as it went before.
async fn corrected(
    vault: &Vault,
    call: &Call,
    old: &Link,
    correction: &Correction,
) -> Result<(Recipient, Option<CodeChannel>), Error> {
    let mut recipient = old.recipient.clone();
    if let Some(email) = &correction.email {
        recipient.email = email.clone();
    }
    if let Some(typed) = &correction.phone {
        let mut tx = vault.begin(call).await?;
        let clinic = tx.clinic(old.clinic).await?;
        tx.commit().await?;
        let own = clinic.and_then(|clinic| Phone::parse(&clinic.phone, None).ok());
        let region = own.as_ref().map(Phone::region);
        let phone = Phone::parse(typed, region);
        recipient.phone = phone.map_err(|error| vec![Violation::new("phone", error)])?;
    }
    if recipient == old.recipient {
        return Err(Error::NothingToCorrect);
    }
    let stays = recipient.phone == old.recipient.phone;
    let before = stays.then_some(old.code_channel);
    Ok((recipient, correction.channel.or(before)))
}

/// Tells the addresses of the old link that it ended; nothing in it names the new ones. A mailbox that
/// bounced, a line without texts and a phone codes may not go to are spared.
async fn tell(
    vault: &Vault,
    call: &Call,
    tx: &mut Tx,
    old: &Link,
    new: &Link,
) -> Result<(), Error> {
    let about = LinkRef {
        id: old.id,
        clinic: old.clinic,
        patient: old.patient,
    };
    let mut told = Vec::new();
    if old.delivery != Delivery::Bounced {
        let notice = Notice::Email(old.recipient.email.clone());
        tx.enqueue(jobs::tell_replaced(about, &notice)).await?;
        told.push("EMAIL");
    }
    if old.code_channel == CodeChannel::Sms && may_text(vault, tx, &old.recipient.phone).await? {
        let notice = Notice::Text(old.recipient.phone.clone());
        tx.enqueue(jobs::tell_replaced(about, &notice)).await?;
        told.push("SMS");
    }
    let details = json!({
        "replaces": old.id.to_string(),
        "email_changed": new.recipient.email != old.recipient.email,
        "phone_changed": new.recipient.phone != old.recipient.phone,
        "phone_hint": new.recipient.phone.hint(),
        "told": told,
    });
    let (resource, clinic) = (new.id.to_string(), Some(new.clinic));
    let author = Author::caller(call);
    let action = "link.recipient_corrected";
    Ok(trail::audit(tx, &author, action, resource, clinic, details).await?)
}

async fn may_text(vault: &Vault, tx: &mut Tx, phone: &Phone) -> Result<bool, Error> {
    let (settings, policy) = (tx.settings().await?, tx.code_policy().await?);
    let reach = Reach {
        allowed_regions: &settings.allowed_regions,
        stops: &policy.stops,
        operator_stops: &vault.operator_stops,
    };
    if reach.check(CodeChannel::Sms, phone.region()).is_err() {
        return Ok(false);
    }
    let pepper = &vault.base.pepper;
    let subject = pepper.mac("notice-v1", &[phone.e164().as_bytes()]);
    Ok(tx.spend(&subject, &NOTICES_PER_PHONE).await?.is_none())
}
