//! What the demonstration prints.

use std::time::{Duration, Instant};

/// The steps so far.
pub(super) struct Report {
    begun: Instant,
    last: Instant,
    steps: Vec<(String, Duration)>,
}

impl Report {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self {
            begun: now,
            last: now,
            steps: Vec::new(),
        }
    }

    /// Prints a step that worked.
    pub(super) fn step(&mut self, what: impl Into<String>) {
        let what = what.into();
        let took = self.last.elapsed();
        self.last = Instant::now();
        println!("  ok {:>7.2} s  {what}", took.as_secs_f64());
        self.steps.push((what, took));
    }

    /// Prints where to look.
    #[expect(clippy::unused_self, reason = "it belongs to the report")]
    pub(super) fn look(&self, what: &str, at: &str) {
        println!("                {what}: {at}");
    }

    /// Prints the summary.
    pub(super) fn close(&self, failure: Option<&anyhow::Error>) {
        println!();
        if let Some(failure) = failure {
            println!("  failed after {} steps: {failure:#}", self.steps.len());
        }
        let slowest = self.steps.iter().max_by_key(|(_, took)| *took);
        if let Some((what, took)) = slowest {
            println!("  slowest step: {what} ({:.2} s)", took.as_secs_f64());
        }
        println!("  {:.2} s in all", self.begun.elapsed().as_secs_f64());
        println!(
            "{} passed, {} failed",
            self.steps.len(),
            u8::from(failure.is_some())
        );
    }
}
