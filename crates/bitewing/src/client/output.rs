//! What is printed: sentences for people or, with `--json`, objects for programs. Progress and failures
//! go to standard error, so that standard output can be kept.

use super::failure::Failure;
use super::options::Options;
use super::progress::Progress;
use serde_json::Value;
use std::io::{IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};

/// Where a command tells what it does.
pub(super) struct Output {
    json: bool,
    progress: Progress,
    /// What somebody should know who stops the command now.
    advice: Mutex<String>,
}

impl Output {
    pub(super) fn new(options: &Options) -> Self {
        let shown = !options.quiet && !options.json && std::io::stderr().is_terminal();
        Self {
            json: options.json,
            progress: Progress::new(shown),
            advice: Mutex::default(),
        }
    }

    /// Tells something that happened, as a sentence or as an object.
    pub(super) fn tell(&self, sentence: &str, record: &Value) -> Result<(), Failure> {
        self.progress.clear();
        let line = if self.json {
            record.to_string()
        } else {
            visible(sentence)
        };
        self.raw(format!("{line}\n").as_bytes())
    }

    /// Writes bytes as they are.
    #[expect(clippy::unused_self, reason = "it is the way out")]
    pub(super) fn raw(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        let written = out.write_all(bytes).and_then(|()| out.flush());
        written.map_err(|error| Failure::Other(format!("writing to standard output: {error}")))
    }

    /// The bar.
    pub(super) const fn progress(&self) -> &Progress {
        &self.progress
    }

    /// What to say to who stops the command from now on.
    pub(super) fn advise(&self, advice: impl Into<String>) {
        *self.advice.lock().unwrap_or_else(PoisonError::into_inner) = advice.into();
    }

    /// Says why it ends.
    pub(super) fn fail(&self, failure: &Failure) {
        let mut err = std::io::stderr().lock();
        // Without standard error there is only the exit code.
        let _ = if self.json {
            writeln!(err, "{}", failure.record())
        } else {
            writeln!(err, "bitewing: {}", visible(&failure.to_string()))
        };
    }

    /// Says that it was stopped, and what to do about it.
    pub(super) fn stopped(&self) {
        let advice = self.advice.lock().unwrap_or_else(PoisonError::into_inner);
        let separator = if advice.is_empty() { "" } else { ": " };
        // As above.
        let _ = writeln!(std::io::stderr(), "bitewing: stopped{separator}{advice}");
    }
}

/// Text of others must not steer the terminal.
pub(super) fn visible(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter.is_control() {
                '\u{fffd}'
            } else {
                letter
            }
        })
        .collect()
}
