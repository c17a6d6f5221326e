//! What a kill in the middle leaves.

use crate::suite::settings::Settings;
use crate::suite::sql::Sql;
use crate::suite::{Chain, Child};
use bitewing_auth::Service;
use std::time::Duration;

/// After the answer to CreateLink the program lives so much longer, in milliseconds.
const LIVES: [u64; 4] = [0, 15, 60, 150];

/// A killed process holds its leases until they end by themselves: that time passes here.
async fn let_leases_end(settings: &Settings) {
    for service in Service::ALL {
        let mut admin = Sql::connect(&settings.databases.of(service).admin()).await;
        admin
            .run(
                "UPDATE store.lease SET until = clock_timestamp();
                 UPDATE store.job SET lease_until = clock_timestamp() WHERE state = 1",
            )
            .await
            .unwrap();
        admin.close().await;
    }
}

#[tokio::test]
async fn a_link_arrives_once_although_everything_is_killed_meanwhile() {
    let settings = Settings::fresh().await;
    let mut child = Child::start(&settings).await;
    let mut chain = Chain::found(&child.site).await;
    let clinic = chain.clinic().await;
    let patient = chain.patient(&clinic).await;
    let document = chain.document(&clinic, b"agreement").await;
    for (round, life) in LIVES.into_iter().enumerate() {
        let link = chain.link(&patient, &document).await;
        tokio::time::sleep(Duration::from_millis(life)).await;
        child.kill();
        let_leases_end(&settings).await;
        child = Child::start(&settings).await;
        chain = chain.moved_to(&child.site).await;
        chain.token_in_mail(&patient, round).await;
        chain.wait_for_event("link.delivered", &link).await;
        let arrived = chain.arrived(&patient.email).await.len();
        assert_eq!(arrived, round + 1, "killed {life} ms after the answer");
    }
    for area in ["conversation", "document"] {
        let verdict = chain
            .json
            .get(&format!("/v1/{area}AuditEntries:verify"))
            .await;
        assert_eq!(verdict["verdict"]["intact"], true, "{area}: {verdict}");
    }
    child.stop().await;
}
