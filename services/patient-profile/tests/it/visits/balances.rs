use crate::harness::{Harness, external_id};
use bitewing_proto::patient as pb;
use bitewing_proto::patient::balance_service_client::BalanceServiceClient;
use pb::UpsertOutcome::{Created, Failed};

#[tokio::test]
async fn balances_are_mirrored_in_minor_units() {
    let h = Harness::start().await;
    h.create(h.anne()).await.unwrap();
    let mut balances = BalanceServiceClient::new(h.channel.clone());
    let owed = |value: &str, minor_units: i64, overdue: i64| pb::Balance {
        external_id: Some(external_id("opendental", value)),
        patient_external_id: Some(external_id("opendental", "1234")),
        clinic_id: h.clinic.to_string(),
        amount: Some(pb::Money {
            currency_code: "CAD".to_owned(),
            minor_units,
        }),
        overdue_minor_units: overdue,
        ..Default::default()
    };
    let foreign = pb::Balance {
        amount: Some(pb::Money {
            currency_code: "ZZZ".to_owned(),
            minor_units: 1,
        }),
        ..owed("b4", 1, 0)
    };
    let rows = vec![
        owed("b1", 12_345, 2_345),
        owed("b2", -500, 0),
        owed("b3", 100, 101),
        foreign,
    ];
    let request = pb::BatchUpsertBalancesRequest { balances: rows };
    let results = balances
        .batch_upsert_balances(h.request(request))
        .await
        .unwrap()
        .into_inner()
        .results;
    let outcomes: Vec<_> = results.iter().map(pb::UpsertResult::outcome).collect();
    assert_eq!(outcomes, [Created, Created, Failed, Failed]);
    assert_eq!(results[2].fields, ["overdue_minor_units"]);
    assert_eq!(results[3].fields, ["amount.currency_code"]);
    let request = pb::ListBalancesRequest {
        overdue_only: true,
        ..Default::default()
    };
    let listed = balances
        .list_balances(h.request(request))
        .await
        .unwrap()
        .into_inner()
        .balances;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].amount.as_ref().unwrap().minor_units, 12_345);
}
