//! Asking a person for a secret, or reading it from a pipe.

use super::failure::Failure;
use bitewing_core::Sensitive;
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use std::io::{BufRead as _, IsTerminal as _, Write as _};

/// The first line of standard input; from a terminal it is asked for and not shown.
pub(super) async fn secret(question: &str) -> Result<Sensitive<String>, Failure> {
    let silence = Silence::begin(question)?;
    // On a thread of its own, so that a signal is heard meanwhile.
    let line = tokio::task::spawn_blocking(first_line).await;
    drop(silence);
    let line = line.map_err(|error| Failure::Other(error.to_string()))??;
    if line.expose().is_empty() {
        return Err(Failure::Usage(format!("no {question} was given")));
    }
    Ok(line)
}

fn first_line() -> Result<Sensitive<String>, Failure> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    let line = Sensitive::new(line);
    read.map_err(|error| Failure::Usage(format!("standard input: {error}")))?;
    Ok(line
        .expose()
        .trim_end_matches(['\r', '\n'])
        .to_owned()
        .into())
}

/// A terminal that does not show what is typed, until this ends, also by a signal.
struct Silence(Option<Termios>);

impl Silence {
    fn begin(question: &str) -> Result<Self, Failure> {
        let input = std::io::stdin();
        if !input.is_terminal() {
            return Ok(Self(None));
        }
        let failed = |error: nix::Error| Failure::Other(format!("the terminal: {error}"));
        let before = tcgetattr(&input).map_err(failed)?;
        let mut silent = before.clone();
        silent.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(&input, SetArg::TCSAFLUSH, &silent).map_err(failed)?;
        let mut err = std::io::stderr().lock();
        // Without the question the answer can still be typed.
        let _ = write!(err, "{question}: ").and_then(|()| err.flush());
        Ok(Self(Some(before)))
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            // A terminal that is gone shows nothing anyway.
            let _ = tcsetattr(std::io::stdin(), SetArg::TCSAFLUSH, before);
            let _ = writeln!(std::io::stderr());
        }
    }
}
