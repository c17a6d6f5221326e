//! UpdateChannelAccount.

use super::convert_account_mask::{self, Field};
use super::{Api, read, read_account};
use crate::domain::{Account, Credential};
use crate::error::Error;
use bitewing_core::Sensitive;
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::channel_account::Settings;
use bitewing_rpc::{Call, Violation};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::UpdateChannelAccountRequest,
) -> Result<pb::UpdateChannelAccountResponse, Error> {
    let mut sent = request.channel_account.unwrap_or_default();
    let id = read::id(
        &sent.channel_account_id,
        "channel_account.channel_account_id",
    )?;

    let mut tx = api.begin(call).await?;
    tx.lock_account(id).await?;
    let found = tx.keyed_account(id).await?;
    let (current, secrets) = found.ok_or(Error::ChannelAccountNotFound)?;
    if !current.matches(&sent.etag) {
        return Err(Error::EtagMismatch);
    }
    let shown = with_secrets(current.clone().into(), secrets.as_ref());
    same_account(&shown, &mut sent)?;
    let kind = shown
        .settings
        .as_ref()
        .map_or("", convert_account_mask::kind);
    let fields = convert_account_mask::read(request.update_mask, &sent, kind)?;
    let merged = convert_account_mask::merge(shown, &sent, &fields);
    let now = api.base.clock.now();
    let (read, credential) = read_account::account(id, &merged, api.base.profile, now)?;
    let mut account = Account {
        disabled: current.disabled,
        version: current.version,
        created_at: current.created_at,
        updated_at: current.updated_at,
        ..read
    };
    if !account.route.leads_where(&current.route) {
        named_again(credential.as_ref(), &fields)?;
    }
    if account != current || credential != secrets {
        account.version += 1;
        account.updated_at = now;
        tx.update_account(&account, credential.as_ref()).await?;
        let paths: Vec<_> = fields.iter().map(|field| field.path).collect();
        let details = json!({ "version": account.version, "fields": paths });
        let line = audit::entry(call, "channel_account.updated", id, None, details);
        tx.audit(line).await?;
    }
    tx.commit().await?;
    Ok(pb::UpdateChannelAccountResponse {
        channel_account: Some(account.into()),
    })
}

/// The account as a request that would make it: what is not named by a mask passes the same checks again.
fn with_secrets(
    mut account: pb::ChannelAccount,
    credential: Option<&Credential>,
) -> pb::ChannelAccount {
    let text = |secret: &Sensitive<String>| secret.expose().clone();
    match (&mut account.settings, credential) {
        (Some(Settings::Http(http)), Some(Credential::Bearer(secret))) => {
            http.credential = text(secret);
        }
        (Some(Settings::Smtp(smtp)), Some(Credential::Password(secret))) => {
            smtp.password = text(secret);
        }
        (Some(Settings::Twilio(twilio)), Some(Credential::Twilio(secrets))) => {
            let optional =
                |secret: Option<&Sensitive<String>>| secret.map(text).unwrap_or_default();
            twilio.auth_token = text(&secrets.auth_token);
            twilio.secondary_auth_token = optional(secrets.secondary_auth_token.as_ref());
            twilio.api_key_secret = optional(secrets.api_key_secret.as_ref());
        }
        _ => {}
    }
    account
}

/// Refuses what would make another account of it: messages that are on their way are asked for by the kind, the
/// contract and the name at the provider they left with. No settings are those of its kind, empty.
fn same_account(
    current: &pb::ChannelAccount,
    sent: &mut pb::ChannelAccount,
) -> Result<(), Vec<Violation>> {
    let mut violations = Vec::new();
    let mut stays = |holds: bool, field: &str| {
        if !holds {
            let field = format!("channel_account.{field}");
            violations.push(Violation::new(field, "must be empty or as it is"));
        }
    };
    stays(
        sent.channels.is_empty() || sent.channels == current.channels,
        "channels",
    );
    match (&current.settings, &mut sent.settings) {
        (Some(current), sent @ None) => *sent = Some(empty(current)),
        (Some(Settings::Http(current)), Some(Settings::Http(sent))) => {
            let contract = sent.repeat_contract;
            stays(
                contract == 0 || contract == current.repeat_contract,
                "http.repeat_contract",
            );
        }
        (Some(Settings::Twilio(current)), Some(Settings::Twilio(sent))) => {
            let sid = sent.account_sid.as_str();
            stays(
                sid.is_empty() || sid == current.account_sid,
                "twilio.account_sid",
            );
        }
        (Some(Settings::Sandbox(_)), Some(Settings::Sandbox(_)))
        | (Some(Settings::Smtp(_)), Some(Settings::Smtp(_))) => {}
        _ => violations.push(Violation::new(
            "channel_account.settings",
            "must be of the kind the account has",
        )),
    }
    if violations.is_empty() {
        Ok(())
    } else {
        Err(violations)
    }
}

fn empty(settings: &Settings) -> Settings {
    match settings {
        Settings::Sandbox(_) => Settings::Sandbox(pb::SandboxSettings::default()),
        Settings::Http(_) => Settings::Http(pb::HttpSettings::default()),
        Settings::Smtp(_) => Settings::Smtp(pb::SmtpSettings::default()),
        Settings::Twilio(_) => Settings::Twilio(pb::TwilioSettings::default()),
    }
}

/// Refuses to send a secret to where it was not meant to go.
fn named_again(credential: Option<&Credential>, named: &[Field]) -> Result<(), Vec<Violation>> {
    let needed: &[&str] = match credential {
        None => &[],
        Some(Credential::Bearer(_)) => &["http.credential"],
        Some(Credential::Password(_)) => &["smtp.password"],
        Some(Credential::Twilio(secrets)) if secrets.api_key_secret.is_some() => {
            &["twilio.auth_token", "twilio.api_key_secret"]
        }
        Some(Credential::Twilio(_)) => &["twilio.auth_token"],
    };
    let missing = needed
        .iter()
        .filter(|path| named.iter().all(|field| field.path != **path));
    let violations: Vec<_> = missing
        .map(|path| {
            Violation::new(
                format!("channel_account.{path}"),
                "must be sent again where what it is sent to changes",
            )
        })
        .collect();
    if violations.is_empty() {
        Ok(())
    } else {
        Err(violations)
    }
}
