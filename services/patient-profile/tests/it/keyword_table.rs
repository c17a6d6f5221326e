//! Words an organization adds to those by which replies are read.

use crate::harness::{Harness, paths};
use bitewing_auth::Caller;
use bitewing_proto::patient as pb;
use bitewing_proto::patient::consent_service_client::ConsentServiceClient;
use bitewing_testkit::TestCaller;
use tonic::Status;
use tonic::transport::Channel;

fn client(h: &Harness) -> ConsentServiceClient<Channel> {
    ConsentServiceClient::new(h.channel.clone())
}

fn french(stop: &[&str]) -> pb::KeywordAdditions {
    pb::KeywordAdditions {
        language: "fr".to_owned(),
        stop: stop.iter().map(|word| (*word).to_owned()).collect(),
        ..Default::default()
    }
}

async fn update(
    h: &Harness,
    additions: Vec<pb::KeywordAdditions>,
) -> Result<pb::KeywordTable, Status> {
    let request = h.request(pb::UpdateKeywordTableRequest { additions });
    let answer = client(h).update_keyword_table(request).await?;
    Ok(answer.into_inner().keyword_table.unwrap())
}

async fn read(h: &Harness, caller: &Caller, text: &str) -> pb::EvaluateReplyResponse {
    let request = pb::EvaluateReplyRequest {
        text: text.to_owned(),
        language: "fr".to_owned(),
        ..Default::default()
    };
    let answer = client(h)
        .evaluate_reply(h.request_as(caller, request))
        .await;
    answer.unwrap().into_inner()
}

#[tokio::test]
async fn an_added_word_counts_for_its_organization_only() {
    let h = Harness::start().await;
    assert_eq!(
        read(&h, &h.caller, "ASSEZ !").await.verdict(),
        pb::ReplyVerdict::None
    );
    let table = update(&h, vec![french(&["Assez", "fichez-moi la"])])
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&table), ["additions[0].stop[1]"]);
    let table = update(&h, vec![french(&["Assez", "assez"])]).await.unwrap();
    assert_eq!(
        (table.version, &table.additions[0].stop),
        (1, &vec!["assez".to_owned()])
    );
    let same = update(&h, vec![french(&["ASSEZ"])]).await.unwrap();
    assert_eq!(same.version, 1);

    let reading = read(&h, &h.caller, "ASSEZ !").await;
    assert_eq!(reading.verdict(), pb::ReplyVerdict::OptOut);
    assert_eq!(reading.additions_version, 1);
    let stranger = TestCaller::fresh();
    let reading = read(&h, &stranger, "ASSEZ !").await;
    assert_eq!(reading.verdict(), pb::ReplyVerdict::None);

    let none = update(&h, Vec::new()).await.unwrap();
    assert_eq!((none.version, none.additions.len()), (2, 0));
    assert_eq!(
        read(&h, &h.caller, "arrêt").await.verdict(),
        pb::ReplyVerdict::OptOut
    );
}

#[tokio::test]
async fn what_everybody_has_keeps_its_meaning() {
    let h = Harness::start().await;
    let upside_down = pb::KeywordAdditions {
        language: "en".to_owned(),
        stop: vec!["Help".to_owned(), "enough".to_owned()],
        start: vec!["stop".to_owned(), "Enough!".to_owned(), String::new()],
        ..Default::default()
    };
    let again = pb::KeywordAdditions {
        language: "fr-CA".to_owned(),
        ..Default::default()
    };
    let klingon = pb::KeywordAdditions {
        language: "tlh".to_owned(),
        ..Default::default()
    };
    let refused = update(
        &h,
        vec![upside_down, french(&vec!["mot"; 51]), again, klingon],
    )
    .await
    .err()
    .unwrap();
    assert_eq!(
        paths(&refused),
        [
            "additions[0].stop[0]",
            "additions[0].start[0]",
            "additions[0].start[1]",
            "additions[0].start[2]",
            "additions[1].stop",
            "additions[2].language",
            "additions[3].language",
        ]
    );
    let kept = client(&h)
        .get_keyword_table(h.request(pb::GetKeywordTableRequest {}))
        .await;
    assert_eq!(kept.unwrap().into_inner().keyword_table.unwrap().version, 0);
}
