use super::{NUMBER, family, look_up};
use crate::harness::Harness;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// Counts the statements of this test's thread that touch what a lookup reads.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<Vec<String>>>);

struct Text(String);

impl tracing::field::Visit for Text {
    fn record_debug(&mut self, _: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {value:?}");
    }
}

impl<S: tracing::Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut text = Text(String::new());
            event.record(&mut text);
            self.0.lock().unwrap().push(text.0);
        }
    }
}

#[tokio::test]
async fn everything_is_read_in_one_statement() {
    let h = Harness::start().await;
    family(&h).await;
    look_up(&h, NUMBER).await;
    // The service runs on this test's thread, and so do its statements.
    let seen = Statements::default();
    let subscriber = tracing_subscriber::registry().with(seen.clone());
    let guard = tracing::subscriber::set_default(subscriber);
    // What was asked before there was anybody to tell is asked anew.
    tracing::callsite::rebuild_interest_cache();
    assert_eq!(look_up(&h, NUMBER).await.candidates.len(), 2);
    drop(guard);
    let seen = seen.0.lock().unwrap();
    let reads: Vec<_> = seen
        .iter()
        .filter(|text| text.contains("SELECT") && !text.contains("store."))
        .filter(|text| !text.contains("feed") && !text.contains("app.organization"))
        .collect();
    assert_eq!(reads.len(), 1, "{seen:?}");
    assert!(reads[0].contains("contact_points") && reads[0].contains("caller_blocks"));
}
