//! What the message guard costs.

use std::fs;
use std::path::Path;
use std::time::Instant;

use bitewing_guard::Guard;
use bitewing_guard::corpus::{self, Direction, Message};
use bitewing_guard::eval;
use bitewing_guard::message::Inbound;
use bitewing_guard::policy::Policy;
use bitewing_guard::spelling::Spelling;

/// Characters of a measured message.
const LENGTH: usize = 200;
/// How often each message is judged; the quickest counts, since other programs can only slow it down.
const RUNS: usize = 7;

/// Prints memory, start-up and the time of a message in each direction.
pub(crate) fn run(folder: &Path, dictionaries: &Path) -> anyhow::Result<()> {
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
