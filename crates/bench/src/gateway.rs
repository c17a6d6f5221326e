//! P6: a unary call through the gateway, beside the same call straight to the service.

use crate::clinic::Program;
use crate::hello::{Hello, METHOD};
use crate::load;
use crate::machine::{free_address, processor_time};
use crate::report::{Better, Line, best};
use crate::scratch::Scratch;
use crate::size::Size;
use crate::suite::Suite;
use bitewing_auth::Service;
use bitewing_core::{Ids as _, SystemIds, TemplateId};
use bitewing_proto::template as pb;
use bitewing_proto::template::template_service_client::TemplateServiceClient;
use prost::Message as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;

/// What the gateway may add to the median of a call, in milliseconds.
const ADDED: f64 = 0.5;
/// All but the template service, whose place the smallest service takes.
const SERVICES: [Service; 4] = [
    Service::Gateway,
    Service::Conversation,
    Service::PatientProfile,
    Service::SecureDocument,
];

/// Measures with the cache of verified tokens, and without.
pub async fn run(size: Size) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for (cache, case, goal) in [
        ("100000", "with-the-token-cache", 0.3),
        ("0", "without-the-token-cache", 0.15),
    ] {
        let hello = free_address()?;
        let settings = [
            ("TEMPLATE_URL", format!("http://{hello}")),
            ("GATEWAY_TOKEN_CACHE", cache.to_owned()),
        ];
        let suite = Suite::start("gateway", &SERVICES, &settings).await?;
        let measured = measure(&suite, hello, size, case, goal).await;
        suite.stop().await?;
        lines.extend(measured?);
    }
    Ok(lines)
}

async fn measure(
    suite: &Suite,
    hello: SocketAddr,
    size: Size,
    case: &'static str,
    goal: f64,
) -> anyhow::Result<Vec<Line>> {
    let smallest = Hello::start(hello).await?;
    let program = Program::found(suite, "gateway").await?;
    let scratch = Scratch::new("gateway")?;
    let frame = frame(scratch.path())?;
    let (straight, through) = (
        format!("http://{hello}{METHOD}"),
        format!("{}{METHOD}", suite.base()),
    );
    let count = size.of(100_000, 2_000);
    let (mut figures, mut limits) = (Vec::new(), Vec::new());
    let (mut smallest_used, mut gateway_used) = (0.0, 0.0);
    for _ in 0..size.of(3, 1) {
        let before = processor_time(smallest.pid())?;
        limits.push(load::calls(&straight, &frame, None, count)?);
        smallest_used += processor_time(smallest.pid())? - before;
        let before = processor_time(suite.pid())?;
        figures.push(load::calls(&through, &frame, Some(&program.token), count)?);
        gateway_used += processor_time(suite.pid())? - before;
    }
    let microseconds = |used: f64| used * 1e6 / f64::from(count * size.of(3, 1));
    let mut lines = vec![Line {
        name: "gateway",
        case,
        unit: "calls/s",
        figure: best(&figures),
        limit: best(&limits),
        better: Better::More,
        goal,
    }];
    if goal > 0.2 {
        lines.push(Line {
            name: "gateway",
            case: "processor-time-of-a-call",
            unit: "us",
            figure: microseconds(gateway_used),
            limit: microseconds(smallest_used),
            better: Better::Less,
            goal: 0.0,
        });
        lines.push(added(&straight, &through, &program, size).await?);
    }
    Ok(lines)
}

/// A request with its five bytes of gRPC before it.
fn frame(folder: &Path) -> anyhow::Result<PathBuf> {
    let message = request().encode_to_vec();
    let mut frame = vec![0];
    frame.extend(u32::try_from(message.len())?.to_be_bytes());
    frame.extend(message);
    let file = folder.join("frame");
    std::fs::write(&file, frame)?;
    Ok(file)
}

fn request() -> pb::GetTemplateRequest {
    pb::GetTemplateRequest {
        template_id: TemplateId::from_uuid(SystemIds.next()).to_string(),
    }
}

/// One call after the other: what the gateway adds to the median.
async fn added(
    straight: &str,
    through: &str,
    program: &Program,
    size: Size,
) -> anyhow::Result<Line> {
    let count = size.of(3_000, 200);
    let bearer: MetadataValue<_> = format!("Bearer {}", program.token).parse()?;
    let mut medians = [f64::MAX; 2];
    for _ in 0..size.of(3, 1) {
        for (median, url) in medians.iter_mut().zip([straight, through]) {
            let origin = url.strip_suffix(METHOD).unwrap_or(url).to_owned();
            let channel = Channel::from_shared(origin)?
                .tcp_nodelay(true)
                .connect()
                .await?;
            let mut client = TemplateServiceClient::new(channel);
            let mut times = Vec::with_capacity(count);
            for _ in 0..count {
                let mut request = tonic::Request::new(request());
                request
                    .metadata_mut()
                    .insert("authorization", bearer.clone());
                let begun = Instant::now();
                client.get_template(request).await?;
                times.push(begun.elapsed().as_secs_f64() * 1e3);
            }
            times.sort_by(f64::total_cmp);
            *median = median.min(times[count / 2]);
        }
    }
    Ok(Line {
        name: "gateway",
        case: "added-to-the-median",
        unit: "ms",
        figure: (medians[1] - medians[0]).max(0.001),
        limit: ADDED,
        better: Better::Less,
        goal: 1.0,
    })
}
