//! `bitewing patients import`: the patients of a dental system, from a file it wrote.
//!
//! | module | holds |
//! |---|---|
//! | [`encoding`] | which letters the bytes of a file are |
//! | [`table`] | a file as records: the delimiter, the columns |
//! | [`columns`], [`mapping`] | which column holds what |
//! | [`row`], [`value`] | a record as a row of the import |
//! | [`import`] | rows to the gateway in batches |
//! | [`refused`] | what was not taken, and why |

mod columns;
mod encoding;
mod import;
mod mapping;
mod refused;
mod row;
mod table;
mod value;

use super::account::Account;
use super::failure::Failure;
use super::options::Options;
use super::output::Output;
use bitewing_runtime::Environment;

/// What is done with patients.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Import(import::Import),
}

impl Command {
    pub(super) const fn options(&self) -> &Options {
        match self {
            Self::Import(import) => &import.options,
        }
    }

    pub(super) async fn run(self, env: &Environment, output: &Output) -> Result<(), Failure> {
        let account = Account::find(self.options(), env)?;
        match self {
            Self::Import(import) => import.run(account, output).await,
        }
    }
}
