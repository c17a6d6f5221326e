//! Load from programs of other people, each a process of its own.

use crate::machine::{H2LOAD, WRK, run};
use anyhow::{Context as _, ensure};
use std::path::Path;
use std::process::Command;

/// Megabytes a second (10^6) that `wrk` receives over so many connections.
pub fn download(
    url: &str,
    token: Option<&str>,
    connections: u32,
    seconds: u32,
) -> anyhow::Result<f64> {
    let mut command = Command::new(WRK.find()?);
    command.args([
        "-t",
        "1",
        "-c",
        &connections.to_string(),
        "-d",
        &format!("{seconds}s"),
        "--timeout",
        "60s",
    ]);
    if let Some(token) = token {
        command
            .arg("-H")
            .arg(format!("authorization: Bearer {token}"));
    }
    let output = run(command.arg(url))?;
    ensure!(
        !output.contains("Non-2xx"),
        "not every download was answered: {output}"
    );
    let rate = output
        .lines()
        .find_map(|line| line.trim().strip_prefix("Transfer/sec:"))
        .context("wrk prints what it transferred")?;
    read_binary_size(rate.trim()).map(|bytes| bytes / 1e6)
}

/// wrk writes `1.17GB` for multiples of 1,024.
fn read_binary_size(text: &str) -> anyhow::Result<f64> {
    let split = text
        .find(|letter: char| letter.is_ascii_alphabetic())
        .context("a size has a unit")?;
    let number: f64 = text[..split].parse()?;
    let factor = match &text[split..] {
        "KB" => 1024.0,
        "MB" => 1024.0 * 1024.0,
        "GB" => 1024.0 * 1024.0 * 1024.0,
        _ => 1.0,
    };
    Ok(number * factor)
}

/// Unary calls a second over 8 connections of 16 streams each.
pub fn calls(url: &str, frame: &Path, token: Option<&str>, count: u32) -> anyhow::Result<f64> {
    let mut command = Command::new(H2LOAD.find()?);
    command
        .args([
            "-t",
            "1",
            "-c",
            "8",
            "-m",
            "16",
            "-n",
            &count.to_string(),
            "-d",
        ])
        .arg(frame);
    for header in ["content-type: application/grpc", "te: trailers"] {
        command.arg("-H").arg(header);
    }
    if let Some(token) = token {
        command
            .arg("-H")
            .arg(format!("authorization: Bearer {token}"));
    }
    let output = run(command.arg(url))?;
    ensure!(
        output.contains(&format!("{count} succeeded")),
        "not every call was answered: {output}"
    );
    // finished in 1.63s, 61234.00 req/s, 7.31MB/s
    output
        .lines()
        .find(|line| line.starts_with("finished in"))
        .and_then(|line| {
            line.split(", ")
                .nth(1)?
                .strip_suffix(" req/s")?
                .parse()
                .ok()
        })
        .context("h2load prints its rate")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_wrk_are_multiples_of_1024() {
        assert!((read_binary_size("1.50GB").unwrap() - 1.5 * 1024.0_f64.powi(3)).abs() < 1.0);
        assert!((read_binary_size("12.00MB").unwrap() - 12.0 * 1024.0 * 1024.0).abs() < 1.0);
        assert!(read_binary_size("12").is_err());
    }
}
