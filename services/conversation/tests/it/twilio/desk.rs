//! A clinic with an account at a stand-in for Twilio, and Twilio's part of the conversation.

use crate::harness::{Harness, create_account_of, quick};
use bitewing_auth::Service;
use bitewing_conversation::Sending;
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::channel_account::Settings;
use bitewing_proto::conversation::inbound_service_client::InboundServiceClient;
use bitewing_runtime::Profile;
use bitewing_testkit::StubTwilio;
use bitewing_testkit::twilio::{Kind, Recorded, form, signature};
use std::time::Duration;
use tonic::Status;

pub(super) const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
pub(super) const TOKEN: &str = "primary-token";
pub(super) const SECONDARY: &str = "secondary-token";
pub(super) const CODE: &str = "482913";

pub(super) struct Desk {
    pub(super) h: Harness,
    pub(super) twilio: StubTwilio,
    pub(super) account: pb::ChannelAccount,
}

/// Settings of an account that texts and calls.
pub(super) fn settings(base_url: &str) -> pb::TwilioSettings {
    pb::TwilioSettings {
        account_sid: ACCOUNT.to_owned(),
        from_number: "+15148730001".to_owned(),
        auth_token: TOKEN.to_owned(),
        base_url: base_url.to_owned(),
        ..Default::default()
    }
}

impl Desk {
    pub(super) async fn open() -> Self {
        Self::open_with(quick(), |_| {}).await
    }

    pub(super) async fn open_with(
        sending: Sending,
        change: impl FnOnce(&mut pb::TwilioSettings),
    ) -> Self {
        let h = Harness::start_with(Profile::Development, sending).await;
        let twilio = StubTwilio::start().await.unwrap();
        let mut settings = settings(&twilio.base_url());
        change(&mut settings);
        let channels = if settings.messaging_service_sid.is_empty() {
            vec![pb::Channel::Sms.into(), pb::Channel::Voice.into()]
        } else {
            vec![pb::Channel::Sms.into()]
        };
        let account = pb::ChannelAccount {
            display_name: "Phones".to_owned(),
            channels,
            settings: Some(Settings::Twilio(settings)),
            ..Default::default()
        };
        let account = create_account_of(&h, account).await.unwrap();
        Self { h, twilio, account }
    }

    /// A code by text message, once Twilio took it.
    pub(super) async fn text(&self) -> (String, Recorded) {
        let id = self.h.send(self.h.code()).await.unwrap().message_id;
        self.h.wait_for(&id, pb::MessageState::Accepted).await;
        (id, self.twilio.made(Kind::Message).pop().unwrap())
    }

    /// A code by a call, once Twilio took it.
    pub(super) async fn call(&self) -> (String, Recorded) {
        let id = self.h.send(self.spoken()).await.unwrap().message_id;
        self.h.wait_for(&id, pb::MessageState::Accepted).await;
        (id, self.twilio.made(Kind::Call).pop().unwrap())
    }

    pub(super) fn spoken(&self) -> pb::SendTransactionalRequest {
        pb::SendTransactionalRequest {
            channel: pb::Channel::Voice.into(),
            ..self.h.code()
        }
    }

    /// A callback, signed as Twilio signs it.
    pub(super) async fn told(&self, url: &str, fields: &[(&str, &str)]) -> Answer {
        let signed = signature(TOKEN, url, fields);
        self.arrives(url, &signed, &form(fields)).await.unwrap()
    }

    /// The callback of a status.
    pub(super) async fn status(&self, sent: &Recorded, status: &str) -> Answer {
        let url = sent.field("StatusCallback");
        let (sid, state) = match sent.kind {
            Kind::Call => ("CallSid", "CallStatus"),
            Kind::Message | Kind::List => ("MessageSid", "MessageStatus"),
        };
        self.told(url, &[(sid, &sent.sid), (state, status)]).await
    }

    /// A keypress in a call, at the URL that the call was told.
    pub(super) async fn press(&self, sent: &Recorded, key: &str) -> Answer {
        let fields = [("CallSid", sent.sid.as_str()), ("Digits", key)];
        self.told(&key_url(sent), &fields).await
    }

    /// Whatever arrives at the public port, as the gateway hands it on.
    pub(super) async fn arrives(
        &self,
        url: &str,
        signature: &str,
        body: &str,
    ) -> Result<Answer, Status> {
        let header = |name: &str, value: &str| pb::WebhookHeader {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let request = pb::IngestWebhookRequest {
            url: url.to_owned(),
            headers: vec![
                header(
                    "content-type",
                    "application/x-www-form-urlencoded; charset=UTF-8",
                ),
                header("x-twilio-signature", signature),
            ],
            body: body.as_bytes().to_vec(),
        };
        self.ingest(request).await
    }

    pub(super) async fn ingest(&self, request: pb::IngestWebhookRequest) -> Result<Answer, Status> {
        let request = self.h.test.request(Service::Gateway, None, request);
        let answer = InboundServiceClient::new(self.h.channel.clone())
            .ingest_webhook(request)
            .await?
            .into_inner();
        Ok(Answer {
            status: answer.status,
            content_type: answer.content_type,
            body: String::from_utf8(answer.body).unwrap(),
        })
    }
}

/// What Twilio is answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: i32,
    pub(super) content_type: String,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn is_silence(&self) -> bool {
        (self.status, self.body.as_str())
            == (
                200,
                r#"<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>"#,
            )
    }
}

/// Where a call goes on after a keypress.
pub(super) fn key_url(sent: &Recorded) -> String {
    let twiml = sent.field("Twiml");
    let (_, rest) = twiml.split_once("action=\"").unwrap();
    rest.split_once('"').unwrap().0.replace("&amp;", "&")
}

/// Times with which a call that hangs is given up soon.
pub(super) fn impatient() -> Sending {
    Sending {
        call_timeout: Duration::from_millis(200),
        settle: Duration::from_millis(20),
        ..quick()
    }
}
