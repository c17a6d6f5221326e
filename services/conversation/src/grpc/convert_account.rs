//! Accounts at providers, from domain to wire: never a secret.

use crate::domain::{
    Account, Contract, Endpoint, Route, SmtpSecurity, SmtpSettings, TwilioSettings,
};
use bitewing_core::ChannelAccountId;
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::channel_account::Settings;
use bitewing_rpc::field::to_timestamp;

impl From<Account> for pb::ChannelAccount {
    fn from(account: Account) -> Self {
        let etag = account.etag();
        let sender = account.sender;
        let settings = match account.route {
            Route::Sandbox => Settings::Sandbox(pb::SandboxSettings { sender }),
            Route::Http { endpoint, contract } => http(sender, &endpoint, contract),
            Route::Smtp(settings) => smtp(sender, settings),
            Route::Twilio(settings) => twilio(sender, settings),
        };
        Self {
            channel_account_id: ChannelAccountId::to_string(&account.id),
            display_name: account.display_name,
            channels: account
                .channels
                .into_iter()
                .map(|c| pb::Channel::from(c).into())
                .collect(),
            settings: Some(settings),
            disabled: account.disabled,
            create_time: Some(to_timestamp(account.created_at)),
            update_time: Some(to_timestamp(account.updated_at)),
            etag,
        }
    }
}

fn http(sender: String, endpoint: &Endpoint, contract: Contract) -> Settings {
    let contract = match contract {
        Contract::Keyed => pb::RepeatContract::Keyed,
        Contract::Queryable => pb::RepeatContract::Queryable,
        Contract::None => pb::RepeatContract::None,
    };
    Settings::Http(pb::HttpSettings {
        sender,
        endpoint: endpoint.url().to_string(),
        repeat_contract: contract.into(),
        credential: String::new(),
    })
}

fn smtp(sender: String, settings: SmtpSettings) -> Settings {
    let security = match settings.security {
        SmtpSecurity::Starttls => pb::SmtpSecurity::Starttls,
        SmtpSecurity::ImplicitTls => pb::SmtpSecurity::ImplicitTls,
        SmtpSecurity::None => pb::SmtpSecurity::None,
    };
    Settings::Smtp(pb::SmtpSettings {
        host: settings.host.as_str().to_owned(),
        port: settings.port.into(),
        security: security.into(),
        username: settings.username,
        password: String::new(),
        from_address: sender,
        from_name: settings.from_name,
        return_path: settings.return_path.as_str().to_owned(),
        reply_to: settings.reply_to,
    })
}

fn twilio(sender: String, settings: TwilioSettings) -> Settings {
    let (from_number, messaging_service_sid) = if sender.starts_with('+') {
        (sender, String::new())
    } else {
        (String::new(), sender)
    };
    let (region, edge) = settings.place.map_or_else(Default::default, |place| {
        let name = |name: &str| name.to_owned();
        (name(place.region.as_str()), name(place.edge.as_str()))
    });
    Settings::Twilio(pb::TwilioSettings {
        account_sid: settings.account_sid.as_str().to_owned(),
        from_number,
        messaging_service_sid,
        api_key_sid: settings
            .api_key_sid
            .map(|sid| sid.as_str().to_owned())
            .unwrap_or_default(),
        region,
        edge,
        base_url: settings.base_url.unwrap_or_default(),
        ..Default::default()
    })
}
