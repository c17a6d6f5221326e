//! Benchmarks: what the suite reaches, beside a limit measured in the same run.
//!
//! `cargo run --release -p bitewing-bench -- <name>`; see the README for what each line means.
#![expect(clippy::print_stdout, reason = "this is a command-line program")]

use bitewing_bench::patients::Part;
use bitewing_bench::{Benchmark, Size, hello, sink, suite};
use clap::Parser;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Measures the suite beside the limit of the machine, in one run.
#[derive(Parser)]
#[command(name = "bitewing-bench")]
enum Arguments {
    /// Runs one benchmark, or all of them.
    #[command(flatten)]
    Measure(Measure),
    /// Becomes the suite that is measured.
    #[command(name = suite::ROLE, hide = true)]
    Suite {
        data_dir: PathBuf,
        services: Vec<bitewing_auth::Service>,
    },
    /// Becomes the server that only writes.
    #[command(name = sink::ROLE, hide = true)]
    Sink {
        folder: PathBuf,
        address: SocketAddr,
    },
    /// Becomes the smallest service.
    #[command(name = hello::ROLE, hide = true)]
    Hello { address: SocketAddr },
}

#[derive(clap::Subcommand)]
enum Measure {
    /// P3: encrypted downloads beside nginx.
    Download(Options),
    /// P4: encrypted uploads beside dd and a plain server.
    Upload(Options),
    /// P5: links made and unlocked beside pgbench.
    Links(Options),
    /// P6: calls through the gateway beside calls straight to the service.
    Gateway(Options),
    /// P9: resident memory.
    Memory(Options),
    /// A chain's patients: what import, lookup, search and list measure, over one load.
    Patients(Options),
    /// Patients coming in beside COPY of the same rows.
    Import(Options),
    /// Who calls, beside pgbench with the equivalent query.
    Lookup(Options),
    /// Whose name begins so, beside pgbench with the equivalent query.
    Search(Options),
    /// Patients and visits of a clinic, beside pgbench with the equivalent queries.
    List(Options),
    /// All of them, one after the other.
    All(Options),
}

#[derive(clap::Args)]
struct Options {
    /// Little data, once: shows that everything works, measures nothing.
    #[arg(long)]
    small: bool,
    /// Patients of the chain: 1,000,000, or 20,000 where it is small.
    #[arg(long)]
    patients: Option<u64>,
}

fn main() -> ExitCode {
    match Arguments::parse() {
        Arguments::Suite { data_dir, services } => suite::become_suite(data_dir, services),
        Arguments::Sink { folder, address } => sink::become_sink(folder, address),
        Arguments::Hello { address } => hello::become_hello(address),
        Arguments::Measure(measure) => {
            let (benchmarks, options) = measure.chosen();
            let size = if options.small {
                Size::Small
            } else {
                Size::Whole
            };
            report(&benchmarks, size, options.patients)
        }
    }
}

impl Measure {
    fn chosen(self) -> (Vec<Benchmark>, Options) {
        match self {
            Self::Download(options) => (vec![Benchmark::Download], options),
            Self::Upload(options) => (vec![Benchmark::Upload], options),
            Self::Links(options) => (vec![Benchmark::Links], options),
            Self::Gateway(options) => (vec![Benchmark::Gateway], options),
            Self::Memory(options) => (vec![Benchmark::Memory], options),
            Self::Patients(options) => (vec![Benchmark::Patients(None)], options),
            Self::Import(options) => (vec![Benchmark::Patients(Some(Part::Import))], options),
            Self::Lookup(options) => (vec![Benchmark::Patients(Some(Part::Lookup))], options),
            Self::Search(options) => (vec![Benchmark::Patients(Some(Part::Search))], options),
            Self::List(options) => (vec![Benchmark::Patients(Some(Part::List))], options),
            Self::All(options) => (Benchmark::ALL.to_vec(), options),
        }
    }
}

/// Prints the lines of each as soon as it is done. A figure below its goal is no failure of the run.
fn report(benchmarks: &[Benchmark], size: Size, patients: Option<u64>) -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        .init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no runtime");
            return ExitCode::FAILURE;
        }
    };
    for benchmark in benchmarks {
        match runtime.block_on(benchmark.run(size, patients)) {
            Ok(lines) => lines.iter().for_each(|line| println!("{line}")),
            Err(error) => {
                tracing::error!(error = %format!("{error:#}"), "the benchmark ended early");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
