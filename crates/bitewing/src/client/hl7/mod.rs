//! `bitewing hl7 listen`: messages of a dental system, over MLLP.
//!
//! | module | holds |
//! |---|---|
//! | [`listen`] | connections: frames in, answers out |
//! | [`store`] | a message to the gateway, and what is answered |

mod listen;
mod store;

use super::account::Account;
use super::failure::Failure;
use super::options::Options;
use super::output::Output;
use bitewing_runtime::Environment;

/// What is done with messages.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Listen(listen::Listen),
}

impl Command {
    pub(super) const fn options(&self) -> &Options {
        match self {
            Self::Listen(listen) => &listen.options,
        }
    }

    pub(super) async fn run(
        self,
        env: &Environment,
        output: &Output,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), Failure> {
        let account = Account::find(self.options(), env)?;
        match self {
            Self::Listen(listen) => listen.run(account, output, stop).await,
        }
    }
}
