//! Accounts at providers, from wire to domain.

use super::read::channel;
use super::read_twilio::twilio;
use crate::domain::{
    Account, Channel, Contract, Credential, Endpoint, ProviderKind, ReturnPath, Route, SmtpHost,
    SmtpSecurity, SmtpSettings,
};
use bitewing_core::{ChannelAccountId, EmailAddress, Sensitive};
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::channel_account::Settings;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Fields, Violation, all};
use bitewing_runtime::Profile;
use time::OffsetDateTime;

/// Who messages come from, how they leave, and what lets them.
pub(super) type Routed = (String, Route, Option<Credential>);

/// Reads an account and its credential, noting every violation.
pub(super) fn account(
    id: ChannelAccountId,
    sent: &pb::ChannelAccount,
    profile: Profile,
    now: OffsetDateTime,
) -> Result<(Account, Option<Credential>), Vec<Violation>> {
    let mut fields = Fields::new();
    let name = fields.take(
        "channel_account.display_name",
        field::text(&sent.display_name, 1..=120),
    );
    let channels = channels(&mut fields, &sent.channels);
    let routed = match &sent.settings {
        Some(Settings::Sandbox(sent)) => sandbox(&mut fields, sent),
        Some(Settings::Http(sent)) => http(&mut fields, sent),
        Some(Settings::Smtp(sent)) => smtp(&mut fields, sent, profile),
        Some(Settings::Twilio(sent)) => twilio(&mut fields, sent, &channels, profile),
        None => {
            fields.note("channel_account.settings", FieldError::Required);
            None
        }
    };
    if let Some((_, route, _)) = &routed {
        carried(&mut fields, &channels, route.provider());
    }
    let (display_name, (sender, route, credential)) = all!(fields, name, routed)?;
    let account = Account {
        id,
        display_name,
        channels,
        sender,
        route,
        disabled: false,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    Ok((account, credential))
}

fn sandbox(fields: &mut Fields, sent: &pb::SandboxSettings) -> Option<Routed> {
    let sender = fields.take(
        "channel_account.sandbox.sender",
        field::text(&sent.sender, 0..=254),
    )?;
    Some((sender, Route::Sandbox, None))
}

fn http(fields: &mut Fields, sent: &pb::HttpSettings) -> Option<Routed> {
    let path = |name: &str| format!("channel_account.http.{name}");
    let sender = fields.take(path("sender"), field::text(&sent.sender, 1..=254));
    let endpoint = fields.take(path("endpoint"), Endpoint::parse(&sent.endpoint));
    let contract = fields.take(
        path("repeat_contract"),
        field::one_of(sent.repeat_contract).and_then(|contract| match contract {
            pb::RepeatContract::Keyed => Ok(Contract::Keyed),
            pb::RepeatContract::Queryable => Ok(Contract::Queryable),
            pb::RepeatContract::None => Ok(Contract::None),
            pb::RepeatContract::Unspecified => Err(FieldError::Required),
        }),
    );
    let credential = token(fields, path("credential"), &sent.credential, 500);
    let route = Route::Http {
        endpoint: endpoint?,
        contract: contract?,
    };
    Some((sender?, route, Some(Credential::Bearer(credential?))))
}

fn smtp(fields: &mut Fields, sent: &pb::SmtpSettings, profile: Profile) -> Option<Routed> {
    let path = |name: &str| format!("channel_account.smtp.{name}");
    let host = fields.take(path("host"), SmtpHost::parse(sent.host.trim()));
    let security = fields.take(
        path("security"),
        field::one_of(sent.security).and_then(|security| match security {
            pb::SmtpSecurity::Starttls => Ok(SmtpSecurity::Starttls),
            pb::SmtpSecurity::ImplicitTls => Ok(SmtpSecurity::ImplicitTls),
            pb::SmtpSecurity::None => Ok(SmtpSecurity::None),
            pb::SmtpSecurity::Unspecified => Err(FieldError::Required),
        }),
    );
    let far = host.as_ref().is_some_and(|host| !host.is_loopback());
    if security == Some(SmtpSecurity::None) && far && profile != Profile::Development {
        fields.note(
            path("security"),
            "must encrypt the connection to another machine",
        );
    }
    let port = fields.take(path("port"), smtp_port(sent.port, security));
    let username = fields.take(path("username"), field::text(&sent.username, 0..=254));
    let from = fields.take(
        path("from_address"),
        EmailAddress::parse(&sent.from_address),
    );
    let from_name = fields.take(path("from_name"), field::text(&sent.from_name, 0..=120));
    let return_path = fields.take(
        path("return_path"),
        ReturnPath::parse(sent.return_path.trim()),
    );
    let reply_to = fields.take(path("reply_to"), optional_address(&sent.reply_to));
    let password = fields.take(
        path("password"),
        password(&sent.password, sent.username.trim().is_empty()),
    );
    let settings = SmtpSettings {
        host: host?,
        port: port?,
        security: security?,
        username: username?,
        from_name: from_name?,
        return_path: return_path?,
        reply_to: reply_to?,
    };
    let credential = password?.map(Credential::Password);
    Some((from?.as_str().to_owned(), Route::Smtp(settings), credential))
}

fn smtp_port(port: i32, security: Option<SmtpSecurity>) -> Result<u16, &'static str> {
    match (port, security) {
        (0, security) => Ok(security.unwrap_or(SmtpSecurity::Starttls).port()),
        _ => u16::try_from(port).map_err(|_| "must be 0 to 65535"),
    }
}

/// Not trimmed, unlike other texts: a space may belong to it.
fn password(text: &str, nobody: bool) -> Result<Option<Sensitive<String>>, &'static str> {
    match (text.is_empty(), nobody) {
        (true, true) => Ok(None),
        (false, true) => Err("must be empty without a username"),
        (true, false) => Err("is required with a username"),
        (false, false) if text.chars().count() > 500 || !text.chars().all(field::printable) => {
            Err("must have up to 500 printable characters")
        }
        (false, false) => Ok(Some(text.to_owned().into())),
    }
}

fn optional_address(text: &str) -> Result<String, bitewing_core::email::NotAnAddress> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    EmailAddress::parse(text).map(|address| address.as_str().to_owned())
}

/// Reads a secret that travels in a header.
pub(super) fn token(
    fields: &mut Fields,
    path: String,
    text: &str,
    longest: usize,
) -> Option<Sensitive<String>> {
    let plain =
        (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if plain {
        return Some(text.to_owned().into());
    }
    fields.note(
        path,
        format!("must be 1 to {longest} ASCII characters without spaces"),
    );
    None
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

fn carried(fields: &mut Fields, channels: &[Channel], provider: ProviderKind) {
    if channels.iter().any(|channel| !provider.carries(*channel)) {
        fields.note(
            "channel_account.channels",
            "must be channels the provider carries",
        );
    }
}
