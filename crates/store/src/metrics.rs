//! What the store counts. No organization and no value is ever a label.

use opentelemetry::metrics::{Counter, Histogram};
use opentelemetry::{KeyValue, global};

/// The instruments of one [`Db`](crate::Db).
#[derive(Debug)]
pub(crate) struct Metrics {
    lateness: Histogram<f64>,
    jobs: Counter<u64>,
    leases_lost: Counter<u64>,
    inbox_duplicates: Counter<u64>,
    dead_events: Counter<u64>,
    feed_lag: Histogram<f64>,
    sealed: Counter<u64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let meter = global::meter("bitewing.store");
        Self {
            lateness: meter
                .f64_histogram("bitewing_job_lateness")
                .with_unit("s")
                .with_description("time between the due instant of a job and its start")
                .build(),
            jobs: meter
                .u64_counter("bitewing_job_runs")
                .with_description("runs of jobs by kind and outcome")
                .build(),
            leases_lost: meter
                .u64_counter("bitewing_lease_lost")
                .with_description("leases that ended before their work did")
                .build(),
            inbox_duplicates: meter
                .u64_counter("bitewing_inbox_duplicates")
                .with_description("events that were pulled again after their effect")
                .build(),
            dead_events: meter
                .u64_counter("bitewing_feed_dead_events")
                .with_description("events put aside because their handler kept failing")
                .build(),
            feed_lag: meter
                .f64_histogram("bitewing_feed_lag")
                .with_unit("s")
                .with_description("age of the newest event of a batch once it has its effect")
                .build(),
            sealed: meter
                .u64_counter("bitewing_audit_sealed")
                .with_description("audit entries chained")
                .build(),
        }
    }

    pub(crate) fn job_started(&self, lane: &'static str, seconds: f64) {
        self.lateness
            .record(seconds.max(0.0), &[KeyValue::new("lane", lane)]);
    }

    pub(crate) fn job_ended(&self, kind: &'static str, outcome: &'static str) {
        self.jobs.add(
            1,
            &[
                KeyValue::new("kind", kind),
                KeyValue::new("outcome", outcome),
            ],
        );
    }

    pub(crate) fn lease_lost(&self) {
        self.leases_lost.add(1, &[]);
    }

    pub(crate) fn inbox_duplicates(&self, feed: &str, count: usize) {
        self.inbox_duplicates
            .add(count as u64, &[KeyValue::new("feed", feed.to_owned())]);
    }

    pub(crate) fn event_died(&self, feed: &str) {
        self.dead_events
            .add(1, &[KeyValue::new("feed", feed.to_owned())]);
    }

    pub(crate) fn feed_lag(&self, feed: &str, seconds: f64) {
        self.feed_lag
            .record(seconds.max(0.0), &[KeyValue::new("feed", feed.to_owned())]);
    }

    pub(crate) fn sealed(&self, count: usize) {
        self.sealed.add(count as u64, &[]);
    }
}
