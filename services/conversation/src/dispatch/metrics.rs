//! What sending counts. No organization and no address is ever a label.

use crate::domain::{Heard, ProviderKind};
use opentelemetry::metrics::Counter;
use opentelemetry::{KeyValue, global};

/// The instruments of the sender.
pub(super) struct Metrics {
    attempts: Counter<u64>,
    ambiguous: Counter<u64>,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let meter = global::meter("bitewing.conversation");
        Self {
            attempts: meter
                .u64_counter("bitewing_send_attempts")
                .with_description("calls of providers by what they answered")
                .build(),
            ambiguous: meter
                .u64_counter("bitewing_send_ambiguous")
                .with_description("calls after which a provider may or may not have the message")
                .build(),
        }
    }

    pub(super) fn called(&self, provider: ProviderKind, heard: Heard) {
        let outcome = match heard {
            Heard::Accepted => "accepted",
            Heard::Delivered => "delivered",
            Heard::Undelivered(_) => "undelivered",
            Heard::Refused(_) => "refused",
            Heard::NotSent(_) => "not_sent",
            Heard::Unknown(_) => "unknown",
            Heard::Absent => "absent",
        };
        let provider = KeyValue::new("provider", provider.name());
        self.attempts
            .add(1, &[provider.clone(), KeyValue::new("outcome", outcome)]);
        if matches!(heard, Heard::Unknown(_)) {
            self.ambiguous.add(1, &[provider]);
        }
    }
}
