//! Limits on codes, all of them in the database: two instances count together, and the clinic is told which
//! one stood against a code while the patient is told to call.

use crate::harness::{ELSEWHERE, HOME, Harness, Holder, point, reason, until, why};
use bitewing_core::{Ids as _, SystemIds};
use bitewing_proto::document as pb;
use bitewing_proto::document::code_policy_service_client::CodePolicyServiceClient;
use bitewing_proto::document::recipient_service_client::RecipientServiceClient;
use bitewing_proto::patient as patient_pb;
use bitewing_testkit::TestCaller;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

impl Harness {
    fn code_policies(&self) -> CodePolicyServiceClient<Channel> {
        CodePolicyServiceClient::new(self.channel.clone())
    }

    async fn code_policy(&self) -> pb::CodePolicy {
        let request = self.request(pb::GetCodePolicyRequest {});
        let answer = self.code_policies().get_code_policy(request).await;
        answer.unwrap().into_inner().policy.unwrap()
    }

    async fn decide(&self, policy: pb::CodePolicy) -> Result<pb::CodePolicy, Status> {
        let request = pb::UpdateCodePolicyRequest {
            policy: Some(policy),
        };
        let request = self.request(request);
        let answer = self.code_policies().update_code_policy(request).await?;
        Ok(answer.into_inner().policy.unwrap())
    }

    /// A fresh link to a fresh patient whose phone ends so.
    async fn link_to(&self, phone: &str) -> (pb::Link, String) {
        self.put_patient(|patient| {
            patient.contact_points[1] = point(patient_pb::ContactPointKind::Phone, phone);
        });
        self.linked().await
    }

    /// Why a code of a link was refused, as its clinic sees it.
    async fn refusals(&self, link: &pb::Link) -> Vec<String> {
        let receipts = self.link(&link.link_id).await.receipts.into_iter();
        receipts
            .filter(|receipt| receipt.kind() == pb::LinkReceiptKind::CodeRefused)
            .map(|receipt| receipt.reason)
            .collect()
    }
}

fn stop(channel: pb::CodeChannel, region: &str) -> pb::CodeStop {
    pb::CodeStop {
        channel: channel.into(),
        region: region.to_owned(),
    }
}

/// What a patient is told whose code a limit stands against that is not the link's own: nothing of which.
fn is_told_to_call(refused: Result<pb::SendCodeResponse, Status>) {
    let refused = refused.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::ResourceExhausted, "CODE_LIMIT_REACHED".to_owned())
    );
    assert!(refused.get_details_retry_info().is_none());
    assert_eq!(refused.message(), "too many codes were asked for or tried");
}

#[tokio::test]
async fn two_instances_share_the_pause_of_a_link() {
    let h = Harness::start().await;
    let h = &h;
    let second = RecipientServiceClient::new(h.second_instance().await);
    let (link, token) = h.linked().await;
    let crowd = (0..20).map(|number| {
        let mut holder = h.holder(&token, HOME);
        if number % 2 == 1 {
            holder.client = second.clone();
        }
        async move {
            loop {
                let answer = holder.send_code(h, pb::CodeChannel::Sms).await;
                // The service sheds load before it waits for long.
                match answer {
                    Err(status) if status.code() == Code::Unavailable => {
                        tokio::task::yield_now().await;
                    }
                    answer => break answer,
                }
            }
        }
    });
    let answers: Vec<_> = crowd.collect::<FuturesUnordered<_>>().collect().await;
    let (sent, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((sent.len(), refused.len()), (1, 19));
    for answer in refused {
        assert_eq!(why(answer), "CODE_TOO_SOON");
    }
    assert_eq!(h.link(&link.link_id).await.codes_sent, 1);
}

#[tokio::test]
async fn two_organizations_and_two_instances_share_the_budget_of_a_phone() {
    let mut h = Harness::start().await;
    let mut holders: Vec<Holder> = Vec::new();
    let mut links = Vec::new();
    for turn in 0..6 {
        if turn == 3 {
            // Another chain, with the same person among its patients.
            h.caller = TestCaller::fresh();
            h.clinic = h.conversation.feed.add_clinic(h.caller.organization());
            h.put_patient(|_| {});
            let deps = h.deps();
            h.use_instance(deps).await;
        }
        let (link, token) = h.linked().await;
        holders.push(h.holder(&token, HOME));
        links.push(link);
    }
    let sending = holders
        .iter_mut()
        .map(async |holder| holder.send_code(&h, pb::CodeChannel::Sms).await);
    let answers: Vec<_> = sending.collect::<FuturesUnordered<_>>().collect().await;
    let refused: Vec<_> = answers.into_iter().filter(Result::is_err).collect();
    assert_eq!(refused.len(), 1, "five an hour");
    refused.into_iter().for_each(is_told_to_call);
    h.pass(61).await;
    for holder in &mut holders[..5] {
        holder.send_code(&h, pb::CodeChannel::Sms).await.unwrap();
    }
    h.pass(61).await;
    is_told_to_call(holders[5].send_code(&h, pb::CodeChannel::Sms).await);
    assert_eq!(h.refusals(&links[5]).await.last().unwrap(), "PHONE_LIMIT");
    // Three calls an hour beside them, as many as six a day.
    let mut called = 0;
    for hour in 0..3 {
        for holder in &mut holders {
            called += usize::from(holder.send_code(&h, pb::CodeChannel::Voice).await.is_ok());
        }
        assert_eq!(called, 6.min(3 * (hour + 1)), "hour {hour}");
        h.pass(61).await;
    }
}

#[tokio::test]
async fn the_budget_of_a_day_holds_over_two_instances_and_is_told_once() {
    let h = Harness::start().await;
    let second = RecipientServiceClient::new(h.second_instance().await);
    let policy = pb::CodePolicy {
        daily_budget: 4,
        ..Default::default()
    };
    assert_eq!(h.decide(policy).await.unwrap().daily_budget, 4);
    let mut links = Vec::new();
    let mut holders = Vec::new();
    for number in 0..8 {
        let (link, token) = h.link_to(&format!("+1514873567{number}")).await;
        let mut holder = h.holder(&token, HOME);
        if number % 2 == 1 {
            holder.client = second.clone();
        }
        holders.push(holder);
        links.push(link);
    }
    let sending = holders
        .iter_mut()
        .map(async |holder| holder.send_code(&h, pb::CodeChannel::Sms).await);
    let answers: Vec<_> = sending.collect::<FuturesUnordered<_>>().collect().await;
    let refused: Vec<_> = answers.into_iter().filter(Result::is_err).collect();
    assert_eq!(refused.len(), 4);
    refused.into_iter().for_each(is_told_to_call);
    let policy = h.code_policy().await;
    assert_eq!((policy.sent_today, policy.usual_per_day), (4, 0));
    let mut told = 0;
    for link in &links {
        let refusals = h.refusals(link).await;
        assert!(refusals.is_empty() || refusals == ["BUDGET_SPENT"]);
        told += refusals.len();
    }
    assert_eq!(told, 4);
    let organization = h.caller.organization().to_string();
    assert_eq!(
        h.events(&organization).await,
        ["codes.policy_changed", "codes.budget_spent"]
    );
    // Another organization has its own budget, and another day a new one.
    h.sql("UPDATE code_days SET day = day - 1").await;
    let late = holders.iter_mut().zip(&links);
    let mut sent = 0;
    h.pass(2).await;
    for (holder, _) in late.take(2) {
        sent += usize::from(holder.send_code(&h, pb::CodeChannel::Sms).await.is_ok());
    }
    assert_eq!(sent, 2);
}

#[tokio::test]
async fn many_codes_to_one_range_are_capped_and_three_times_the_usual_number_is_told() {
    let h = Harness::start().await;
    let organization = h.caller.organization();
    for (age, sent) in [12, 9, 11, 0, 10, 12, 400].iter().enumerate() {
        h.sql(&format!(
            "INSERT INTO code_days (organization_id, day, sent) VALUES
             ('{}', (now() AT TIME ZONE 'UTC')::date - {}, {sent})",
            organization.uuid(),
            age + 1
        ))
        .await;
    }
    let policy = pb::CodePolicy {
        daily_budget: 40,
        ..Default::default()
    };
    h.decide(policy).await.unwrap();
    assert_eq!(h.code_policy().await.usual_per_day, 11);
    let document = h.ready().await;
    let organization = organization.to_string();
    let mut sent = 0;
    for number in 0..50 {
        h.put_patient(|patient| {
            let phone = format!("+15148735{:03}", 500 + number);
            patient.contact_points[1] = point(patient_pb::ContactPointKind::Phone, &phone);
        });
        let link = h.create_link(h.link_request(&[&document])).await.unwrap();
        let mut holder = h.holder(&h.token(&link).await, HOME);
        holder.address = format!("203.0.113.{}", number % 5);
        let answer = holder.send_code(&h, pb::CodeChannel::Sms).await;
        sent += i32::from(answer.is_ok());
        let told = h.events(&organization).await;
        let alarms = told.iter().filter(|event| *event == "codes.unusual");
        assert_eq!(alarms.count(), usize::from(sent >= 33), "after {sent}");
    }
    assert_eq!(sent, 40);
    assert_eq!(h.code_policy().await.sent_today, 40);
}

#[tokio::test]
async fn one_address_asks_for_thirty_codes_in_ten_minutes_over_all_links() {
    let h = Harness::start().await;
    let document = h.ready().await;
    let mut refused = Vec::new();
    for number in 0..32 {
        h.put_patient(|patient| {
            let phone = format!("+15148735{:03}", 500 + number);
            patient.contact_points[1] = point(patient_pb::ContactPointKind::Phone, &phone);
        });
        let link = h.create_link(h.link_request(&[&document])).await.unwrap();
        let mut holder = h.holder(&h.token(&link).await, ELSEWHERE);
        // A subscriber's /64 is one address, however many it takes.
        holder.address = format!("2001:db8:1:2::{number:x}");
        if holder.send_code(&h, pb::CodeChannel::Sms).await.is_err() {
            refused.push((link, holder));
        }
    }
    assert_eq!(refused.len(), 2);
    let (link, mut holder) = refused.remove(0);
    assert_eq!(h.refusals(&link).await, ["ADDRESS_LIMIT"]);
    is_told_to_call(holder.send_code(&h, pb::CodeChannel::Sms).await);
    holder.address = "2001:db8:1:3::1".to_owned();
    assert!(holder.send_code(&h, pb::CodeChannel::Sms).await.is_ok());
}

#[tokio::test]
async fn kill_switches_stop_a_channel_or_a_country_at_once() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let mut anne = h.holder(&token, HOME);
    let decide = async |stops: Vec<pb::CodeStop>| {
        let policy = pb::CodePolicy {
            stops,
            ..Default::default()
        };
        h.decide(policy).await.unwrap()
    };
    decide(vec![
        stop(pb::CodeChannel::Sms, ""),
        stop(pb::CodeChannel::Unspecified, "FR"),
    ])
    .await;
    let channels = anne.open(&h).await.unwrap().channels;
    assert_eq!(channels, [pb::CodeChannel::Voice as i32]);
    is_told_to_call(anne.send_code(&h, pb::CodeChannel::Sms).await);
    assert_eq!(h.refusals(&link).await, ["CODES_STOPPED"]);
    assert!(anne.send_code(&h, pb::CodeChannel::Voice).await.is_ok());
    h.pass(2).await;

    decide(vec![stop(pb::CodeChannel::Unspecified, "CA")]).await;
    for channel in [pb::CodeChannel::Sms, pb::CodeChannel::Voice] {
        is_told_to_call(anne.send_code(&h, channel).await);
    }
    assert_eq!(h.link(&link.link_id).await.codes_sent, 1);
    assert!(h.conversation.letters().len() == 2, "the link, one code");
    let none = decide(Vec::new()).await;
    assert!(none.stops.is_empty() && none.daily_budget == 1_000);
    assert!(anne.send_code(&h, pb::CodeChannel::Sms).await.is_ok());
}

#[tokio::test]
async fn the_operator_stops_codes_whatever_organizations_say() {
    let mut h = Harness::start().await;
    let (link, token) = h.linked().await;
    let mut deps = h.deps();
    deps.stopped_codes = "SMS:CA, VOICE:JM".parse().unwrap();
    h.use_instance(deps).await;
    let mut anne = h.holder(&token, HOME);
    is_told_to_call(anne.send_code(&h, pb::CodeChannel::Sms).await);
    assert_eq!(h.refusals(&link).await, ["CODES_STOPPED_BY_OPERATOR"]);
    assert!(anne.send_code(&h, pb::CodeChannel::Voice).await.is_ok());
    let shown = h.code_policy().await.operator_stops;
    assert_eq!(shown.len(), 2);
    assert_eq!(shown[0].channel(), pb::CodeChannel::Sms);
    assert_eq!(shown[1].region, "JM");
}

#[tokio::test]
async fn a_country_taken_off_the_list_stops_codes_of_links_made_before() {
    let h = Harness::start().await;
    h.set_regions(&["CA", "FR"]).await;
    let (link, token) = h.link_to("+33612345678").await;
    h.set_regions(&["CA"]).await;
    let mut anne = h.holder(&token, HOME);
    is_told_to_call(anne.send_code(&h, pb::CodeChannel::Sms).await);
    assert_eq!(h.refusals(&link).await, ["REGION_NOT_ALLOWED"]);
    assert_eq!(h.conversation.letters().len(), 1, "the link alone went out");
}

#[tokio::test]
async fn the_clinic_is_told_each_limit_once_and_how_often_it_stood() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let policy = pb::CodePolicy {
        stops: vec![stop(pb::CodeChannel::Sms, "")],
        ..Default::default()
    };
    h.decide(policy).await.unwrap();
    let mut anne = h.holder(&token, HOME);
    for _ in 0..5 {
        is_told_to_call(anne.send_code(&h, pb::CodeChannel::Sms).await);
    }
    h.sql("UPDATE receipts SET last_at = last_at - interval '2 minutes'")
        .await;
    is_told_to_call(anne.send_code(&h, pb::CodeChannel::Sms).await);
    let receipts = h.link(&link.link_id).await.receipts;
    let refused: Vec<_> = receipts
        .iter()
        .filter(|receipt| receipt.kind() == pb::LinkReceiptKind::CodeRefused)
        .collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(
        (refused[0].count, refused[0].network.as_str()),
        (2, "203.0.113.0/24")
    );
    assert_eq!(refused[0].channel(), pb::CodeChannel::Sms);
    let told = h.events(&link.link_id).await;
    assert_eq!(told, ["link.issued", "link.code_refused"]);
}

#[tokio::test]
async fn policies_are_decided_for_every_clinic_and_over_what_was_read() {
    let h = Harness::start().await;
    let first = h.code_policy().await;
    assert_eq!((first.daily_budget, first.etag.as_str()), (1_000, "\"0\""));
    let wanted = pb::CodePolicy {
        daily_budget: 7,
        stops: vec![stop(pb::CodeChannel::Voice, "US")],
        etag: first.etag.clone(),
        ..Default::default()
    };
    let second = h.decide(wanted.clone()).await.unwrap();
    assert_eq!(second.daily_budget, 7);
    assert_eq!(why(h.decide(wanted.clone()).await), "ETAG_MISMATCH");
    let again = pb::CodePolicy {
        etag: String::new(),
        ..wanted
    };
    assert_eq!(h.decide(again.clone()).await.unwrap().etag, second.etag);

    let some = TestCaller::within(&h.caller, &[h.clinic]);
    let request = pb::UpdateCodePolicyRequest {
        policy: Some(again),
    };
    let refused = h
        .code_policies()
        .update_code_policy(h.request_as(&some, request))
        .await;
    assert_eq!(why(refused), "FORBIDDEN");
    let stranger = TestCaller::fresh();
    let request = h.request_as(&stranger, pb::GetCodePolicyRequest {});
    let theirs = h.code_policies().get_code_policy(request).await.unwrap();
    assert_eq!(theirs.into_inner().policy.unwrap().daily_budget, 1_000);
}

#[tokio::test]
async fn policies_that_cannot_be_are_refused_with_every_fault() {
    let h = Harness::start().await;
    let policy = pb::CodePolicy {
        daily_budget: 100_001,
        stops: vec![
            stop(pb::CodeChannel::Sms, "Canada"),
            pb::CodeStop {
                channel: 9,
                region: String::new(),
            },
            stop(pb::CodeChannel::Sms, "CA"),
            stop(pb::CodeChannel::Sms, "CA"),
        ],
        ..Default::default()
    };
    let refused = h.decide(policy).await.err().unwrap();
    assert_eq!(
        crate::harness::paths(&refused),
        [
            "policy.daily_budget",
            "policy.stops[0].region",
            "policy.stops[1].channel",
            "policy.stops[3]"
        ]
    );
    let policy = pb::CodePolicy {
        stops: vec![stop(pb::CodeChannel::Sms, "CA"); 101],
        ..Default::default()
    };
    let refused = h.decide(policy).await.err().unwrap();
    assert!(crate::harness::paths(&refused).contains(&"policy.stops".to_owned()));
    let request = h.request(pb::UpdateCodePolicyRequest { policy: None });
    let refused = h.code_policies().update_code_policy(request).await;
    assert_eq!(crate::harness::paths(&refused.err().unwrap()), ["policy"]);
}

#[tokio::test]
async fn numbers_that_cost_their_callers_are_refused_before_anything_is_sent() {
    let h = Harness::start().await;
    let (link, _) = h.linked().await;
    let before = h.conversation.letters().len();
    for (number, costly) in [
        ("+19002345678", "premium"),
        ("+18002345678", "toll-free"),
        ("+448442345678", "shared-cost"),
    ] {
        let request = pb::CorrectRecipientRequest {
            link_id: link.link_id.clone(),
            phone: number.to_owned(),
            phone_again: number.to_owned(),
            request_id: SystemIds.next().to_string(),
            ..Default::default()
        };
        let refused = h.links().correct_recipient(h.request(request)).await;
        assert_eq!(
            crate::harness::paths(&refused.err().unwrap()),
            ["phone"],
            "{costly}"
        );
        h.put_patient(|patient| {
            patient.contact_points[1] = point(patient_pb::ContactPointKind::Phone, number);
        });
        let document = h.ready().await;
        let refused = h.create_link(h.link_request(&[&document])).await;
        assert_eq!(why(refused), "NO_PHONE", "{costly}");
    }
    until(async || (h.conversation.letters().len() == before).then_some(())).await;
}
