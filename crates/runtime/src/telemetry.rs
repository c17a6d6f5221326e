//! Logs, traces and metrics.
//!
//! Logs go to standard error, as JSON lines in production. Traces go to `OTEL_EXPORTER_OTLP_ENDPOINT`
//! over gRPC where it is set; without it the trace context still travels. Metrics are read at
//! `/metrics`. Nothing a patient is or says, no code, no token: spans and logs hold identifiers.

use crate::{Environment, Profile};
use anyhow::Context as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{KeyValue, global};
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use std::io::IsTerminal as _;
use std::sync::LazyLock;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

/// What `/metrics` shows.
pub(crate) static REGISTRY: LazyLock<prometheus::Registry> =
    LazyLock::new(prometheus::Registry::new);

/// Flushes what is still to be sent.
#[derive(Debug)]
pub struct Telemetry {
    traces: SdkTracerProvider,
    metrics: SdkMeterProvider,
}

/// Starts logging, tracing and measuring, once per process.
pub fn start(name: &'static str, env: &Environment) -> anyhow::Result<Telemetry> {
    let resource = Resource::builder()
        .with_service_name(name)
        .with_attribute(KeyValue::new("service.namespace", "bitewing"))
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let mut traces = SdkTracerProvider::builder().with_resource(resource.clone());
    if let Some(endpoint) = env.text("OTEL_EXPORTER_OTLP_ENDPOINT")? {
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_tonic()
            .with_endpoint(endpoint)
            .build()
            .context("the OTLP exporter")?;
        traces = traces.with_batch_exporter(exporter);
    }
    let traces = traces.build();
    let prometheus = opentelemetry_prometheus::exporter()
        .with_registry(REGISTRY.clone())
        .build()
        .context("the metrics exporter")?;
    let metrics = SdkMeterProvider::builder()
        .with_resource(resource)
        .with_reader(prometheus)
        .build();
    global::set_text_map_propagator(TraceContextPropagator::new());
    global::set_meter_provider(metrics.clone());

    let production = env.parse("BITEWING_PROFILE", Profile::default())? == Profile::Production;
    let filter = env.text("BITEWING_LOG")?.unwrap_or_else(|| {
        if production {
            "info,sqlx=warn"
        } else {
            "warn,bitewing=info,sqlx=error"
        }
        .to_owned()
    });
    let filter = EnvFilter::try_new(filter).context("BITEWING_LOG")?;
    let logs = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let logs = if production {
        logs.json()
            .flatten_event(true)
            .with_span_list(false)
            .boxed()
    } else {
        logs.compact()
            .with_target(false)
            .with_ansi(std::io::stderr().is_terminal())
            .boxed()
    };
    let spans = tracing_opentelemetry::layer()
        .with_tracer(traces.tracer("bitewing"))
        .with_filter(EnvFilter::new(
            "info,h2=off,hyper=off,tonic=off,opentelemetry=off",
        ));
    tracing_subscriber::registry()
        .with(logs.with_filter(filter))
        .with(spans)
        .try_init()
        .context("logging")?;
    Ok(Telemetry { traces, metrics })
}

impl Telemetry {
    /// Sends what is left.
    pub async fn finish(self) {
        let _ = tokio::task::spawn_blocking(move || {
            // A collector that is gone is no reason to fail a stop.
            let _ = self.traces.shutdown();
            let _ = self.metrics.shutdown();
        })
        .await;
    }
}
