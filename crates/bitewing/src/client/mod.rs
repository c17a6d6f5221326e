//! What a clinic does with an installation from a shell: a client of the gateway like any other.
//!
//! | module | holds |
//! |---|---|
//! | [`options`] | what every command takes: where the gateway is, how to print |
//! | [`login`] | signing in and out |
//! | [`account`], [`keep`] | who calls, and the file that remembers it |
//! | [`session`], [`api`] | access tokens, and calls that are repeated where that is safe |
//! | [`send`] | documents to a patient: [`file`], [`parcels`], [`upload`], [`journal`] |
//! | [`watch`], [`feed`] | a link as it lives |
//! | [`documents`] | looking, listing, revoking |
//! | [`patients`] | the patients of a dental system, from a file |
//! | [`hl7`] | and from messages, as it sends them |
//! | [`guard`] | what the guard sees in a message |
//! | [`templates`] | what the clinic says |
//! | [`output`], [`progress`] | what is printed |
//! | [`failure`] | what goes wrong, and exit codes |

mod account;
mod api;
mod documents;
mod failure;
mod feed;
mod file;
mod guard;
mod hl7;
mod journal;
mod keep;
mod login;
mod options;
mod output;
mod parcels;
mod patients;
mod progress;
mod send;
mod session;
mod templates;
mod terminal;
mod upload;
mod watch;

use crate::cli::Arguments;
use bitewing_runtime::Environment;
use clap::CommandFactory as _;
use failure::Failure;
use options::Options;
use output::Output;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

/// The end of `--help`.
pub(crate) const EXIT_CODES: &str = "\
Exit codes of login, logout, documents, patients, templates, hl7 and guard:
  0  done; with --watch, the patient has everything
  1  refused by the gateway, or failed for a reason not named below
  2  the command line or a file cannot be used
  3  not signed in, or the credential is not accepted
  4  the gateway cannot be reached; the same command goes on later
  5  the check of a document's bytes rejected it
  6  with --watch, the link ended before the patient had everything
  7  some rows of an import were rejected; the others are in
  8  the guard would not let the message leave as it is
  130, 143  stopped by Ctrl-C or by SIGTERM";

/// What a clinic can do.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Signs in, as a program of the chain or as a member of staff, and remembers it.
    Login(login::Login),
    /// Forgets who is signed in, and ends a session of staff.
    Logout(Options),
    /// Sends documents to patients, and follows them.
    #[command(subcommand)]
    Documents(documents::Command),
    /// Brings patients here from files of a dental system.
    #[command(subcommand)]
    Patients(patients::Command),
    /// Asks the guard about messages before they are sent.
    #[command(subcommand)]
    Guard(guard::Command),
    /// Shows what clinics say.
    #[command(subcommand)]
    Templates(templates::Command),
    /// Takes messages of HL7 v2 from a dental system.
    #[command(subcommand)]
    Hl7(hl7::Command),
    /// Prints completions for a shell, as `bitewing completions bash > /etc/bash_completion.d/bitewing`.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// Runs a command to its end or until a signal; the exit code tells which.
pub(crate) fn main(command: Command) -> ExitCode {
    let (options, env) = (command.options().clone(), Environment::of_process());
    let output = Output::new(&options);
    // Fails only where a provider is installed already, which is then the same one.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => {
            let outcome = runtime.block_on(until_told(command, &env, &output));
            // A thread that waits for somebody to type is not waited for.
            runtime.shutdown_background();
            outcome
        }
        Err(error) => Ok(Err(Failure::Other(error.to_string()))),
    };
    output.progress().clear();
    match outcome {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(failure)) => {
            output.fail(&failure);
            ExitCode::from(failure.exit_code())
        }
        Err(Stopped(number)) => {
            output.stopped();
            ExitCode::from(128 + number)
        }
    }
}

/// The number of the signal that ended the command.
struct Stopped(u8);

async fn until_told(
    command: Command,
    env: &Environment,
    output: &Output,
) -> Result<Result<(), Failure>, Stopped> {
    let listen = || -> std::io::Result<_> {
        Ok((
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        ))
    };
    let (mut interrupt, mut terminate) = match listen() {
        Ok(signals) => signals,
        Err(error) => return Ok(Err(Failure::Other(error.to_string()))),
    };
    // A listener ends by itself when it is told to: what it has begun it answers.
    if let Command::Hl7(command) = command {
        let stop = async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        };
        return Ok(command.run(env, output, stop).await);
    }
    tokio::select! {
        outcome = command.run(env, output) => Ok(outcome),
        _ = interrupt.recv() => Err(Stopped(2)),
        _ = terminate.recv() => Err(Stopped(15)),
    }
}

impl Command {
    fn options(&self) -> &Options {
        match self {
            Self::Login(login) => &login.options,
            Self::Logout(options) => options,
            Self::Documents(command) => command.options(),
            Self::Patients(command) => command.options(),
            Self::Hl7(command) => command.options(),
            Self::Templates(command) => command.options(),
            Self::Guard(command) => command.options(),
            Self::Completions { .. } => &options::SILENT,
        }
    }

    async fn run(self, env: &Environment, output: &Output) -> Result<(), Failure> {
        match self {
            Self::Login(login) => login.run(env, output).await,
            Self::Logout(options) => login::logout(&options, env, output).await,
            Self::Documents(command) => command.run(env, output).await,
            Self::Patients(command) => command.run(env, output).await,
            // It was run before, with what stops it.
            Self::Hl7(command) => command.run(env, output, std::future::pending()).await,
            Self::Templates(command) => command.run(env, output).await,
            Self::Guard(command) => command.run(env, output).await,
            Self::Completions { shell } => {
                let mut text = Vec::new();
                let mut command = Arguments::command();
                clap_complete::generate(shell, &mut command, "bitewing", &mut text);
                output.raw(&text)
            }
        }
    }
}
