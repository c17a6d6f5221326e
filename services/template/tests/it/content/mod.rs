//! Prices, scenarios and instructions: what staff answer with.

mod instructions;
mod plans;
mod prices;
mod roles;
mod scenarios;

use crate::harness::Harness;
use bitewing_auth::{Actor, ActorKind, Caller, Clinics, Role};
use bitewing_core::{ClinicId, Ids as _, SystemIds, UserId};
use bitewing_proto::template as pb;
use bitewing_proto::template::instruction_service_client::InstructionServiceClient;
use bitewing_proto::template::price_service_client::PriceServiceClient;
use bitewing_proto::template::scenario_service_client::ScenarioServiceClient;
use bitewing_testkit::TestCaller;
use std::time::Duration;
use tokio::time::Instant;
use tonic::Status;
use tonic::transport::Channel;

fn prices(h: &Harness) -> PriceServiceClient<Channel> {
    PriceServiceClient::new(h.channel.clone())
}

fn scenarios(h: &Harness) -> ScenarioServiceClient<Channel> {
    ScenarioServiceClient::new(h.channel.clone())
}

fn instructions(h: &Harness) -> InstructionServiceClient<Channel> {
    InstructionServiceClient::new(h.channel.clone())
}

fn fresh_clinic() -> ClinicId {
    ClinicId::from_uuid(SystemIds.next())
}

/// The same organization, as a program of one clinic.
fn clerk(h: &Harness, clinic: ClinicId) -> Caller {
    TestCaller::within(&h.caller, &[clinic])
}

/// A member of staff with a role.
fn staff(h: &Harness, role: Role) -> Caller {
    let actor = Actor {
        kind: ActorKind::User,
        id: UserId::from_uuid(SystemIds.next()).to_string(),
    };
    Caller::verified(
        h.caller.organization(),
        actor,
        Clinics::All,
        vec![role],
        Vec::new(),
    )
}

fn text(locale: &str, text: &str) -> pb::LocalizedText {
    pb::LocalizedText {
        locale: locale.to_owned(),
        text: text.to_owned(),
    }
}

/// An implant in roubles and two languages, for a long time.
fn implant() -> pb::Price {
    pb::Price {
        service: "implant".to_owned(),
        names: vec![
            text("en", "a single implant"),
            text("ru", "имплант под ключ"),
        ],
        conditions: vec![text("ru", "Всё зависит от кости.")],
        min_minor_units: 6_000_000,
        max_minor_units: 9_000_000,
        currency: "RUB".to_owned(),
        valid_until: "2199-12-31".to_owned(),
        ..Default::default()
    }
}

async fn upsert(
    h: &Harness,
    caller: &Caller,
    price: pb::Price,
) -> Result<pb::UpsertPriceResponse, Status> {
    let request = pb::UpsertPriceRequest { price: Some(price) };
    let answer = prices(h)
        .upsert_price(h.request_as(caller, request))
        .await?;
    Ok(answer.into_inner())
}

/// The types of the events told, once there are so many: a sequencer gives them their positions in the background.
async fn told(h: &Harness, events: usize) -> Vec<String> {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let told = h.events().await;
        if told.len() >= events {
            return told.into_iter().map(|event| event.event_type).collect();
        }
        assert!(Instant::now() < deadline, "only {} events", told.len());
        tokio::task::yield_now().await;
    }
}

/// A text whose spaces are all plain.
fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}
