use crate::harness::{Harness, create_account_of, http_account, provider, reason};
use bitewing_core::{ChannelAccountId, Ids as _, SystemIds};
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::channel_account::Settings;
use bitewing_testkit::TestCaller;
use bitewing_testkit::provider::Entry;
use tonic::{Code, Status};

pub(crate) async fn test(h: &Harness, id: &str) -> Result<pb::TestChannelAccountResponse, Status> {
    let request = pb::TestChannelAccountRequest {
        channel_account_id: id.to_owned(),
    };
    let request = h.request(request);
    Ok(h.accounts()
        .test_channel_account(request)
        .await?
        .into_inner())
}

#[tokio::test]
async fn the_sandbox_is_always_usable() {
    let h = Harness::start().await;
    let account = pb::ChannelAccount {
        display_name: "Sandbox".to_owned(),
        channels: vec![pb::Channel::Sms.into()],
        settings: Some(Settings::Sandbox(pb::SandboxSettings::default())),
        ..Default::default()
    };
    let account = create_account_of(&h, account).await.unwrap();
    let answer = test(&h, &account.channel_account_id).await.unwrap();
    assert!(answer.usable && answer.reason.is_empty());
}

#[tokio::test]
async fn a_provider_that_can_be_asked_is_asked_for_nothing() {
    let h = Harness::start().await;
    let (stub, account) = provider(&h, pb::RepeatContract::Queryable).await;
    let answer = test(&h, &account.channel_account_id).await.unwrap();
    assert!(answer.usable, "{}", answer.reason);
    let posts = stub.ledger.entries();
    let posted = |entry: &Entry| matches!(entry, Entry::Post { .. });
    assert!(!posts.iter().any(posted), "nothing is sent");
    let nowhere = http_account("http://127.0.0.1:9/messages", pb::RepeatContract::Queryable);
    let nowhere = create_account_of(&h, nowhere).await.unwrap();
    let answer = test(&h, &nowhere.channel_account_id).await.unwrap();
    assert_eq!(
        (answer.usable, answer.reason.as_str()),
        (false, "PROVIDER_NOT_REACHED")
    );
}

#[tokio::test]
async fn a_provider_that_cannot_be_asked_is_not_testable() {
    let h = Harness::start().await;
    let account = http_account("http://127.0.0.1:9/messages", pb::RepeatContract::None);
    let account = create_account_of(&h, account).await.unwrap();
    let refused = test(&h, &account.channel_account_id).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (
            Code::FailedPrecondition,
            "CHANNEL_ACCOUNT_NOT_TESTABLE".to_owned()
        )
    );
}

#[tokio::test]
async fn absent_and_foreign_accounts_are_not_found() {
    let h = Harness::start().await;
    let nobody = ChannelAccountId::from_uuid(SystemIds.next()).to_string();
    let absent = test(&h, &nobody).await.err().unwrap();
    assert_eq!(
        reason(&absent),
        (Code::NotFound, "CHANNEL_ACCOUNT_NOT_FOUND".to_owned())
    );
    let (_stub, account) = provider(&h, pb::RepeatContract::Queryable).await;
    let request = pb::TestChannelAccountRequest {
        channel_account_id: account.channel_account_id,
    };
    let request = h.request_as(&TestCaller::fresh(), request);
    let foreign = h
        .accounts()
        .test_channel_account(request)
        .await
        .err()
        .unwrap();
    assert_eq!(
        crate::harness::bytes(&foreign),
        crate::harness::bytes(&absent)
    );
}
