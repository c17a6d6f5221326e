use crate::harness::{Harness, create_account_of, paths, quick};
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::channel_account::Settings;
use bitewing_runtime::Profile;

fn smtp() -> pb::SmtpSettings {
    pb::SmtpSettings {
        host: "Mail.Example.org".to_owned(),
        security: pb::SmtpSecurity::Starttls.into(),
        username: "clinic".to_owned(),
        password: " hush hush ".to_owned(),
        from_address: "Clinic@example.org".to_owned(),
        from_name: "Clinique Québec".to_owned(),
        return_path: "bounces.example.org".to_owned(),
        reply_to: "desk@example.org".to_owned(),
        ..Default::default()
    }
}

fn twilio() -> pb::TwilioSettings {
    pb::TwilioSettings {
        account_sid: "AC0123456789abcdef0123456789abcdef".to_owned(),
        from_number: "+15148730001".to_owned(),
        auth_token: "hush".to_owned(),
        secondary_auth_token: "hush-too".to_owned(),
        api_key_sid: "SK0123456789abcdef0123456789abcdef".to_owned(),
        api_key_secret: "hush-as-well".to_owned(),
        region: "ie1".to_owned(),
        edge: "dublin".to_owned(),
        base_url: "http://127.0.0.1:9/".to_owned(),
        ..Default::default()
    }
}

fn account(channels: &[pb::Channel], settings: Settings) -> pb::ChannelAccount {
    pb::ChannelAccount {
        display_name: "Main".to_owned(),
        channels: channels.iter().map(|channel| (*channel).into()).collect(),
        settings: Some(settings),
        ..Default::default()
    }
}

fn mail(smtp: pb::SmtpSettings) -> pb::ChannelAccount {
    account(&[pb::Channel::Email], Settings::Smtp(smtp))
}

fn phone(channel: pb::Channel, twilio: pb::TwilioSettings) -> pb::ChannelAccount {
    account(&[channel], Settings::Twilio(twilio))
}

async fn faults(h: &Harness, account: pb::ChannelAccount) -> Vec<String> {
    let refused = create_account_of(h, account).await.err().unwrap();
    let prefix = "channel_account.";
    paths(&refused)
        .into_iter()
        .map(|path| path.strip_prefix(prefix).unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_mail_server_reads_back_without_its_password() {
    let h = Harness::start().await;
    let made = create_account_of(&h, mail(smtp())).await.unwrap();
    let expected = pb::SmtpSettings {
        host: "mail.example.org".to_owned(),
        port: 587,
        password: String::new(),
        from_address: "clinic@example.org".to_owned(),
        ..smtp()
    };
    assert!(made.settings == Some(Settings::Smtp(expected)));
    let get = pb::GetChannelAccountRequest {
        channel_account_id: made.channel_account_id.clone(),
    };
    let read = h.accounts().get_channel_account(h.request(get)).await;
    assert!(read.unwrap().into_inner().channel_account == Some(made));
}

#[tokio::test]
async fn the_port_follows_the_encryption() {
    let h = Harness::start().await;
    for (security, port) in [
        (pb::SmtpSecurity::Starttls, 587),
        (pb::SmtpSecurity::ImplicitTls, 465),
        (pb::SmtpSecurity::None, 25),
    ] {
        let settings = pb::SmtpSettings {
            security: security.into(),
            ..smtp()
        };
        let made = create_account_of(&h, mail(settings)).await.unwrap();
        let Some(Settings::Smtp(made)) = made.settings else {
            panic!("the account is of another kind");
        };
        assert_eq!(made.port, port);
    }
}

#[tokio::test]
async fn every_fault_of_a_mail_server_is_named() {
    let h = Harness::start().await;
    let faulty = pb::SmtpSettings {
        host: "mail server".to_owned(),
        port: 70_000,
        security: 0,
        username: String::new(),
        password: "alone".to_owned(),
        from_address: "nobody".to_owned(),
        from_name: "a\r\nBcc: x@example.org".to_owned(),
        return_path: "a@b@c".to_owned(),
        reply_to: "x\r\n@example.org".to_owned(),
    };
    assert_eq!(
        faults(&h, mail(faulty)).await,
        [
            "smtp.host",
            "smtp.security",
            "smtp.port",
            "smtp.from_address",
            "smtp.from_name",
            "smtp.return_path",
            "smtp.reply_to",
            "smtp.password",
        ]
    );
    let forgotten = pb::SmtpSettings {
        password: String::new(),
        ..smtp()
    };
    assert_eq!(faults(&h, mail(forgotten)).await, ["smtp.password"]);
    let texts = account(&[pb::Channel::Sms], Settings::Smtp(smtp()));
    assert_eq!(faults(&h, texts).await, ["channels"]);
}

#[tokio::test]
async fn outside_development_mail_leaves_the_machine_encrypted() {
    let h = Harness::start_with(Profile::Production, quick()).await;
    let clear = |host: &str| {
        mail(pb::SmtpSettings {
            host: host.to_owned(),
            security: pb::SmtpSecurity::None.into(),
            ..smtp()
        })
    };
    assert_eq!(
        faults(&h, clear("mail.example.org")).await,
        ["smtp.security"]
    );
    assert_eq!(faults(&h, clear("10.0.0.1")).await, ["smtp.security"]);
    assert!(create_account_of(&h, clear("127.0.0.1")).await.is_ok());
    assert!(create_account_of(&h, mail(smtp())).await.is_ok());
}

#[tokio::test]
async fn an_account_at_twilio_reads_back_without_its_secrets() {
    let h = Harness::start().await;
    let made = create_account_of(&h, phone(pb::Channel::Voice, twilio()))
        .await
        .unwrap();
    let expected = pb::TwilioSettings {
        auth_token: String::new(),
        secondary_auth_token: String::new(),
        api_key_secret: String::new(),
        ..twilio()
    };
    assert!(made.settings == Some(Settings::Twilio(expected)));
}

#[tokio::test]
async fn a_messaging_service_sends_text_messages_only() {
    let h = Harness::start().await;
    let pool = pb::TwilioSettings {
        from_number: String::new(),
        messaging_service_sid: "MG0123456789abcdef0123456789abcdef".to_owned(),
        ..twilio()
    };
    let made = create_account_of(&h, phone(pb::Channel::Sms, pool.clone()))
        .await
        .unwrap();
    let Some(Settings::Twilio(made)) = made.settings else {
        panic!("the account is of another kind");
    };
    assert_eq!(
        (made.from_number.as_str(), &made.messaging_service_sid),
        ("", &pool.messaging_service_sid)
    );
    assert_eq!(
        faults(&h, phone(pb::Channel::Voice, pool)).await,
        ["twilio.from_number"]
    );
}

#[tokio::test]
async fn every_fault_of_an_account_at_twilio_is_named() {
    let h = Harness::start_with(Profile::Production, quick()).await;
    let faulty = pb::TwilioSettings {
        account_sid: "AC1".to_owned(),
        from_number: "12".to_owned(),
        auth_token: "two words".to_owned(),
        secondary_auth_token: "é".to_owned(),
        api_key_secret: String::new(),
        edge: String::new(),
        ..twilio()
    };
    assert_eq!(
        faults(&h, phone(pb::Channel::Sms, faulty)).await,
        [
            "twilio.account_sid",
            "twilio.from_number",
            "twilio.auth_token",
            "twilio.secondary_auth_token",
            "twilio.api_key_secret",
            "twilio.edge",
            "twilio.base_url",
        ]
    );
    let mails = account(&[pb::Channel::Email], Settings::Twilio(twilio()));
    let h = Harness::start().await;
    assert_eq!(faults(&h, mails).await, ["channels"]);
}

#[tokio::test]
async fn the_secrets_of_every_account_rest_sealed() {
    let h = Harness::start().await;
    create_account_of(&h, mail(smtp())).await.unwrap();
    create_account_of(&h, phone(pb::Channel::Sms, twilio()))
        .await
        .unwrap();
    let all = "SELECT count(*) FROM channel_accounts WHERE credential IS NOT NULL";
    assert_eq!(h.count(all).await, 2);
    // `hush`, as text and in the hexadecimal of a dump.
    let clear = "SELECT count(*) FROM channel_accounts t
                 WHERE t::text LIKE '%hush%' OR t::text LIKE '%68757368%'";
    assert_eq!(h.count(clear).await, 0);
}
