//! Organizations, each with a clinic, a document and patients; and a link for every patient.

use super::AT_ONCE;
use super::conversation::Conversation;
use crate::clinic::Program;
use crate::suite::{Introducer, Suite};
use bitewing_auth::{Caller, Service};
use bitewing_proto::document as pb;
use bitewing_proto::document::link_service_client::LinkServiceClient;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use std::time::Instant;
use tonic::Request;
use tonic::transport::Channel;

/// An organization ready to send.
pub(super) struct Maker {
    caller: Caller,
    document: String,
    patients: Vec<String>,
}

/// What came of it.
pub(super) struct Made {
    pub(super) count: usize,
    pub(super) rate: f64,
}

pub(super) async fn prepare(
    suite: &Suite,
    conversation: &Conversation,
    organizations: usize,
    links: usize,
) -> anyhow::Result<Vec<Maker>> {
    let each = links / organizations;
    let mut makers = Vec::new();
    for nth in 0..organizations {
        let mut program = Program::enroll(suite, &format!("links-{nth}")).await?;
        program.clinic = conversation.open_clinic(program.organization).to_string();
        program.wait_for_clinic().await?;
        let document = program.document(suite, 1_000).await?;
        let first = nth * each;
        let patients = stream::iter(first..first + each)
            .map(|number| program.patient(number))
            .buffer_unordered(16)
            .try_collect()
            .await?;
        makers.push(Maker {
            caller: program.caller(),
            document,
            patients,
        });
    }
    Ok(makers)
}

/// A link for every patient, the organizations taking turns.
pub(super) async fn run(suite: &Suite, makers: &[Maker]) -> anyhow::Result<Made> {
    let address = suite.address(Service::SecureDocument);
    let channel = Channel::from_shared(format!("http://{address}"))?
        .tcp_nodelay(true)
        .connect()
        .await?;
    let introducer = suite.introducer()?;
    let each = makers
        .iter()
        .map(|maker| maker.patients.len())
        .min()
        .unwrap_or(0);
    let turns = (0..each).flat_map(|nth| makers.iter().map(move |maker| (maker, nth)));
    let begun = Instant::now();
    let made: usize = stream::iter(turns)
        .map(|(maker, nth)| make(channel.clone(), &introducer, maker, nth))
        .buffer_unordered(AT_ONCE)
        .try_fold(0, async |count, ()| Ok(count + 1))
        .await?;
    Ok(Made {
        count: made,
        rate: made as f64 / begun.elapsed().as_secs_f64(),
    })
}

async fn make(
    channel: Channel,
    introducer: &Introducer,
    maker: &Maker,
    nth: usize,
) -> anyhow::Result<()> {
    let mut request = Request::new(pb::CreateLinkRequest {
        patient_id: maker.patients[nth].clone(),
        document_ids: vec![maker.document.clone()],
        ..Default::default()
    });
    introducer.introduce(&mut request, Some(&maker.caller), Service::SecureDocument)?;
    LinkServiceClient::new(channel).create_link(request).await?;
    Ok(())
}
