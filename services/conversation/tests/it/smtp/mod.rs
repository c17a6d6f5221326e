//! Mail through a server that is not ours.

mod broken;
mod check;
mod connections;
mod encryption;
mod received;
mod refused;
mod rotation;

use crate::harness::{Harness, create_account_of, quick};
use bitewing_conversation::{Sending, Trust};
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::channel_account::Settings;
use bitewing_proto::template::TemplateKind;
use bitewing_runtime::Profile;
use bitewing_testkit::MailServer;
use bitewing_testkit::mail::{Encryption, MailSetup};
use std::time::Duration;

pub(super) const LINK: &str = "https://host.example/d?a=1&b=2#CANARY-TOKEN";
pub(super) const LOGIN: (&str, &str) = ("clinic", "hush-hush");

/// The service, a mail server it trusts, and an account there.
pub(super) struct Post {
    pub(super) h: Harness,
    pub(super) server: MailServer,
    pub(super) account: String,
}

/// Time enough for a server on a busy machine.
pub(super) fn patient() -> Sending {
    Sending {
        call_timeout: Duration::from_secs(10),
        mail_timeout: Duration::from_secs(20),
        ..quick()
    }
}

/// Times a hanging server is not waited for long.
pub(super) fn impatient() -> Sending {
    Sending {
        call_timeout: Duration::from_secs(1),
        mail_timeout: Duration::from_secs(2),
        ..quick()
    }
}

/// The settings of an account at a server.
pub(super) fn settings(server: &MailServer, setup: MailSetup) -> pb::SmtpSettings {
    let (username, password) = setup.login.unwrap_or_default();
    pb::SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: server.port.into(),
        security: match setup.encryption {
            Encryption::None => pb::SmtpSecurity::None,
            Encryption::Starttls => pb::SmtpSecurity::Starttls,
            Encryption::Implicit => pb::SmtpSecurity::ImplicitTls,
        }
        .into(),
        username: username.to_owned(),
        password: password.to_owned(),
        from_address: "clinic@example.org".to_owned(),
        ..Default::default()
    }
}

pub(super) fn account(settings: pb::SmtpSettings) -> pb::ChannelAccount {
    pb::ChannelAccount {
        display_name: "Mail".to_owned(),
        channels: vec![pb::Channel::Email.into()],
        settings: Some(Settings::Smtp(settings)),
        ..Default::default()
    }
}

impl Post {
    pub(super) async fn start(setup: MailSetup) -> Self {
        Self::start_with(setup, patient(), |settings| settings).await
    }

    pub(super) async fn start_with(
        setup: MailSetup,
        sending: Sending,
        adapt: fn(pb::SmtpSettings) -> pb::SmtpSettings,
    ) -> Self {
        let server = MailServer::start(setup).await.unwrap();
        let trust: Trust = server.authority.parse().unwrap();
        let h = Harness::start_trusting(Profile::Production, sending, trust).await;
        let made = create_account_of(&h, account(adapt(settings(&server, setup))))
            .await
            .unwrap();
        Self {
            h,
            server,
            account: made.channel_account_id,
        }
    }

    /// A link by e-mail, under a fresh name.
    pub(super) fn link(&self) -> pb::SendTransactionalRequest {
        pb::SendTransactionalRequest {
            kind: TemplateKind::DocumentLink.into(),
            channel: pb::Channel::Email.into(),
            address: "Anne.Cote@example.org".to_owned(),
            secret: LINK.to_owned(),
            ..self.h.code()
        }
    }

    pub(super) async fn send(&self) -> String {
        self.h.send(self.link()).await.unwrap().message_id
    }

    /// Sends a link and waits until it is in a state.
    pub(super) async fn send_until(&self, state: pb::MessageState) -> pb::Message {
        let id = self.send().await;
        self.h.wait_for(&id, state).await
    }
}
