use super::{NUMBER, ask, client, family, look_up, question};
use crate::harness::{Harness, paths};
use bitewing_auth::Caller;
use bitewing_core::ClinicId;
use bitewing_proto::patient as pb;
use bitewing_testkit::TestCaller;
use tonic::Status;

async fn block(
    h: &Harness,
    caller: &Caller,
    clinic: Option<ClinicId>,
    expire_time: Option<prost_types::Timestamp>,
) -> Result<pb::CallerBlock, Status> {
    let request = pb::BlockCallerRequest {
        clinic_id: clinic.map(|clinic| clinic.to_string()).unwrap_or_default(),
        address: NUMBER.to_owned(),
        reason: "insults staff".to_owned(),
        expire_time,
        ..Default::default()
    };
    let answer = client(h)
        .block_caller(h.request_as(caller, request))
        .await?;
    Ok(answer.into_inner().block.unwrap())
}

#[tokio::test]
async fn a_block_holds_where_it_was_made_until_it_is_ended() {
    let h = Harness::start().await;
    family(&h).await;
    let other = h.add_clinic(&h.caller, "CA");
    let made = block(&h, &h.caller, Some(h.clinic), None).await.unwrap();
    assert_eq!(
        (made.address.as_str(), made.reason.as_str()),
        (NUMBER, "insults staff")
    );
    let here = look_up(&h, NUMBER).await;
    assert_eq!(here.verdict(), pb::CallerVerdict::Blocked);
    assert_eq!(
        here.reasons[0],
        i32::from(pb::CallerReason::BlockedByClinic)
    );
    // Who it is, is shown still: a receptionist may want to know.
    assert_eq!(here.candidates.len(), 2);
    let there = pb::LookupCallerRequest {
        clinic_id: other.to_string(),
        ..question(&h, NUMBER)
    };
    let there = ask(&h, &h.caller, there).await.unwrap();
    assert_eq!(there.verdict(), pb::CallerVerdict::Known);

    let again = block(&h, &h.caller, Some(h.clinic), None).await.unwrap();
    assert_eq!(again.block_id, made.block_id);
    let request = pb::UnblockCallerRequest {
        block_id: made.block_id,
    };
    client(&h)
        .unblock_caller(h.request(request.clone()))
        .await
        .unwrap();
    client(&h).unblock_caller(h.request(request)).await.unwrap();
    assert_eq!(
        look_up(&h, NUMBER).await.verdict(),
        pb::CallerVerdict::Known
    );
    let listed = client(&h)
        .list_blocks(h.request(pb::ListBlocksRequest::default()))
        .await
        .unwrap();
    assert!(listed.into_inner().blocks.is_empty());
}

#[tokio::test]
async fn the_chain_is_blocked_by_callers_of_every_clinic_and_a_block_ends_by_itself() {
    let h = Harness::start().await;
    let clerk = TestCaller::within(&h.caller, &[h.clinic]);
    let refused = block(&h, &clerk, None, None).await.err().unwrap();
    assert_eq!(paths(&refused), ["clinic_id"]);
    let now = bitewing_core::Clock::now(&*h.test.clock);
    let soon = bitewing_rpc::field::to_timestamp(now + time::Duration::HOUR);
    let past = bitewing_rpc::field::to_timestamp(now);
    let refused = block(&h, &h.caller, None, Some(past)).await.err().unwrap();
    assert_eq!(paths(&refused), ["expire_time"]);
    let made = block(&h, &h.caller, None, Some(soon)).await.unwrap();
    let found = look_up(&h, NUMBER).await;
    assert_eq!(
        (found.verdict(), found.block_expire_time),
        (pb::CallerVerdict::Blocked, Some(soon))
    );
    // Who may not end it may see it.
    let request = h.request_as(
        &clerk,
        pb::UnblockCallerRequest {
            block_id: made.block_id,
        },
    );
    let refused = client(&h).unblock_caller(request).await.err().unwrap();
    assert_eq!(paths(&refused), ["block_id"]);
    let listed = client(&h)
        .list_blocks(h.request_as(&clerk, pb::ListBlocksRequest::default()))
        .await;
    assert_eq!(listed.unwrap().into_inner().blocks.len(), 1);
    h.test.clock.advance(time::Duration::seconds(3_601));
    assert_eq!(
        look_up(&h, NUMBER).await.verdict(),
        pb::CallerVerdict::Unknown
    );
}
