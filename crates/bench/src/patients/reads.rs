//! Questions: straight to the service over so many calls at once, and pgbench with the equivalent single query over
//! as many connections. The service also checks who asks, reads what the organization decided, and writes down
//! whose data it showed; pgbench only reads.

use super::Part;
use super::asked::Asked;
use super::chain::{Chain, connect};
use super::import::{DAYS, FIRST_DAY};
use crate::database::{Database, Load};
use crate::people::Random;
use crate::report::{Better, Line, best as best_of};
use crate::scratch::Scratch;
use crate::size::Size;
use crate::suite::Suite;
use anyhow::ensure;
use bitewing_auth::Service;
use bitewing_proto::patient as pb;
use bitewing_proto::patient::appointment_service_client::AppointmentServiceClient;
use bitewing_proto::patient::caller_service_client::CallerServiceClient;
use bitewing_proto::patient::patient_service_client::PatientServiceClient;
use prost_types::Timestamp;
use std::time::{Duration, Instant};
use tonic::transport::Channel;

/// Calls at once, and connections of pgbench.
const AT_ONCE: usize = 8;
/// Rows of a page.
const PAGE: i32 = 50;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// Who has this number?
    Caller,
    /// Whose name begins so?
    Prefix,
    /// Who is new at this clinic?
    Newest,
    /// What is in the book of this clinic for a week?
    Visits,
}

impl Question {
    pub(super) const ALL: [Self; 4] = [Self::Caller, Self::Prefix, Self::Newest, Self::Visits];

    pub(super) const fn part(self) -> Part {
        match self {
            Self::Caller => Part::Lookup,
            Self::Prefix => Part::Search,
            Self::Newest | Self::Visits => Part::List,
        }
    }

    pub(super) const fn case(self) -> &'static str {
        match self {
            Self::Caller => "phone",
            Self::Prefix => "prefix-of-a-name",
            Self::Newest => "patients-of-a-clinic",
            Self::Visits => "visits-of-a-week",
        }
    }

    pub(super) const fn case_among_others(self) -> &'static str {
        match self {
            Self::Caller => "phone-among-200-organizations-beside-one",
            Self::Prefix => "prefix-of-a-name-among-200-organizations-beside-one",
            Self::Newest => "patients-of-a-clinic-among-200-organizations-beside-one",
            Self::Visits => "visits-of-a-week-among-200-organizations-beside-one",
        }
    }

    pub(super) const fn line(self, case: &'static str, figure: f64, limit: f64, goal: f64) -> Line {
        Line {
            name: match self.part() {
                Part::Lookup => "lookup",
                Part::Search => "search",
                _ => "list",
            },
            case,
            unit: "calls/s",
            figure,
            limit,
            better: Better::More,
            goal,
        }
    }

    /// The equivalent query.
    const fn sql(self) -> &'static str {
        match self {
            Self::Caller => include_str!("sql/caller.sql"),
            Self::Prefix => include_str!("sql/prefix.sql"),
            Self::Newest => include_str!("sql/newest.sql"),
            Self::Visits => include_str!("sql/visits.sql"),
        }
    }
}

/// Service and pgbench by turns; the best of each.
pub(super) async fn beside(
    suite: &Suite,
    database: &Database,
    chain: &Chain,
    asked: &Asked,
    question: Question,
    size: Size,
) -> anyhow::Result<(f64, f64)> {
    let scratch = Scratch::new("questions")?;
    let script = scratch.path().join("question.sql");
    std::fs::write(&script, question.sql())?;
    let variables = [
        ("organization", chain.organization.uuid().to_string()),
        ("count", asked.questions.len().to_string()),
        ("days", (DAYS - 7).to_string()),
    ];
    let (mut figures, mut limits) = (Vec::new(), Vec::new());
    for _ in 0..size.of(3, 1) {
        figures.push(once(suite, chain, asked, question, size).await?);
        limits.push(database.rate(&Load {
            script: &script,
            variables: &variables,
            mode: "prepared",
            connections: AT_ONCE,
            seconds: size.of(5, 1),
        })?);
    }
    Ok((best_of(&figures), best_of(&limits)))
}

/// The service alone; the best of three.
pub(super) async fn best(
    suite: &Suite,
    chain: &Chain,
    asked: &Asked,
    question: Question,
    size: Size,
) -> anyhow::Result<f64> {
    let mut figures = Vec::new();
    for _ in 0..size.of(3, 1) {
        figures.push(once(suite, chain, asked, question, size).await?);
    }
    Ok(best_of(&figures))
}

async fn once(
    suite: &Suite,
    chain: &Chain,
    asked: &Asked,
    question: Question,
    size: Size,
) -> anyhow::Result<f64> {
    let lasts = Duration::from_secs(size.of(5, 1));
    let begun = Instant::now();
    let askers = (0..AT_ONCE as u64).map(async |asker| {
        let channel = connect(suite, Service::PatientProfile).await?;
        let mut random = Random::of(begun.elapsed().as_nanos() as u64, "asker", asker);
        let mut count = 0_u64;
        while begun.elapsed() < lasts {
            ask(chain, asked, question, &channel, &mut random).await?;
            count += 1;
        }
        anyhow::Ok(count)
    });
    let counts = futures_util::future::try_join_all(askers).await?;
    Ok(counts.iter().sum::<u64>() as f64 / begun.elapsed().as_secs_f64())
}

async fn ask(
    chain: &Chain,
    asked: &Asked,
    question: Question,
    channel: &Channel,
    random: &mut Random,
) -> anyhow::Result<()> {
    let (phone, clinic, prefix) = random.pick(&asked.questions).clone();
    let service = Service::PatientProfile;
    let rows = match question {
        Question::Caller => {
            let request = pb::LookupCallerRequest {
                clinic_id: clinic,
                address: phone,
                kind: pb::ContactPointKind::Phone.into(),
                ..Default::default()
            };
            let request = chain.request(service, request)?;
            let mut client = CallerServiceClient::new(channel.clone());
            let answer = client.lookup_caller(request).await?;
            answer.into_inner().candidates.len()
        }
        Question::Prefix => {
            let request = pb::SearchPatientsRequest {
                name: prefix,
                page_size: PAGE,
                ..Default::default()
            };
            let request = chain.request(service, request)?;
            let mut client = PatientServiceClient::new(channel.clone());
            let answer = client.search_patients(request).await?;
            answer.into_inner().patients.len()
        }
        Question::Newest => {
            let request = pb::ListPatientsRequest {
                clinic_id: clinic,
                page_size: PAGE,
                ..Default::default()
            };
            let request = chain.request(service, request)?;
            let mut client = PatientServiceClient::new(channel.clone());
            let answer = client.list_patients(request).await?;
            answer.into_inner().patients.len()
        }
        Question::Visits => {
            let day = random.below(DAYS - 7) as i64;
            let at = |day: i64| {
                Some(Timestamp {
                    seconds: FIRST_DAY + day * 86_400,
                    nanos: 0,
                })
            };
            let request = pb::ListAppointmentsRequest {
                clinic_id: clinic,
                start_from: at(day),
                start_before: at(day + 7),
                page_size: PAGE,
                ..Default::default()
            };
            let request = chain.request(service, request)?;
            let mut client = AppointmentServiceClient::new(channel.clone());
            let answer = client.list_appointments(request).await?;
            answer.into_inner().appointments.len()
        }
    };
    ensure!(rows > 0, "a question without an answer");
    Ok(())
}
