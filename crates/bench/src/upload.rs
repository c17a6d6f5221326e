//! P4: an encrypted upload, durable before its answer, beside `dd` and a server that only writes.

use crate::clinic::{Program, body, megabytes_a_second};
use crate::machine::{forget_peak, memory, run as command};
use crate::report::{Better, Line, best};
use crate::scratch::Scratch;
use crate::sink::Sink;
use crate::size::Size;
use crate::suite::Suite;
use anyhow::Context as _;
use bitewing_auth::Service;
use bitewing_proto::document as pb;
use bitewing_proto::document::document_service_client::DocumentServiceClient;
use bitewing_proto::document::upload_document_request::Part;
use futures_util::{StreamExt as _, stream};
use std::path::Path;
use std::process::Command;
use std::time::Instant;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;

/// What a disk that allows it should be filled with, in MB/s.
const WANTED: f64 = 300.0;
/// Uploads at once when their memory is measured.
const AT_ONCE: usize = 4;
/// What one may take, in MiB: a part that fills, one that is written, and 8 MiB of its own.
const PER_UPLOAD: f64 = 8.0 + 2.0 * 8.0;

/// Measures over HTTP and over gRPC.
pub async fn run(size: Size) -> anyhow::Result<Vec<Line>> {
    let suite = Suite::start("upload", &Service::ALL, &[]).await?;
    let lines = measure(&suite, size).await;
    suite.stop().await?;
    lines
}

/// On a suite that runs already.
pub async fn measure(suite: &Suite, size: Size) -> anyhow::Result<Vec<Line>> {
    let program = Program::found(suite, "upload").await?;
    let bytes = size.of(256 << 20, 16 << 20);
    let scratch = Scratch::new("upload")?;
    let sink = Sink::start(scratch.path()).await?;
    let [mut straight, mut through, mut grpc, mut dd, mut plain] = [const { Vec::new() }; 5];
    for _ in 0..size.of(3, 1) {
        straight.push(program.upload(suite, bytes, true).await?.1);
        dd.push(copy(scratch.path(), bytes)?);
        plain.push(into_sink(&sink, bytes).await?);
        through.push(program.upload(suite, bytes, false).await?.1);
        grpc.push(over_grpc(suite, &program, bytes).await?);
    }
    let line = |case, figure: &[f64], limit, goal| Line {
        name: "upload",
        case,
        unit: "MB/s",
        figure: best(figure),
        limit,
        better: Better::More,
        goal,
    };
    Ok(vec![
        line("http-beside-the-wanted-rate", &straight, WANTED, 1.0),
        line("http-beside-dd", &straight, best(&dd), 0.0),
        line("http-beside-a-plain-server", &straight, best(&plain), 0.0),
        line("http-through-the-gateway", &through, best(&plain), 0.0),
        line("grpc-straight", &grpc, best(&plain), 0.0),
        memory_of_one(suite, &program, bytes).await?,
    ])
}

/// `dd` writes as many bytes and waits for the disk.
fn copy(folder: &Path, bytes: usize) -> anyhow::Result<f64> {
    let file = folder.join("dd");
    let begun = Instant::now();
    command(
        Command::new("dd")
            .arg("if=/dev/zero")
            .arg(format!("of={}", file.display()))
            .args(["bs=1M", "conv=fsync"])
            .arg(format!("count={}", bytes >> 20)),
    )?;
    let rate = megabytes_a_second(bytes, begun.elapsed());
    std::fs::remove_file(file)?;
    Ok(rate)
}

async fn into_sink(sink: &Sink, bytes: usize) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let answer = reqwest::Client::new()
        .patch(sink.url())
        .header("content-length", bytes)
        .body(body(bytes))
        .send()
        .await?;
    answer.error_for_status()?;
    Ok(megabytes_a_second(bytes, begun.elapsed()))
}

async fn over_grpc(suite: &Suite, program: &Program, size: usize) -> anyhow::Result<f64> {
    let address = suite.address(Service::SecureDocument);
    let channel = Channel::from_shared(format!("http://{address}"))?
        .connect()
        .await?;
    let announcement = pb::UploadAnnouncement {
        clinic_id: program.clinic.clone(),
        file_name: "Scan.txt".to_owned(),
        media_type: "text/plain".to_owned(),
        size: i64::try_from(size)?,
        ..Default::default()
    };
    let piece = b"bitewing measures what it sends. ".repeat(256 << 10 >> 5)[..256 << 10].to_vec();
    let chunks = (0..size / piece.len()).map(move |_| Part::Chunk(piece.clone()));
    let parts = std::iter::once(Part::Announcement(announcement)).chain(chunks);
    let messages = stream::iter(parts.map(|part| pb::UploadDocumentRequest { part: Some(part) }));
    let mut request = tonic::Request::new(messages);
    let token = suite.introduction(&program.caller(), Service::SecureDocument)?;
    let bearer = MetadataValue::try_from(format!("Bearer {token}"))?;
    request.metadata_mut().insert("authorization", bearer);
    let begun = Instant::now();
    let answer = DocumentServiceClient::new(channel)
        .upload_document(request)
        .await?;
    let rate = megabytes_a_second(size, begun.elapsed());
    answer
        .into_inner()
        .document
        .context("the upload is answered with its document")?;
    Ok(rate)
}

/// How much the process grows by while several uploads run, for each of them.
async fn memory_of_one(suite: &Suite, program: &Program, bytes: usize) -> anyhow::Result<Line> {
    let before = suite.memory()?;
    forget_peak(suite.pid())?;
    let mut uploads = stream::iter(0..AT_ONCE)
        .map(|_| program.upload(suite, bytes, true))
        .buffer_unordered(AT_ONCE);
    while let Some(uploaded) = uploads.next().await {
        uploaded?;
    }
    let peak = memory(suite.pid(), "VmHWM")?;
    Ok(Line {
        name: "upload",
        case: "memory-of-one-of-four",
        unit: "MiB",
        figure: (peak - before).max(0.1) / AT_ONCE as f64,
        limit: PER_UPLOAD,
        better: Better::Less,
        goal: 1.0,
    })
}
