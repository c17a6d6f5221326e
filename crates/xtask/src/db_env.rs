//! `cargo xtask db-env`: databases to check queries against while editing.

use bitewing_postgres::throwaway_server;

use crate::database;
use crate::workspace::Workspace;

/// Prints one shell line per crate; a crate whose migrations fail is named on standard error and
/// left out, so that the others can be worked on.
pub(crate) async fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let server = throwaway_server().await?;
    database::forget_old(&server).await?;
    let crates = workspace.database_crates()?;
    for krate in &crates {
        match database::migrated(&server, &crates, krate).await {
            Ok(url) => println!("export {}={}", krate.variable, quoted(&url)),
            Err(error) => eprintln!("{}: {error:#}", krate.name),
        }
    }
    Ok(())
}

/// Makes one word of a text for any shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_stays_one_word() {
        assert_eq!(
            quoted("postgres://u@h/d?a=b&c=d"),
            "'postgres://u@h/d?a=b&c=d'"
        );
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }
}
