//! `bitewing guard check`: what the guard sees in a message before it is sent.
//!
//! | module | holds |
//! |---|---|
//! | [`check`] | the call, and what is printed of its answer |

mod check;

use super::account::Account;
use super::failure::Failure;
use super::options::Options;
use super::output::Output;
use bitewing_runtime::Environment;

/// What is done with the guard.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Check(check::Check),
}

impl Command {
    pub(super) const fn options(&self) -> &Options {
        match self {
            Self::Check(check) => &check.options,
        }
    }

    pub(super) async fn run(self, env: &Environment, output: &Output) -> Result<(), Failure> {
        match self {
            Self::Check(check) => {
                // Before anybody signs in: a file that is not there needs no gateway.
                let text = check.text()?;
                let account = Account::find(&check.options, env)?;
                check.run(account, output, text).await
            }
        }
    }
}
