//! Calls cut off half-way leave no transaction open.

use crate::suite::grpc::{self, bearer};
use crate::suite::seeded::Seeded;
use crate::suite::sql::Sql;
use crate::suite::{Chain, Suite, eventually, rpcs};
use bitewing_auth::Service;
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use std::time::Duration;
use tonic::Code;

const CALLS: usize = 2_000;
const AT_ONCE: usize = 32;
/// After this long a call is cut off, at the latest.
const LONGEST: u64 = 50;

#[tokio::test]
async fn calls_cut_off_anywhere_leave_nothing_open() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let clinic = chain.clinic().await;
    let rpc = rpcs::all()
        .into_iter()
        .find(|rpc| rpc.name() == "PatientService/CreatePatient")
        .unwrap();
    let patient =
        json!({ "patient": { "clinicId": clinic, "givenName": "Jean", "familyName": "Roy" } });
    let message = rpc.encode(&patient);
    let channel = chain.channel.clone();
    let token = bearer(chain.json.token());
    assert_eq!(
        grpc::call(&channel, Some(&token), rpc.path(), message.clone())
            .await
            .code,
        Code::Ok
    );

    let mut seeded = Seeded::new(2026);
    let patience: Vec<_> = (0..CALLS)
        .map(|_| Duration::from_millis(seeded.below(LONGEST)))
        .collect();
    let answered = stream::iter(patience)
        .map(|patience| {
            let call = grpc::call(&channel, Some(&token), rpc.path(), message.clone());
            async move { tokio::time::timeout(patience, call).await.is_ok() }
        })
        .buffer_unordered(AT_ONCE)
        .fold(0, async |answered, is_answered| {
            answered + usize::from(is_answered)
        })
        .await;
    assert!(answered < CALLS, "no call was cut off");

    let database = suite.databases().of(Service::PatientProfile);
    let mut admin = Sql::connect(&database.admin()).await;
    let open = "SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND state LIKE 'idle in transaction%'
                  AND state_change < clock_timestamp() - interval '200 ms'";
    eventually("the end of every transaction", async || {
        (admin.number(open).await.unwrap() == 0).then_some(())
    })
    .await;
    for _ in 0..20 {
        let outcome = grpc::call(&channel, Some(&token), rpc.path(), message.clone()).await;
        assert_eq!(outcome.code, Code::Ok, "{outcome:?}");
    }
    // What was made, was made whole: the row, its event and its line in the trail.
    let whole = "SELECT count(*) FROM (
                     SELECT (SELECT count(*) FROM patients),
                            (SELECT count(*) FROM store.outbox WHERE event_type = 'patient.created'),
                            (SELECT count(*) FROM store.audit_entries WHERE action = 'patient.created')
                 ) AS t (patients, events, lines) WHERE patients = events AND events = lines";
    eventually("equal counts", async || {
        (admin.number(whole).await.unwrap() == 1).then_some(())
    })
    .await;
    admin.close().await;
}
