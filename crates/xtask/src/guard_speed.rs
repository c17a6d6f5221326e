//! What the message guard costs.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use bitewing_guard::Guard;
use bitewing_guard::corpus::{self, Direction, Message};
use bitewing_guard::embed::Embedding;
use bitewing_guard::eval;
use bitewing_guard::message::Inbound;
use bitewing_guard::policy::Policy;
use bitewing_guard::spelling::Spelling;

/// Characters of a measured message.
const LENGTH: usize = 200;
/// How often each message is judged; the quickest counts, since other programs can only slow it down.
const RUNS: usize = 7;

/// Prints memory, start-up and the time of a message in each direction.
pub(crate) fn run(folder: &Path, dictionaries: &Path, model: Option<&Path>) -> anyhow::Result<()> {
    if let Some(model) = model {
        return second(folder, model);
    }
    let before = resident()?;
    let start = Instant::now();
    let spelling = Spelling::load(dictionaries)?;
    let installed = spelling.installed().join(" ");
    let guard = Guard::new(spelling);
    let policy = Policy::base();
    println!(
        "start {:.0?}, resident +{} KiB, dictionaries: {}",
        start.elapsed(),
        resident()?.saturating_sub(before),
        if installed.is_empty() {
            "none (cargo xtask dictionaries)"
        } else {
            &installed
        },
    );
    let messages = corpus::read(&folder.join("corpus"))?;
    for direction in [Direction::Out, Direction::In] {
        let mut times = Vec::new();
        for (text, message) in long(&messages, direction) {
            let context = eval::outbound(message);
            let mut best = f64::INFINITY;
            for _ in 0..RUNS {
                let start = Instant::now();
                match direction {
                    Direction::Out => drop(guard.check(&text, &context, &policy)?),
                    Direction::In => drop(guard.analyze(&text, &Inbound::default())?),
                }
                best = best.min(start.elapsed().as_secs_f64() * 1e6);
            }
            times.push(best);
        }
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        println!(
            "{direction:?}: {} messages of {LENGTH} characters, mean {:.0} us, median {:.0} us, p99 {:.0} us, max {:.0} us",
            times.len(),
            times.iter().sum::<f64>() / times.len() as f64,
            at(0.5),
            at(0.99),
            at(1.0),
        );
    }
    Ok(())
}

/// Prints memory, start-up and the time of an English message with an encoder, as long as they come.
fn second(folder: &Path, model: &Path) -> anyhow::Result<()> {
    let messages = corpus::read(&folder.join("corpus"))?;
    let plain = Guard::new(Spelling::none());
    let before = resident()?;
    let start = Instant::now();
    let embedding = Arc::new(Embedding::open(model)?);
    println!(
        "start {:.0?}, resident +{} KiB",
        start.elapsed(),
        resident()?.saturating_sub(before),
    );
    let guard = plain.with_embedding(embedding);
    let english: Vec<&Message> = messages
        .iter()
        .filter(|message| message.lang == "en" && message.direction == Direction::In)
        .step_by(7)
        .collect();
    let mut times = Vec::new();
    let ticks = ticks()?;
    for message in &english {
        let mut best = f64::INFINITY;
        for _ in 0..RUNS {
            let start = Instant::now();
            drop(guard.analyze_within(&message.text, &Inbound::default(), &|| true)?);
            best = best.min(start.elapsed().as_secs_f64() * 1e3);
        }
        times.push(best);
    }
    let spent = (self::ticks()? - ticks) as f64 / (times.len() * RUNS).max(1) as f64;
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let letters: usize = english.iter().map(|m| m.text.chars().count()).sum();
    println!(
        "{} messages of {} characters on average: {:.1} ms of processor on average, median {:.1} ms, p90 {:.1} ms, p99 {:.1} ms; resident {} KiB in all",
        times.len(),
        letters / times.len().max(1),
        spent * 10.0,
        at(0.5),
        at(0.9),
        at(0.99),
        resident()?,
    );
    Ok(())
}

/// Messages that are judged for a count of instructions.
const COUNTED: usize = 60;

/// Judges messages without dictionaries, half in each direction, spread over the languages.
pub(crate) fn only(folder: &Path, count: usize) -> anyhow::Result<()> {
    let guard = Guard::new(Spelling::none());
    let policy = Policy::base();
    let messages = corpus::read(&folder.join("corpus"))?;
    for direction in [Direction::Out, Direction::In] {
        let texts = long(&messages, direction);
        let step = (texts.len() / (COUNTED / 2)).max(1);
        for (text, message) in texts.iter().step_by(step).take(count / 2) {
            match direction {
                Direction::Out => drop(guard.check(text, &eval::outbound(message), &policy)?),
                Direction::In => drop(guard.analyze(text, &Inbound::default())?),
            }
        }
    }
    Ok(())
}

/// Prints instructions per message: a run that judges against one that does not.
pub(crate) fn instructions() -> anyhow::Result<()> {
    let count = |messages: usize| -> anyhow::Result<u64> {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(std::env::current_exe()?)
            .args(["guard-eval", "--only", &messages.to_string()])
            .output()
            .context("valgrind is not installed")?;
        let shown = String::from_utf8_lossy(&output.stderr);
        shown
            .lines()
            .find_map(|line| line.split("Collected : ").nth(1))
            .and_then(|number| number.trim().parse().ok())
            .with_context(|| format!("valgrind counted nothing: {shown}"))
    };
    let (without, with) = (count(0)?, count(COUNTED)?);
    println!(
        "{} instructions per message of {LENGTH} characters (mean of {COUNTED}, both directions, all languages)",
        with.saturating_sub(without) / COUNTED as u64,
    );
    Ok(())
}

/// Messages of one language and direction, joined until they are long enough.
fn long(messages: &[Message], direction: Direction) -> Vec<(String, &Message)> {
    let mut texts: Vec<(String, &Message)> = Vec::new();
    let mut text = String::new();
    let mut lang = "";
    for message in messages
        .iter()
        .filter(|message| message.direction == direction)
    {
        if message.lang != lang {
            text.clear();
            lang = &message.lang;
        }
        text.push_str(&message.text);
        text.push(' ');
        if text.chars().count() >= LENGTH {
            texts.push((text.chars().take(LENGTH).collect(), message));
            text.clear();
        }
    }
    texts
}

/// What this process has used of a processor, in hundredths of a second.
fn ticks() -> anyhow::Result<u64> {
    let text = fs::read_to_string("/proc/self/stat")?;
    let rest = text.rsplit(')').next().unwrap_or_default();
    // Fields 14 and 15; the rest begins with the third.
    let own = rest.split_whitespace().skip(11).take(2);
    Ok(own.filter_map(|number| number.parse::<u64>().ok()).sum())
}

/// Resident memory of this process in KiB.
fn resident() -> anyhow::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    Ok(status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or_default())
}
