//! Things of clinics that are not the caller's look absent, to the byte.

use super::{ask, swapped};
use crate::catalogue::{Stranger, World, placeholders, rows};
use crate::suite::{Suite, eventually, rpcs};
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeSet;
use tonic::Code;

/// What belongs to a clinic, as opposed to the whole organization.
const OF_A_CLINIC: [&str; 11] = [
    "$issue",
    "$clinic",
    "$patient",
    "$document",
    "$link",
    "$message",
    "$appointment",
    "$wish",
    "$block",
    "$wording",
    "$feedback",
];

#[tokio::test]
async fn things_of_another_clinic_look_absent() {
    let suite = Suite::shared().await;
    let world = World::make(&suite.site).await;
    let chain = &world.chain;
    let visibility = json!({ "patientVisibility": "PATIENT_VISIBILITY_PER_CLINIC" });
    chain
        .json
        .call(Method::PATCH, "/v1/organization", visibility)
        .await;
    let own_clinic = chain.clinic().await;
    let scopes: BTreeSet<String> = rpcs::all()
        .iter()
        .filter_map(|rpc| rpc.rule.scope.clone())
        .collect();
    let scopes: Vec<String> = scopes.into_iter().collect();
    let clerk = chain.program(&scopes, &[&own_clinic]).await;
    // The setting travels by the feed.
    let patient = format!("/v1/patients/{}", world.thing("$patient"));
    eventually("the patient of another clinic out of sight", async || {
        let answer = clerk.try_get(&patient).await?;
        (answer.status == 404).then_some(())
    })
    .await;

    let channel = suite.site.channel();
    let mut compared = 0;
    for row in rows().filter(|row| matches!(row.stranger, Stranger::NotFound | Stranger::EmptyList))
    {
        // Audit lines are looked for by resource, whichever clinic it is of.
        let template = row.template();
        let of_a_clinic = |(pointer, placeholder): (String, String)| {
            OF_A_CLINIC
                .contains(&placeholder.as_str())
                .then_some((pointer, placeholder))
        };
        for (pointer, placeholder) in placeholders(&template).into_iter().filter_map(of_a_clinic) {
            let absent = world.absent(&placeholder).expect("it is an identifier");
            let foreign = swapped(&world, &template, &pointer, &world.thing(&placeholder));
            let absent = swapped(&world, &template, &pointer, &absent);
            let foreign = ask(&channel, Some(clerk.token()), row, &foreign).await;
            let absent = ask(&channel, Some(clerk.token()), row, &absent).await;
            assert_eq!(foreign, absent, "{} {pointer}", row.name);
            let empty = foreign
                .answer
                .as_ref()
                .is_some_and(|answer| rpcs::is_empty(&rpcs::answer(&row.rpc(), answer)));
            assert!(
                foreign.code == Code::NotFound || empty,
                "{} {pointer}: {foreign:?}",
                row.name
            );
            compared += 1;
        }
    }
    assert!(compared > 20, "only {compared} identifiers were tried");
}

#[tokio::test]
async fn a_program_of_some_clinics_cannot_make_one_of_all() {
    let suite = Suite::shared().await;
    let chain = crate::suite::Chain::found(&suite.site).await;
    let (own, other) = (chain.clinic().await, chain.clinic().await);
    let scopes = ["api_clients.write".to_owned(), "patients.read".to_owned()];
    let clerk = chain.program(&scopes, &[&own]).await;
    for (clinics, scopes) in [
        (json!([]), json!(["patients.read"])),
        (json!([own, other]), json!(["patients.read"])),
        (json!([own]), json!(["patients.write"])),
    ] {
        let request = json!({ "displayName": "More", "scopes": scopes, "clinicIds": clinics });
        let answer = clerk.attempt(Method::POST, "/v1/apiClients", request).await;
        assert!(
            (400..500).contains(&answer.status),
            "{} {}",
            answer.status,
            answer.text
        );
    }
    let request = json!({ "displayName": "Same", "scopes": ["patients.read"], "clinicIds": [own] });
    clerk.post("/v1/apiClients", request).await;
}
