use crate::harness::{Harness, bytes, http_account, paths, reason};
use bitewing_core::{ChannelAccountId, Ids as _, SystemIds};
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::channel_account::Settings;
use bitewing_testkit::TestCaller;
use tonic::{Code, Status};

fn http() -> pb::HttpSettings {
    let Some(Settings::Http(http)) = account().settings else {
        unreachable!("the account is of the kind http");
    };
    http
}

fn account() -> pb::ChannelAccount {
    http_account("https://sms.example/v1/messages", pb::RepeatContract::Keyed)
}

async fn create(h: &Harness, account: pb::ChannelAccount) -> Result<pb::ChannelAccount, Status> {
    let request = pb::CreateChannelAccountRequest {
        channel_account: Some(account),
        request_id: String::new(),
    };
    let answer = h
        .accounts()
        .create_channel_account(h.request(request))
        .await?;
    Ok(answer.into_inner().channel_account.unwrap())
}

#[tokio::test]
async fn an_account_reads_back_without_its_credential() {
    let h = Harness::start().await;
    let made = create(&h, account()).await.unwrap();
    let request = pb::GetChannelAccountRequest {
        channel_account_id: made.channel_account_id.clone(),
    };
    let answer = h
        .accounts()
        .get_channel_account(h.request(request))
        .await
        .unwrap();
    assert!(answer.into_inner().channel_account.unwrap() == made);
    let expected = pb::ChannelAccount {
        channel_account_id: made.channel_account_id.clone(),
        create_time: made.create_time,
        update_time: made.create_time,
        etag: "\"1\"".to_owned(),
        settings: Some(Settings::Http(pb::HttpSettings {
            credential: String::new(),
            ..http()
        })),
        ..account()
    };
    assert!(made == expected);
}

#[tokio::test]
async fn every_fault_of_an_account_is_named() {
    let h = Harness::start().await;
    let faulty = pb::ChannelAccount {
        display_name: String::new(),
        channels: vec![1, 1, 9],
        settings: Some(Settings::Http(pb::HttpSettings {
            sender: String::new(),
            endpoint: "http://sms.example/".to_owned(),
            repeat_contract: 0,
            credential: "two words".to_owned(),
        })),
        ..account()
    };
    let refused = create(&h, faulty).await.err().unwrap();
    assert_eq!(
        paths(&refused),
        [
            "channel_account.display_name",
            "channel_account.channels[1]",
            "channel_account.channels[2]",
            "channel_account.http.sender",
            "channel_account.http.endpoint",
            "channel_account.http.repeat_contract",
            "channel_account.http.credential",
        ]
    );
    let refused = create(&h, pb::ChannelAccount::default())
        .await
        .err()
        .unwrap();
    assert_eq!(
        paths(&refused),
        [
            "channel_account.display_name",
            "channel_account.channels",
            "channel_account.settings",
        ]
    );
}

#[tokio::test]
async fn a_repeated_request_makes_one_account() {
    let h = Harness::start().await;
    let request = pb::CreateChannelAccountRequest {
        channel_account: Some(account()),
        request_id: SystemIds.next().to_string(),
    };
    let mut client = h.accounts();
    let first = client
        .create_channel_account(h.request(request.clone()))
        .await
        .unwrap();
    let again = client
        .create_channel_account(h.request(request.clone()))
        .await
        .unwrap();
    assert!(first.into_inner() == again.into_inner());
    let other = pb::CreateChannelAccountRequest {
        channel_account: Some(pb::ChannelAccount {
            settings: Some(Settings::Http(pb::HttpSettings {
                credential: "other".to_owned(),
                ..http()
            })),
            ..account()
        }),
        ..request
    };
    let refused = client
        .create_channel_account(h.request(other))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned())
    );
}

#[tokio::test]
async fn a_disabled_account_sends_nothing_any_more() {
    let h = Harness::start().await;
    let (stub, account) = crate::harness::provider(&h, pb::RepeatContract::Keyed).await;
    let disable = pb::DisableChannelAccountRequest {
        channel_account_id: account.channel_account_id,
    };
    for _ in 0..2 {
        let answer = h
            .accounts()
            .disable_channel_account(h.request(disable.clone()))
            .await
            .unwrap();
        assert!(answer.into_inner().channel_account.unwrap().disabled);
    }
    let message = h.send(h.code()).await.unwrap();
    h.wait_for(&message.message_id, pb::MessageState::Delivered)
        .await;
    assert!(stub.ledger.entries().is_empty());
    assert_eq!(h.arrived().await.len(), 1, "the sandbox stands in");
}

#[tokio::test]
async fn another_organizations_account_is_as_absent_as_none() {
    let h = Harness::start().await;
    let made = create(&h, account()).await.unwrap();
    let nobody = ChannelAccountId::from_uuid(SystemIds.next()).to_string();
    let stranger = TestCaller::fresh();
    let get = |id: &str| pb::GetChannelAccountRequest {
        channel_account_id: id.to_owned(),
    };
    let absent = h
        .accounts()
        .get_channel_account(h.request(get(&nobody)))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&absent),
        (Code::NotFound, "CHANNEL_ACCOUNT_NOT_FOUND".to_owned())
    );
    let foreign = h.request_as(&stranger, get(&made.channel_account_id));
    let foreign = h
        .accounts()
        .get_channel_account(foreign)
        .await
        .err()
        .unwrap();
    assert_eq!(bytes(&foreign), bytes(&absent));
    let disable = pb::DisableChannelAccountRequest {
        channel_account_id: made.channel_account_id,
    };
    let foreign = h.request_as(&stranger, disable);
    let foreign = h
        .accounts()
        .disable_channel_account(foreign)
        .await
        .err()
        .unwrap();
    assert_eq!(bytes(&foreign), bytes(&absent));
    let list = h.request_as(&stranger, pb::ListChannelAccountsRequest::default());
    let list = h
        .accounts()
        .list_channel_accounts(list)
        .await
        .unwrap()
        .into_inner();
    assert!(list.channel_accounts.is_empty());
}

#[tokio::test]
async fn lists_page_by_page() {
    let h = Harness::start().await;
    for name in ["One", "Two", "Three"] {
        let named = pb::ChannelAccount {
            display_name: name.to_owned(),
            ..account()
        };
        create(&h, named).await.unwrap();
    }
    let mut names = Vec::new();
    let mut token = String::new();
    loop {
        let request = pb::ListChannelAccountsRequest {
            page_size: 2,
            page_token: token,
        };
        let page = h
            .accounts()
            .list_channel_accounts(h.request(request))
            .await
            .unwrap()
            .into_inner();
        names.extend(
            page.channel_accounts
                .into_iter()
                .map(|account| account.display_name),
        );
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(names, ["Three", "Two", "One"]);
    let forged = pb::ListChannelAccountsRequest {
        page_size: -1,
        page_token: "AAAA".to_owned(),
    };
    let refused = h
        .accounts()
        .list_channel_accounts(h.request(forged))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["page_size", "page_token"]);
}
