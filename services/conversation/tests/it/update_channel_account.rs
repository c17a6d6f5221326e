use crate::harness::{Harness, bytes, create_account_of, http_account, paths, reason};
use bitewing_core::{ChannelAccountId, Ids as _, SystemIds};
use bitewing_proto::common::AuditEntry;
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::channel_account::Settings;
use bitewing_proto::conversation::conversation_audit_service_client::ConversationAuditServiceClient;
use bitewing_testkit::TestCaller;
use prost_types::FieldMask;
use tonic::{Code, Status};

fn http() -> pb::HttpSettings {
    pb::HttpSettings {
        sender: "+15148730001".to_owned(),
        endpoint: "https://sms.example/v1/messages".to_owned(),
        repeat_contract: pb::RepeatContract::Keyed.into(),
        credential: "hush".to_owned(),
    }
}

fn smtp() -> pb::SmtpSettings {
    pb::SmtpSettings {
        host: "mail.example.org".to_owned(),
        security: pb::SmtpSecurity::Starttls.into(),
        username: "clinic".to_owned(),
        password: "hush hush".to_owned(),
        from_address: "clinic@example.org".to_owned(),
        ..Default::default()
    }
}

fn twilio() -> pb::TwilioSettings {
    pb::TwilioSettings {
        account_sid: "AC0123456789abcdef0123456789abcdef".to_owned(),
        from_number: "+15148730001".to_owned(),
        auth_token: "hush-primary".to_owned(),
        ..Default::default()
    }
}

async fn made(h: &Harness, channel: pb::Channel, settings: Settings) -> pb::ChannelAccount {
    let account = pb::ChannelAccount {
        display_name: "Main".to_owned(),
        channels: vec![channel.into()],
        settings: Some(settings),
        ..Default::default()
    };
    create_account_of(h, account).await.unwrap()
}

/// An account as a request that changes it, with nothing but these settings.
fn with(account: &pb::ChannelAccount, settings: Settings) -> pb::ChannelAccount {
    pb::ChannelAccount {
        channel_account_id: account.channel_account_id.clone(),
        settings: Some(settings),
        ..Default::default()
    }
}

/// Changes an account; without paths what is set.
pub(crate) async fn update(
    h: &Harness,
    account: pb::ChannelAccount,
    paths: &[&str],
) -> Result<pb::ChannelAccount, Status> {
    let request = pb::UpdateChannelAccountRequest {
        channel_account: Some(account),
        update_mask: (!paths.is_empty()).then(|| FieldMask {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        }),
    };
    let request = h.request(request);
    let answer = h.accounts().update_channel_account(request).await?;
    Ok(answer.into_inner().channel_account.unwrap())
}

async fn faults(h: &Harness, account: pb::ChannelAccount, named: &[&str]) -> Vec<String> {
    paths(&update(h, account, named).await.err().unwrap())
}

async fn trail(h: &Harness, account: &pb::ChannelAccount) -> Vec<AuditEntry> {
    let request = pb::ListConversationAuditEntriesRequest {
        resource: account.channel_account_id.clone(),
        ..Default::default()
    };
    let mut client = ConversationAuditServiceClient::new(h.channel.clone());
    let request = h.request(request);
    let answer = client.list_conversation_audit_entries(request).await;
    answer.unwrap().into_inner().entries
}

#[tokio::test]
async fn what_is_named_changes_and_the_rest_stays() {
    let h = Harness::start().await;
    let account = made(&h, pb::Channel::Sms, Settings::Http(http())).await;
    assert_eq!(account.etag, "\"1\"");
    let sent = pb::ChannelAccount {
        display_name: "Texts".to_owned(),
        etag: account.etag.clone(),
        ..with(&account, Settings::Http(pb::HttpSettings::default()))
    };
    h.test.clock.advance(time::Duration::seconds(5));
    let changed = update(&h, sent.clone(), &["display_name"]).await.unwrap();
    let expected = pb::ChannelAccount {
        display_name: "Texts".to_owned(),
        etag: "\"2\"".to_owned(),
        update_time: changed.update_time,
        ..account.clone()
    };
    assert!(changed == expected && changed.update_time != account.update_time);
    let get = pb::GetChannelAccountRequest {
        channel_account_id: account.channel_account_id.clone(),
    };
    let read = h.accounts().get_channel_account(h.request(get)).await;
    assert!(read.unwrap().into_inner().channel_account == Some(changed));
    let stale = update(&h, sent, &["display_name"]).await.err().unwrap();
    assert_eq!(reason(&stale), (Code::Aborted, "ETAG_MISMATCH".to_owned()));
}

#[tokio::test]
async fn a_change_is_audited_by_the_names_of_fields_and_none_is_not() {
    let h = Harness::start().await;
    let account = made(&h, pb::Channel::Sms, Settings::Http(http())).await;
    let rotated = pb::HttpSettings {
        credential: "whisper".to_owned(),
        ..Default::default()
    };
    let sent = with(&account, Settings::Http(rotated));
    let first = update(&h, sent.clone(), &[]).await.unwrap();
    let second = update(&h, sent, &["http.credential"]).await.unwrap();
    assert!(first == second, "the same again changes nothing");
    let trail = trail(&h, &account).await;
    let actions: Vec<_> = trail.iter().map(|line| line.action.as_str()).collect();
    assert_eq!(
        actions,
        ["channel_account.updated", "channel_account.created"]
    );
    let details = trail[0].details.clone().unwrap();
    let told = bitewing_runtime::feed::from_struct(details).to_string();
    assert!(told.contains("http.credential") && !told.contains("whisper"));
    let clear = "SELECT count(*) FROM channel_accounts t
                 WHERE t::text LIKE '%whisper%' OR t::text LIKE '%77686973706572%'";
    assert_eq!(h.count(clear).await, 0);
}

#[tokio::test]
async fn an_account_stays_the_account_it_is() {
    let h = Harness::start().await;
    let texts = made(&h, pb::Channel::Sms, Settings::Http(http())).await;
    let phone = made(&h, pb::Channel::Sms, Settings::Twilio(twilio())).await;
    let foreign = with(&texts, Settings::Twilio(twilio()));
    assert_eq!(faults(&h, foreign, &[]).await, ["channel_account.settings"]);
    let asked = pb::HttpSettings {
        repeat_contract: pb::RepeatContract::Queryable.into(),
        ..http()
    };
    let other = pb::ChannelAccount {
        channels: vec![pb::Channel::Email.into()],
        ..with(&texts, Settings::Http(asked))
    };
    assert_eq!(
        faults(&h, other, &[]).await,
        [
            "channel_account.channels",
            "channel_account.http.repeat_contract"
        ]
    );
    let other = pb::TwilioSettings {
        account_sid: "ACffffffffffffffffffffffffffffffff".to_owned(),
        ..twilio()
    };
    assert_eq!(
        faults(&h, with(&phone, Settings::Twilio(other)), &[]).await,
        ["channel_account.twilio.account_sid"]
    );
    let same = with(&phone, Settings::Twilio(twilio()));
    assert_eq!(update(&h, same, &["twilio"]).await.unwrap().etag, "\"1\"");
}

#[tokio::test]
async fn every_fault_of_a_change_is_named() {
    let h = Harness::start().await;
    let account = made(&h, pb::Channel::Email, Settings::Smtp(smtp())).await;
    let empty = || with(&account, Settings::Smtp(pb::SmtpSettings::default()));
    let unknown = ["smtp.host", "channels", "twilio.auth_token", "disabled"];
    assert_eq!(
        faults(&h, empty(), &unknown).await,
        [
            "update_mask.paths[1]",
            "update_mask.paths[2]",
            "update_mask.paths[3]"
        ]
    );
    assert_eq!(
        faults(&h, empty(), &["display_name", "smtp.password"]).await,
        [
            "channel_account.display_name",
            "channel_account.smtp.password"
        ]
    );
    let without_settings = pb::ChannelAccount {
        settings: None,
        ..empty()
    };
    assert_eq!(
        faults(&h, without_settings, &["smtp.from_address"]).await,
        ["channel_account.smtp.from_address"]
    );
    assert_eq!(
        faults(&h, pb::ChannelAccount::default(), &[]).await,
        ["channel_account.channel_account_id"]
    );
}

#[tokio::test]
async fn a_kept_secret_goes_nowhere_it_was_not_meant_to_go() {
    let h = Harness::start().await;
    let texts = made(&h, pb::Channel::Sms, Settings::Http(http())).await;
    let mails = made(&h, pb::Channel::Email, Settings::Smtp(smtp())).await;
    let phone = made(&h, pb::Channel::Sms, Settings::Twilio(twilio())).await;
    let elsewhere = "https://elsewhere.example/".to_owned();
    let moved = Settings::Http(pb::HttpSettings {
        endpoint: elsewhere,
        ..http()
    });
    let named = ["http.endpoint"];
    assert_eq!(
        faults(&h, with(&texts, moved.clone()), &named).await,
        ["channel_account.http.credential"]
    );
    update(&h, with(&texts, moved), &["http"]).await.unwrap();
    for (path, moved) in [
        (
            "smtp.host",
            pb::SmtpSettings {
                host: "elsewhere.example".to_owned(),
                ..smtp()
            },
        ),
        (
            "smtp.port",
            pb::SmtpSettings {
                port: 2525,
                ..smtp()
            },
        ),
        (
            "smtp.security",
            pb::SmtpSettings {
                security: pb::SmtpSecurity::None.into(),
                ..smtp()
            },
        ),
    ] {
        let sent = with(&mails, Settings::Smtp(moved));
        assert_eq!(
            faults(&h, sent.clone(), &[path]).await,
            ["channel_account.smtp.password"],
            "{path}"
        );
        let named = [path, "smtp.password"];
        assert!(update(&h, sent, &named).await.is_ok(), "{path}");
        let back = with(&mails, Settings::Smtp(smtp()));
        update(&h, back, &["smtp"]).await.unwrap();
    }
    let moved = Settings::Twilio(pb::TwilioSettings {
        base_url: "http://127.0.0.1:9/".to_owned(),
        ..twilio()
    });
    assert_eq!(
        faults(&h, with(&phone, moved), &["twilio.base_url"]).await,
        ["channel_account.twilio.auth_token"]
    );
}

#[tokio::test]
async fn a_disabled_account_stays_disabled() {
    let h = Harness::start().await;
    let account = made(&h, pb::Channel::Sms, Settings::Http(http())).await;
    let disable = pb::DisableChannelAccountRequest {
        channel_account_id: account.channel_account_id.clone(),
    };
    let disable = h.request(disable);
    h.accounts().disable_channel_account(disable).await.unwrap();
    let sent = pb::ChannelAccount {
        display_name: "Old".to_owned(),
        ..with(&account, Settings::Http(pb::HttpSettings::default()))
    };
    assert!(update(&h, sent, &[]).await.unwrap().disabled);
}

#[tokio::test]
async fn absent_and_foreign_accounts_are_not_found() {
    let h = Harness::start().await;
    let contract = pb::RepeatContract::Keyed;
    let account = http_account("https://sms.example/v1/messages", contract);
    let account = create_account_of(&h, account).await.unwrap();
    let named = |id: &str| pb::UpdateChannelAccountRequest {
        channel_account: Some(pb::ChannelAccount {
            channel_account_id: id.to_owned(),
            display_name: "Mine".to_owned(),
            ..Default::default()
        }),
        update_mask: None,
    };
    let nobody = ChannelAccountId::from_uuid(SystemIds.next()).to_string();
    let request = h.request(named(&nobody));
    let absent = h.accounts().update_channel_account(request).await;
    let absent = absent.err().unwrap();
    assert_eq!(
        reason(&absent),
        (Code::NotFound, "CHANNEL_ACCOUNT_NOT_FOUND".to_owned())
    );
    let request = h.request_as(&TestCaller::fresh(), named(&account.channel_account_id));
    let foreign = h.accounts().update_channel_account(request).await;
    assert_eq!(bytes(&foreign.err().unwrap()), bytes(&absent));
}
