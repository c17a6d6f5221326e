//! A bar on a terminal.

use super::output::visible;
use std::io::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often it is drawn.
const EVERY: Duration = Duration::from_millis(100);
const WIDTH: usize = 28;
const BEGINNING_OF_LINE: &str = "\r\x1b[2K";

/// Draws, or does nothing where nobody looks.
pub(super) struct Progress {
    shown: bool,
    drawn: Mutex<Option<Instant>>,
}

impl Progress {
    pub(super) const fn new(shown: bool) -> Self {
        Self {
            shown,
            drawn: Mutex::new(None),
        }
    }

    /// When it was drawn last; none while nothing is there.
    fn drawn(&self) -> MutexGuard<'_, Option<Instant>> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Draws so much of a whole, unless it was drawn a moment ago.
    pub(super) fn draw(&self, what: &str, bar: &Bar, done: u64) {
        if self.shown && self.drawn().is_none_or(|last| last.elapsed() >= EVERY) {
            self.show(&format!("{} {}", visible(what), bar.text(done)));
        }
    }

    /// Draws a state without a number.
    pub(super) fn say(&self, what: &str) {
        if self.shown {
            self.show(&visible(what));
        }
    }

    fn show(&self, text: &str) {
        *self.drawn() = Some(Instant::now());
        let mut err = std::io::stderr().lock();
        // A bar nobody can see is no failure.
        let _ = write!(err, "{BEGINNING_OF_LINE}{text}").and_then(|()| err.flush());
    }

    /// Removes it, before something else is printed.
    pub(super) fn clear(&self) {
        if self.drawn().take().is_some() {
            let mut err = std::io::stderr().lock();
            // As above.
            let _ = write!(err, "{BEGINNING_OF_LINE}").and_then(|()| err.flush());
        }
    }
}

/// Something that grows to a size.
pub(super) struct Bar {
    size: u64,
    begun: Instant,
    /// What was there when it began, which is no speed.
    before: u64,
}

impl Bar {
    pub(super) fn new(size: u64, before: u64) -> Self {
        Self {
            size,
            begun: Instant::now(),
            before,
        }
    }

    fn text(&self, done: u64) -> String {
        let elapsed = self.begun.elapsed().as_secs_f64();
        let share = done as f64 / self.size.max(1) as f64;
        let speed = done.saturating_sub(self.before) as f64 / elapsed.max(0.001);
        bar(share.clamp(0.0, 1.0), speed, self.size.saturating_sub(done))
    }
}

/// As `[=======>      ]  45 %  12.3 MB/s  0:12 left`.
fn bar(share: f64, speed: f64, missing: u64) -> String {
    let full = (share * WIDTH as f64) as usize;
    let head = if full < WIDTH { ">" } else { "" };
    let left = if speed > 1.0 {
        let seconds = (missing as f64 / speed) as u64;
        format!("{}:{:02} left", seconds / 60, seconds % 60)
    } else {
        String::new()
    };
    format!(
        "[{:<WIDTH$}] {:>3.0} %  {:.1} MB/s  {left}",
        format!("{}{head}", "=".repeat(full)),
        share * 100.0,
        speed / 1e6,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_tells_share_speed_and_time_left() {
        assert_eq!(
            bar(0.5, 2e6, 150_000_000),
            "[==============>             ]  50 %  2.0 MB/s  1:15 left"
        );
        assert_eq!(
            bar(1.0, 2e6, 0),
            "[============================] 100 %  2.0 MB/s  0:00 left"
        );
    }
}
