//! `cargo xtask`: the recipes of developers and of continuous integration.
//!
//! | module | recipe |
//! |---|---|
//! | [`test`] | all tests, with the database and the foreign clients they need |
//! | [`query_data`] | the checked queries' offline data, written or compared |
//! | [`db_env`] | databases to check queries against while editing |
//! | [`proto`] | the contracts' lint and format |
//! | [`guard_dictionaries`] | the message guard's dictionaries |
//! | [`guard_models`] | the encoder of sentence embeddings |
//! | [`guard_train`] | the message guard's model |
//! | [`guard_eval`] | what the message guard finds, and what it costs |
//! | [`templates_coverage`] | the wordings the library has and lacks |
//! | [`fuzz`] | texts that break the language of wordings |
//! | [`browser`] | the pictures of the patient's page |
//! | [`ci`] | everything, cheapest first |
#![expect(
    clippy::print_stdout,
    reason = "a recipe talks to the person who runs it"
)]

mod browser;
mod ci;
mod database;
mod db_env;
mod fuzz;
mod guard_dictionaries;
mod guard_eval;
mod guard_models;
mod guard_speed;
mod guard_train;
mod process;
mod proto;
mod python;
mod query_data;
mod templates_coverage;
mod test;
mod workspace;

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// Recipes of this repository; `cargo xtask ci` is what continuous integration runs.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    recipe: Recipe,
}

#[derive(Subcommand)]
enum Recipe {
    /// Runs the tests of the workspace, or of some packages.
    Test(test::Options),
    /// Writes the offline data of checked queries.
    Sqlx(query_data::Options),
    /// Prints variables that let the compiler check queries against migrated databases:
    /// eval "$(cargo xtask db-env)".
    DbEnv,
    /// Lints the contracts and checks their format.
    Proto,
    /// Installs the dictionaries of the message guard below target/.
    Dictionaries,
    /// Installs the encoder of sentence embeddings below target/.
    Models,
    /// Trains the message guard on its corpus.
    GuardTrain(guard_train::Options),
    /// Measures the message guard and fails under its floors.
    GuardEval(guard_eval::Options),
    /// Lists the wordings of the library, and fails if one is missing.
    TemplatesCoverage,
    /// Looks for texts that break the language of wordings; needs a nightly compiler and cargo-fuzz.
    Fuzz {
        /// Seconds for each target.
        #[arg(long, default_value_t = 600)]
        seconds: u32,
    },
    /// Makes the pictures of the patient's page in docs/images anew.
    Screenshots,
    /// Runs everything continuous integration runs.
    Ci,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter("warn,bitewing_postgres=info")
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .without_time()
        .init();
    match run(Arguments::parse().recipe).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(recipe: Recipe) -> anyhow::Result<()> {
    let workspace = Workspace::find()?;
    match recipe {
        Recipe::Test(options) => test::run(&workspace, &options).await,
        Recipe::Sqlx(options) => query_data::run(&workspace, &options).await,
        Recipe::DbEnv => db_env::run(&workspace).await,
        Recipe::Proto => proto::run(&workspace),
        Recipe::Dictionaries => guard_dictionaries::run(&workspace),
        Recipe::Models => guard_models::run(&workspace),
        Recipe::GuardTrain(options) => guard_train::run(&workspace, &options),
        Recipe::TemplatesCoverage => templates_coverage::run(&workspace),
        Recipe::Fuzz { seconds } => fuzz::run(&workspace, seconds),
        Recipe::Screenshots => browser::screenshots(&workspace).await,
        Recipe::GuardEval(options) => guard_eval::run(&workspace, &options),
        Recipe::Ci => ci::run(&workspace).await,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Arguments;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }
}
