//! From wire to domain.

use crate::domain::{
    Account, Channel, ClinicCard, Contract, Endpoint, Kind, Resolution, Route, State,
};
use bitewing_core::id::TypedId;
use bitewing_core::{ChannelAccountId, Language, Sensitive};
use bitewing_proto::conversation as pb;
use bitewing_proto::template::TemplateKind;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Fields, Violation};
use time::OffsetDateTime;

/// Reads the one identifier of a request.
pub(super) fn id<T: TypedId>(text: &str, path: &str) -> Result<T, Vec<Violation>> {
    field::id(text).map_err(|error| vec![Violation::new(path, error)])
}

pub(super) fn channel(value: i32) -> Result<Channel, FieldError> {
    match field::one_of(value)? {
        pb::Channel::Sms => Ok(Channel::Sms),
        pb::Channel::Email => Ok(Channel::Email),
        pb::Channel::Voice => Ok(Channel::Voice),
        pb::Channel::Unspecified => Err(FieldError::Required),
    }
}

pub(super) fn kind(value: i32) -> Result<Kind, FieldError> {
    match field::one_of(value)? {
        TemplateKind::DocumentLink => Ok(Kind::DocumentLink),
        TemplateKind::DocumentCode => Ok(Kind::DocumentCode),
        TemplateKind::Unspecified => Err(FieldError::Required),
    }
}

/// Reads a state to list; zero is every state.
pub(super) fn state(value: i32) -> Result<Option<State>, FieldError> {
    Ok(match field::optional_one_of(value)? {
        None | Some(pb::MessageState::Unspecified) => None,
        Some(pb::MessageState::Queued) => Some(State::Queued),
        Some(pb::MessageState::Sending) => Some(State::Sending),
        Some(pb::MessageState::Accepted) => Some(State::Accepted),
        Some(pb::MessageState::Delivered) => Some(State::Delivered),
        Some(pb::MessageState::Failed) => Some(State::Failed),
        Some(pb::MessageState::Ambiguous) => Some(State::Ambiguous),
        Some(pb::MessageState::Expired) => Some(State::Expired),
    })
}

/// Reads a clinic, noting every violation.
pub(super) fn clinic(clinic: &pb::Clinic) -> Result<ClinicCard, Vec<Violation>> {
    let mut fields = Fields::new();
    let name = fields.take(
        "clinic.display_name",
        field::text(&clinic.display_name, 1..=120),
    );
    let zone = fields.take(
        "clinic.time_zone",
        ClinicCard::parse_zone(&clinic.time_zone),
    );
    let region = fields.take("clinic.region", ClinicCard::parse_region(&clinic.region));
    let own = region.as_deref().unwrap_or_default();
    let phone = fields.take("clinic.phone", ClinicCard::parse_phone(&clinic.phone, own));
    let language = fields.take("clinic.language", clinic.language.parse::<Language>());
    let address = fields.take("clinic.address", field::text(&clinic.address, 0..=500));
    let (display_name, time_zone, region, phone, language, address) =
        bitewing_rpc::all!(fields, name, zone, region, phone, language, address)?;
    Ok(ClinicCard {
        display_name,
        time_zone,
        phone,
        region,
        language,
        address,
    })
}

/// Reads an account and its credential, noting every violation.
pub(super) fn account(
    id: ChannelAccountId,
    sent: &pb::ChannelAccount,
    credential: &str,
    now: OffsetDateTime,
) -> Result<(Account, Option<Sensitive<String>>), Vec<Violation>> {
    let mut fields = Fields::new();
    let path = |name: &str| format!("channel_account.{name}");
    let name = fields.take(
        path("display_name"),
        field::text(&sent.display_name, 1..=120),
    );
    let channels = channels(&mut fields, &sent.channels);
    let sender = fields.take(path("sender"), field::text(&sent.sender, 0..=254));
    let route = match fields.take(path("provider"), field::one_of(sent.provider)) {
        Some(pb::ProviderKind::Sandbox) => Some(sandbox(&mut fields, sent, credential)),
        Some(pb::ProviderKind::Http) => http(&mut fields, sent, credential),
        Some(pb::ProviderKind::Unspecified) | None => None,
    };
    let (display_name, sender, (route, credential)) =
        bitewing_rpc::all!(fields, name, sender, route)?;
    let account = Account {
        id,
        display_name,
        channels,
        sender,
        route,
        disabled: false,
        created_at: now,
    };
    Ok((account, credential))
}

type Routed = (Route, Option<Sensitive<String>>);

fn sandbox(fields: &mut Fields, sent: &pb::ChannelAccount, credential: &str) -> Routed {
    let given = [
        ("channel_account.endpoint", !sent.endpoint.is_empty()),
        ("channel_account.repeat_contract", sent.repeat_contract != 0),
        ("credential", !credential.is_empty()),
    ];
    for (path, _) in given.into_iter().filter(|(_, given)| *given) {
        fields.note(path, "must be empty: the sandbox needs none");
    }
    (Route::Sandbox, None)
}

fn http(fields: &mut Fields, sent: &pb::ChannelAccount, credential: &str) -> Option<Routed> {
    let endpoint = fields.take("channel_account.endpoint", Endpoint::parse(&sent.endpoint));
    let contract = fields.take(
        "channel_account.repeat_contract",
        field::one_of(sent.repeat_contract),
    );
    let contract = contract.and_then(|contract| match contract {
        pb::RepeatContract::Keyed => Some(Contract::Keyed),
        pb::RepeatContract::Queryable => Some(Contract::Queryable),
        pb::RepeatContract::None => Some(Contract::None),
        pb::RepeatContract::Unspecified => None,
    });
    if sent.sender.trim().is_empty() {
        fields.note("channel_account.sender", FieldError::Required);
    }
    let bearer = (1..=500).contains(&credential.len())
        && credential.bytes().all(|byte| byte.is_ascii_graphic());
    if !bearer {
        fields.note(
            "credential",
            "must be 1 to 500 ASCII characters without spaces",
        );
    }
    let route = Route::Http {
        endpoint: endpoint?,
        contract: contract?,
    };
    Some((route, Some(credential.to_owned().into())))
}

fn channels(fields: &mut Fields, sent: &[i32]) -> Vec<Channel> {
    let mut channels = Vec::with_capacity(sent.len().min(3));
    if sent.is_empty() {
        fields.note("channel_account.channels", FieldError::Required);
    }
    if sent.len() > 3 {
        fields.note("channel_account.channels", FieldError::TooMany(3));
        return channels;
    }
    for (index, value) in sent.iter().enumerate() {
        let path = format!("channel_account.channels[{index}]");
        if let Some(channel) = fields.take(&path, channel(*value)) {
            if channels.contains(&channel) {
                fields.note(path, "must not repeat another one");
            }
            channels.push(channel);
        }
    }
    channels
}

pub(super) fn resolution(value: i32) -> Result<Resolution, FieldError> {
    match field::one_of(value)? {
        pb::Resolution::Resend => Ok(Resolution::Resend),
        pb::Resolution::ConsiderSent => Ok(Resolution::ConsiderSent),
        pb::Resolution::ConsiderFailed => Ok(Resolution::ConsiderFailed),
        pb::Resolution::Unspecified => Err(FieldError::Required),
    }
}
