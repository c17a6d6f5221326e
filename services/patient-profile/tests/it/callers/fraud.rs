use super::{NUMBER, ask, client, look_up, question};
use crate::harness::{Harness, paths, reason, until};
use bitewing_proto::patient as pb;
use tonic::Code;

#[tokio::test]
async fn signs_of_fraud_are_named() {
    let h = Harness::start().await;
    h.tell_clinic(h.clinic, "en", "+15145550100");
    let own = until(async || {
        let found = look_up(&h, "+15145550100").await;
        (!found.reasons.is_empty()).then_some(found)
    })
    .await;
    assert_eq!(own.verdict(), pb::CallerVerdict::SuspectedSpam);
    assert_eq!(own.reasons, [i32::from(pb::CallerReason::OwnNumber)]);
    let premium = look_up(&h, "+1 900 234 5678").await;
    assert_eq!(
        premium.reasons,
        [i32::from(pb::CallerReason::PremiumNumber)]
    );
    let impossible = look_up(&h, "+1 555").await;
    assert_eq!(
        impossible.reasons,
        [i32::from(pb::CallerReason::ImpossibleNumber)]
    );
    assert_eq!(
        (impossible.verdict(), impossible.address.as_str()),
        (pb::CallerVerdict::Unknown, "")
    );
    let robot = pb::LookupCallerRequest {
        verification: pb::CallVerification::Failed.into(),
        short_calls: 4,
        ..question(&h, NUMBER)
    };
    let robot = ask(&h, &h.caller, robot).await.unwrap();
    assert_eq!(robot.verdict(), pb::CallerVerdict::SuspectedSpam);

    let report = pb::ReportSpamRequest {
        clinic_id: h.clinic.to_string(),
        address: NUMBER.to_owned(),
        ..Default::default()
    };
    for _ in 0..2 {
        let answer = client(&h)
            .report_spam(h.request(report.clone()))
            .await
            .unwrap();
        assert_eq!(answer.into_inner().reporters, 1);
    }
    let reported = look_up(&h, NUMBER).await;
    assert_eq!(
        reported.reasons,
        [i32::from(pb::CallerReason::ReportedByStaff)]
    );
    h.test.clock.advance(time::Duration::seconds(181 * 86_400));
    assert_eq!(
        look_up(&h, NUMBER).await.verdict(),
        pb::CallerVerdict::Unknown
    );
}

#[tokio::test]
async fn nonsense_is_named_with_its_path() {
    let h = Harness::start().await;
    let request = pb::LookupCallerRequest {
        clinic_id: "x".to_owned(),
        address: "a\u{202e}b".to_owned(),
        kind: 99,
        verification: -1,
        short_calls: 5_000,
        ..Default::default()
    };
    let refused = ask(&h, &h.caller, request).await.err().unwrap();
    assert_eq!(
        paths(&refused),
        [
            "clinic_id",
            "address",
            "kind",
            "verification",
            "short_calls"
        ]
    );
    let words = ask(&h, &h.caller, question(&h, "call me"))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&words), ["address"]);
    let nowhere = pb::LookupCallerRequest {
        clinic_id: "cln_01h455vb4pex5vsknk084sn02q".to_owned(),
        ..question(&h, NUMBER)
    };
    let refused = ask(&h, &h.caller, nowhere).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "CLINIC_NOT_FOUND".to_owned())
    );
}
