//! How many requests came, and what they were.

use opentelemetry::metrics::Counter;
use opentelemetry::{KeyValue, global};

/// What became of requests.
#[derive(Clone)]
pub(super) struct Metrics(Counter<u64>);

impl Metrics {
    pub(super) fn new() -> Self {
        let counter = global::meter("bitewing.conversation")
            .u64_counter("bitewing_webhooks")
            .with_description("requests of providers, by what became of them")
            .build();
        Self(counter)
    }

    pub(super) fn count(&self, status: u16) {
        let outcome = match status {
            200..=299 => "taken",
            403 => "forged",
            404 => "nobodys",
            _ => "unreadable",
        };
        self.0.add(1, &[KeyValue::new("outcome", outcome)]);
    }
}
