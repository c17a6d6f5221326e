use crate::harness::{Harness, paths, phone, reason, until};
use bitewing_auth::Caller;
use bitewing_core::ClinicId;
use bitewing_proto::patient as pb;
use bitewing_proto::patient::caller_service_client::CallerServiceClient;
use bitewing_testkit::TestCaller;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use tonic::transport::Channel;
use tonic::{Code, Status};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

const NUMBER: &str = "+15148731234";

fn client(h: &Harness) -> CallerServiceClient<Channel> {
    CallerServiceClient::new(h.channel.clone())
}

fn question(h: &Harness, address: &str) -> pb::LookupCallerRequest {
    pb::LookupCallerRequest {
        clinic_id: h.clinic.to_string(),
        address: address.to_owned(),
        ..Default::default()
    }
}

async fn ask(
    h: &Harness,
    caller: &Caller,
    request: pb::LookupCallerRequest,
) -> Result<pb::LookupCallerResponse, Status> {
    let answer = client(h)
        .lookup_caller(h.request_as(caller, request))
        .await?;
    Ok(answer.into_inner())
}

async fn look_up(h: &Harness, address: &str) -> pb::LookupCallerResponse {
    ask(h, &h.caller, question(h, address)).await.unwrap()
}

/// A mother and her daughter on one number.
async fn family(h: &Harness) -> [pb::Patient; 2] {
    let mother = h.create(h.anne()).await.unwrap();
    let daughter = pb::Patient {
        external_ids: Vec::new(),
        given_name: "Léa".to_owned(),
        contact_points: vec![phone(NUMBER)],
        ..h.anne()
    };
    [mother, h.create(daughter).await.unwrap()]
}

#[tokio::test]
async fn the_card_says_what_a_receptionist_needs() {
    let h = Harness::start().await;
    h.tell_clinic(h.clinic, "fr", "+15145550100");
    let anne = pb::Patient {
        gender: pb::Gender::Female.into(),
        birth_date: Some(pb::Date {
            year: 1980,
            month: 1,
            day: 1,
        }),
        patient_since: Some(pb::Date {
            year: 2000,
            month: 1,
            day: 1,
        }),
        children: vec![pb::Child {
            given_name: "Léa".to_owned(),
            ..Default::default()
        }],
        notes: "afraid of needles".to_owned(),
        ..h.anne()
    };
    let made = h.create(anne).await.unwrap();
    let found = until(async || {
        let found = look_up(&h, "514 873 1234").await;
        found.candidates[0]
            .greeting
            .starts_with("Bonjour")
            .then_some(found)
    })
    .await;
    assert_eq!(found.verdict(), pb::CallerVerdict::Known);
    assert_eq!(found.address, NUMBER);
    let card = &found.candidates[0];
    assert_eq!(
        (card.patient_id.as_str(), card.display_name.as_str()),
        (made.patient_id.as_str(), "Anne Côté")
    );
    assert!(card.age.unwrap() >= 45 && card.tenure_years.unwrap() >= 25);
    assert_eq!(card.children, ["Léa"]);
    assert!(card.has_notes && !card.sensitive);
    assert!(
        card.greeting
            .starts_with("Bonjour Madame Côté, comment puis-je vous aider ?")
    );
    let style = card.style.as_ref().unwrap();
    assert_eq!(
        (style.salutation.as_str(), style.pronoun.as_str()),
        ("Madame Côté", "vous")
    );
    assert_eq!(card.preferred_channel(), pb::ContactChannel::Email);
}

#[tokio::test]
async fn any_notation_and_any_kind_of_address_finds_the_patient() {
    let h = Harness::start().await;
    let mut anne = h.anne();
    anne.contact_points.push(pb::ContactPoint {
        kind: pb::ContactPointKind::Handle.into(),
        channel: pb::ContactChannel::Telegram.into(),
        value: "77231".to_owned(),
        ..Default::default()
    });
    h.create(anne).await.unwrap();
    for address in [
        "(514) 873-1234",
        "+1 514 873 1234",
        "15148731234",
        "ANNE.cote@example.ORG",
    ] {
        assert_eq!(look_up(&h, address).await.candidates.len(), 1, "{address}");
    }
    let handle = |channel: pb::ContactChannel| pb::LookupCallerRequest {
        kind: pb::ContactPointKind::Handle.into(),
        channel: channel.into(),
        ..question(&h, "77231")
    };
    let telegram = ask(&h, &h.caller, handle(pb::ContactChannel::Telegram))
        .await
        .unwrap();
    assert_eq!(telegram.candidates.len(), 1);
    let viber = ask(&h, &h.caller, handle(pb::ContactChannel::Viber))
        .await
        .unwrap();
    assert_eq!(viber.verdict(), pb::CallerVerdict::Unknown);
}

#[tokio::test]
async fn a_family_on_one_number_is_answered_whole() {
    let h = Harness::start().await;
    family(&h).await;
    let found = look_up(&h, NUMBER).await;
    let mut names: Vec<_> = found
        .candidates
        .iter()
        .map(|card| card.given_name.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["Anne", "Léa"]);
}

#[tokio::test]
async fn another_clinics_patients_stay_out_of_sight_unless_the_chain_shares_them() {
    let h = Harness::start().await;
    family(&h).await;
    let other = h.add_clinic(&h.caller, "CA");
    let neighbour = TestCaller::within(&h.caller, &[other]);
    let asked = pb::LookupCallerRequest {
        clinic_id: other.to_string(),
        ..question(&h, NUMBER)
    };
    let found = ask(&h, &neighbour, asked.clone()).await.unwrap();
    assert_eq!(
        (found.candidates.len(), found.verdict()),
        (0, pb::CallerVerdict::Unknown)
    );
    h.set_visibility(&h.caller, "SHARED");
    until(async || {
        let found = ask(&h, &neighbour, asked.clone()).await.unwrap();
        (found.candidates.len() == 2).then_some(())
    })
    .await;
    // Another organization sees nothing, whatever it shares.
    let stranger = TestCaller::fresh();
    let theirs = h.add_clinic(&stranger, "CA");
    let asked = pb::LookupCallerRequest {
        clinic_id: theirs.to_string(),
        ..question(&h, NUMBER)
    };
    assert!(
        ask(&h, &stranger, asked)
            .await
            .unwrap()
            .candidates
            .is_empty()
    );
}

/// Counts the statements of this test's thread that touch what a lookup reads.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<Vec<String>>>);

struct Text(String);

impl tracing::field::Visit for Text {
    fn record_debug(&mut self, _: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {value:?}");
    }
}

impl<S: tracing::Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut text = Text(String::new());
            event.record(&mut text);
            self.0.lock().unwrap().push(text.0);
        }
    }
}

#[tokio::test]
async fn everything_is_read_in_one_statement() {
    let h = Harness::start().await;
    family(&h).await;
    look_up(&h, NUMBER).await;
    // The service runs on this test's thread, and so do its statements.
    let seen = Statements::default();
    let subscriber = tracing_subscriber::registry().with(seen.clone());
    let guard = tracing::subscriber::set_default(subscriber);
    // What was asked before there was anybody to tell is asked anew.
    tracing::callsite::rebuild_interest_cache();
    assert_eq!(look_up(&h, NUMBER).await.candidates.len(), 2);
    drop(guard);
    let seen = seen.0.lock().unwrap();
    let reads: Vec<_> = seen
        .iter()
        .filter(|text| text.contains("SELECT") && !text.contains("store."))
        .filter(|text| !text.contains("feed") && !text.contains("app.organization"))
        .collect();
    assert_eq!(reads.len(), 1, "{seen:?}");
    assert!(reads[0].contains("contact_points") && reads[0].contains("caller_blocks"));
}

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
