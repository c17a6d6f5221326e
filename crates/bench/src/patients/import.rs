//! Patients coming in by streams, one for each clinic, and their visits.

use super::chain::{Chain, connect};
use crate::suite::Suite;
use anyhow::{Context as _, ensure};
use bitewing_auth::Service;
use bitewing_proto::patient as pb;
use bitewing_proto::patient::appointment_service_client::AppointmentServiceClient;
use bitewing_proto::patient::patient_import_service_client::PatientImportServiceClient;
use futures_util::{TryStreamExt as _, stream};
use prost_types::Timestamp;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Rows of a batch: the most there may be.
const BATCH: u64 = 1_000;
/// Of so many patients one has a visit.
const VISITS: u64 = 10;
/// 2026-12-01 00:00 UTC: when the visits begin.
pub(super) const FIRST_DAY: i64 = 1_796_083_200;
/// Days with visits.
pub(super) const DAYS: u64 = 90;

/// Rows, and how long they took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Took {
    pub(super) rows: u64,
    pub(super) time: Duration,
}

/// Rows a second.
pub(super) fn rate(all: &[Took]) -> f64 {
    let rows: u64 = all.iter().map(|took| took.rows).sum();
    let time: Duration = all.iter().map(|took| took.time).sum();
    rows as f64 / time.as_secs_f64()
}

/// Imports the patients of some clinics, all of them at once; nobody is there yet.
pub(super) async fn patients(
    suite: &Suite,
    chain: &Chain,
    clinics: Range<usize>,
) -> anyhow::Result<Took> {
    send(suite, chain, clinics, "bench", pb::ImportOutcome::Created).await
}

/// Imports them again: everybody is there already.
pub(super) async fn patients_again(
    suite: &Suite,
    chain: &Chain,
    clinics: Range<usize>,
) -> anyhow::Result<Took> {
    send(suite, chain, clinics, "again", pb::ImportOutcome::Unchanged).await
}

async fn send(
    suite: &Suite,
    chain: &Chain,
    clinics: Range<usize>,
    batch: &'static str,
    expected: pb::ImportOutcome,
) -> anyhow::Result<Took> {
    let rows = clinics
        .clone()
        .map(|clinic| chain.numbers(clinic).count() as u64);
    let rows = rows.sum();
    let begun = Instant::now();
    let streams = clinics.map(|clinic| patients_of(suite, chain, clinic, batch, expected));
    futures_util::future::try_join_all(streams).await?;
    Ok(Took {
        rows,
        time: begun.elapsed(),
    })
}

async fn patients_of(
    suite: &Suite,
    chain: &Chain,
    clinic: usize,
    batch: &'static str,
    expected: pb::ImportOutcome,
) -> anyhow::Result<()> {
    let channel = connect(suite, Service::PatientProfile).await?;
    let clinic_id: Arc<str> = chain.clinics[clinic].as_str().into();
    let people = chain.people();
    let numbers = chain.numbers(clinic);
    let (first, rows) = (numbers.start, numbers.end - numbers.start);
    let batches = numbers.step_by(BATCH as usize).map(move |begin| {
        let end = (begin + BATCH).min(first + rows);
        pb::ImportPatientsRequest {
            batch_id: format!("{batch}-{clinic}"),
            rows: (begin..end)
                .map(|number| pb::ImportRow {
                    row_number: (number - first + 1) as i32,
                    patient: Some(people.patient(number, &clinic_id)),
                    ..Default::default()
                })
                .collect(),
            ..Default::default()
        }
    });
    let request = chain.request(Service::PatientProfile, stream::iter(batches))?;
    let mut client = PatientImportServiceClient::new(channel);
    let mut answers = client.import_patients(request).await?.into_inner();
    let mut done = 0;
    while let Some(answer) = answers.message().await? {
        for result in answer.results {
            ensure!(
                result.outcome() == expected,
                "row {} is {}: {} {:?}",
                result.row_number,
                result.outcome().as_str_name(),
                result.reason,
                result.violations.first().map(|wrong| &wrong.field)
            );
            done += 1;
        }
    }
    ensure!(done == rows, "{done} of {rows} rows were answered");
    Ok(())
}

/// Brings visits in, for every tenth patient one, on weekdays and others alike.
pub(super) async fn visits(suite: &Suite, chain: &Chain) -> anyhow::Result<()> {
    let channel = connect(suite, Service::PatientProfile).await?;
    let batches = (0..chain.clinics.len()).flat_map(|clinic| {
        let numbers = chain.numbers(clinic);
        let batch = (BATCH * VISITS) as usize;
        let end = numbers.end;
        numbers
            .step_by(batch)
            .map(move |begin| (clinic, begin, (begin + BATCH * VISITS).min(end)))
    });
    stream::iter(batches.map(Ok))
        .try_for_each_concurrent(super::STREAMS, |(clinic, begin, end)| {
            let mut client = AppointmentServiceClient::new(channel.clone());
            async move {
                let appointments: Vec<_> = (begin..end)
                    .step_by(VISITS as usize)
                    .map(|number| visit(chain, clinic, number))
                    .collect();
                let sent = appointments.len();
                let request = pb::BatchUpsertAppointmentsRequest { appointments };
                let request = chain.request(Service::PatientProfile, request)?;
                let answer = client
                    .batch_upsert_appointments(request)
                    .await?
                    .into_inner();
                let made = answer.results.iter();
                let made = made.filter(|result| result.outcome() == pb::UpsertOutcome::Created);
                ensure!(made.count() == sent, "not every visit was taken");
                Ok(())
            }
        })
        .await
        .context("bringing visits in")
}

fn visit(chain: &Chain, clinic: usize, number: u64) -> pb::Appointment {
    let day = (number / VISITS) % DAYS;
    let hour = 13 + (number / VISITS / DAYS) % 9;
    let at = FIRST_DAY + (day * 24 + hour) as i64 * 3_600;
    let time = |seconds| Some(Timestamp { seconds, nanos: 0 });
    let id = |value| {
        Some(pb::ExternalId {
            system: crate::people::SYSTEM.to_owned(),
            value,
        })
    };
    pb::Appointment {
        external_id: id(format!("visit-{number}")),
        patient_external_id: id(number.to_string()),
        clinic_id: chain.clinics[clinic].clone(),
        start_time: time(at),
        end_time: time(at + 1_800),
        status: pb::AppointmentStatus::Scheduled.into(),
        provider: "Dr Roy".to_owned(),
        service: "hygiene".to_owned(),
        ..Default::default()
    }
}
