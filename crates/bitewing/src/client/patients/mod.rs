//! `bitewing patients import`: the patients of a dental system, from a file it wrote.
//!
//! | module | holds |
//! |---|---|
//! | [`encoding`] | which letters the bytes of a file are |
//! | [`table`] | a file as records: the delimiter, the columns |
//! | [`columns`], [`mapping`] | which column holds what |
//! | [`row`], [`value`] | a record as a row of the import |
//! | [`format`] | which format a file is |
//! | [`interop`] | files of FHIR, Open Dental and HL7 |
//! | [`import`], [`run`] | a file, and rows to the gateway in batches |
//! | [`merge`] | two records of one person |
//! | [`snapshot`] | who is here and not in the file |
//! | [`refused`] | what was not taken, and why |

mod columns;
mod encoding;
mod format;
pub(super) mod import;
mod interop;
pub(super) mod mapping;
pub(super) mod merge;
mod refused;
mod row;
mod run;
mod snapshot;
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
